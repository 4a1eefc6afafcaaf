"""The report format: columns, limits, error codes, currencies, and its published schema."""
