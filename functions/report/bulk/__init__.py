"""The fast path: recognizes many valid rows at a time by their shape."""
