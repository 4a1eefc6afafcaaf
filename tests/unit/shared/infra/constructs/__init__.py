"""Tests of shared/infra/constructs."""
