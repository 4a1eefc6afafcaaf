"""One AWS idea each, with good defaults and AWS's limits checked: a queue, a private bucket, a function with its log."""
