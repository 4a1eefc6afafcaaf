"""Tests of tools/operations."""
