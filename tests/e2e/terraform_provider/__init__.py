"""The local provider with real Terraform, on its own MiniStack."""
