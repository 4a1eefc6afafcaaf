"""Validation errors, the log that collects them, and the hints that explain how to fix them."""
