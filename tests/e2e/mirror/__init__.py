"""A file-system mirror that offers the local provider under the name and version of the real one."""
