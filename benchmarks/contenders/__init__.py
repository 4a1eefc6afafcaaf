"""One module for each contender: `validate_file(path) -> Outcome`; `parts/scores.py` lists what each leaves out."""
