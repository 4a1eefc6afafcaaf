"""Tests of local.dashboard."""
