"""Drives the cdktf CLI and reads what it synthesizes and prints."""
