"""What the benchmarks share: reports, child processes to measure in, the page and its charts."""
