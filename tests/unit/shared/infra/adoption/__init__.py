"""Adoption, with an AWS that answers as it is told."""
