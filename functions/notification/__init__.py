"""Last state of the workflow: closes the upload and tells how it ended."""
