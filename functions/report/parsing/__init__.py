"""From bytes to records: blocks, lines, header, file type."""
