"""The table of resource types, by service, with hooks for what the table's vocabulary cannot express."""
