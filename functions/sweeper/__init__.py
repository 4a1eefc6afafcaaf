"""Starts the workflow again for uploads that are stuck, and for reports without an upload."""
