"""Tests of functions/common."""
