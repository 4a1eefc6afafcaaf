"""Finds out at synth what already exists in AWS, and lets Terraform take in what is ours instead of making it anew."""
