"""Building blocks of the stacks. The functions never import it."""
