"""Tests of tools/client."""
