"""MiniStack with its bugs fixed as far as Terraform meets them: a program for MiniStack's own Python."""
