"""The local cloud (MiniStack): its process, port, folder and clients."""
