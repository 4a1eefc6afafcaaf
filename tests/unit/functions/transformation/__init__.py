"""Tests of functions/transformation."""
