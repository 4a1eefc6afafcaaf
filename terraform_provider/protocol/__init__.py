"""Terraform's plugin protocol: the published message definitions (MPL-2.0) and what protoc makes of them."""
