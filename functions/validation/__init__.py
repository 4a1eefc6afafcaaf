"""First state of the workflow: validates the stored report again and cuts it into byte ranges."""
