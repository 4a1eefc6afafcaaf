"""Writes generated files: documentation pages, the API document, currencies."""
