"""One module for each contender, each with `judge_file(path)`; `parts/contest.py` says what each leaves out."""
