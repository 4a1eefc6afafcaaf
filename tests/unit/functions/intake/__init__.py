"""Tests of functions/intake."""
