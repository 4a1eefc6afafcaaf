"""Terraform state: where it is stored, who locks it."""
