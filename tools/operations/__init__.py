"""Commands for operators: deploy, diff, destroy, unlock, doctor, smoke, leftovers."""
