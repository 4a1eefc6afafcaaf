"""MiniStack with the bugs fixed that Terraform and `./dev sync` meet: a program for MiniStack's own Python."""
