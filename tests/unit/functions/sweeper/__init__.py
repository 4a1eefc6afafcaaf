"""Tests of functions/sweeper."""
