"""What validation produces: result, totals, byte ranges to load, and the corrections CSV of a rejected report."""
