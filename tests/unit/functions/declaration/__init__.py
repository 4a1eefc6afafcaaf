"""Tests of functions/declaration."""
