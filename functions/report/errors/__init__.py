"""Validation errors and the hints that say how to fix them."""
