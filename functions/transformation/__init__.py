"""Second state of the workflow, one run per byte range: writes the rows, each exactly once."""
