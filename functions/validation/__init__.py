"""First state of the workflow: judges the stored report again and cuts it into byte ranges."""
