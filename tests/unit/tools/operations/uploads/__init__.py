"""Tests of tools/operations/uploads."""
