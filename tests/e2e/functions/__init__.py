"""The functions on MiniStack, called as Lambda calls them, without the stacks around them."""
