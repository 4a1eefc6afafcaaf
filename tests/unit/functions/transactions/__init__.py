"""Tests of functions/transactions."""
