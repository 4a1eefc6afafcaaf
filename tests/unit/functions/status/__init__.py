"""Tests of functions/status."""
