"""POST /upload: takes a report in, validates it at once, stores it."""
