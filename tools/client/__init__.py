"""A client of the REST API: single calls, and submissions that are followed to their end."""
