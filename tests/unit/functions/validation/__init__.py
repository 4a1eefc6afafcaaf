"""Tests of functions/validation."""
