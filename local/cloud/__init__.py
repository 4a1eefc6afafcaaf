"""MiniStack: the embedded AWS, its ports, folders and clients."""
