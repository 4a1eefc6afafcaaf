"""One module for each contender, each with `validate_file(path)`; `parts/contest.py` says what each leaves out."""
