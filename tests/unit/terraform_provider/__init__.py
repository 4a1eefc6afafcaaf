"""The local Terraform provider without a cloud."""
