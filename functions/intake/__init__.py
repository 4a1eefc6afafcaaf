"""POST /upload: takes a report in, judges it at once, stores it."""
