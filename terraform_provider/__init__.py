"""A small stand-in for Terraform's AWS provider, for the local cloud only: real Terraform, our API calls."""
