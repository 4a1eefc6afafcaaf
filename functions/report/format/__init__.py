"""The report format: columns, limits, error codes, currencies, and the published schema of all of it."""
