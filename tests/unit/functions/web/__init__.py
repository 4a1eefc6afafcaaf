"""Tests of functions/web."""
