"""POST /upload: validates a report while the bank waits, and stores it if it is valid."""
