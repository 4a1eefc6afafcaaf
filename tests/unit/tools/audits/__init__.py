"""Tests of tools/audits."""
