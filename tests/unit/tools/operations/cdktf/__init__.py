"""Tests of tools/operations/cdktf."""
