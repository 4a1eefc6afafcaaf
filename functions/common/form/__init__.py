"""Reads a submitted report out of the request's multipart/form-data body (RFC 7578)."""
