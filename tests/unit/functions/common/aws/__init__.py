"""Tests of functions/common/aws."""
