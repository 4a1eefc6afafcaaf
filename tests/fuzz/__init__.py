"""Coverage-guided fuzzing of the judge: `nox -s fuzz`. What it once found stays in corpus/."""
