"""Schemas and messages, generated from the bindings and the definitions."""
