"""GET /transactions: a bank's own transactions of a day, in order of time."""
