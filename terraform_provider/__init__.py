"""A small replacement for Terraform's AWS provider, for the local cloud only."""
