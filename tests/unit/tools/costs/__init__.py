"""Tests of the tables of prices and quotas."""
