"""What the synthesized stacks are made of, and drawings of it."""
