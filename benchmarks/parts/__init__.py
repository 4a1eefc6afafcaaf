"""What the benchmarks are made of: reports, child processes, the page and its pictures."""
