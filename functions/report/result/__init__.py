"""What validation produces: result, totals, byte ranges, corrections."""
