"""Adapters: AWS clients, tables, the reports bucket, and errors of AWS."""
