"""Tests of local/sync."""
