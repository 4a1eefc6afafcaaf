"""Tests of the report format: the judge, ranges, rows."""
