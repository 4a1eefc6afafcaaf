"""Tests of local/deployment."""
