"""What the stacks and the functions share: facts (contracts) and building blocks (infra)."""
