"""Tests of tools/generators."""
