"""Tests of local/cloud."""
