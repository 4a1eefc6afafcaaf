"""Tests of the report format: the validator, ranges, rows."""
