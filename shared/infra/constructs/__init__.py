"""One AWS idea each, with good defaults and AWS's limits checked: a private bucket, a function with its log."""
