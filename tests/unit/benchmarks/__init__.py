"""The benchmarks run on little data: what they print, not how long they take."""
