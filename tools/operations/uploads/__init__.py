"""Uploads of a deployed environment, for `./dev redrive` and `./dev explain`."""
