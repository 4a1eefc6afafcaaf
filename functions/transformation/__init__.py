"""Second state of the workflow, one run per byte range: loads the rows, each exactly once."""
