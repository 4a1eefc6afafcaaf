"""The arrows between the packages, held by reading the import statements."""
