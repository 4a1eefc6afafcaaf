"""Coverage-guided fuzzing of the validator: `nox -s fuzz`. What it once found stays in corpus/."""
