"""First state of the workflow: validates the stored report again and divides it into byte ranges."""
