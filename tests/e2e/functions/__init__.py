"""The functions against the embedded AWS, called as Lambda calls them, without the stacks around them."""
