"""Coverage-guided fuzzing of the validator: `./dev fuzz`. Inputs on which it once failed are kept in corpus/."""
