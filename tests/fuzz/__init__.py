"""Coverage-guided fuzzing of the validator: `nox -s fuzz`. Inputs on which it once failed are kept in corpus/."""
