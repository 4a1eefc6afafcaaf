"""From bytes to records: file type, blocks of whole lines, header, fields of a line. Knows no rule about values."""
