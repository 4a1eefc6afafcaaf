"""Tests of local/demo."""
