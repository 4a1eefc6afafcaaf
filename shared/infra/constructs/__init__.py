"""One AWS idea each, with safe defaults and AWS's limits checked: a private bucket, a function with its log."""
