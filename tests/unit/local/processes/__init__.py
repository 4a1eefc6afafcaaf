"""Tests of local/processes."""
