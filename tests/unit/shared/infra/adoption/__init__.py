"""Adoption, with an AWS whose answers are scripted."""
