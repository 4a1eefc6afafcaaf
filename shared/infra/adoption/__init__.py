"""Finds out at synth what already exists in AWS, and lets Terraform import what is ours."""
