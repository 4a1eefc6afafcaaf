"""Drives the cdktf CLI and Terraform, and reads what they write and print."""
