"""Tests of functions/notification."""
