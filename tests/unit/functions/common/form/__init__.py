"""The form of a submitted report."""
