"""Tests of tools/operations/state."""
