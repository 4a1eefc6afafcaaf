"""Last state of the workflow: completes the upload and publishes the outcome."""
