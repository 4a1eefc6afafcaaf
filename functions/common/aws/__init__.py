"""Adapters to AWS: clients, tables, the reports bucket, translation of errors."""
