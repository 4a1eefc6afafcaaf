"""Tests of what runs in AWS."""
