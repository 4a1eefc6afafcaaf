"""The examples for banks."""
