"""Tests of shared/infra/settings."""
