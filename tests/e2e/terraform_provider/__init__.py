"""The local provider under real Terraform, on a MiniStack of its own."""
