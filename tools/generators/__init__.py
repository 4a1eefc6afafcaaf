"""Writes generated files: documentation pages and the currencies."""
