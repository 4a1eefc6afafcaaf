"""Tests: unit (no network), synth (the app's Terraform JSON), e2e (the local cloud), architecture (import arrows)."""
