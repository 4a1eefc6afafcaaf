"""What the stacks come to when they are synthesized: names, tags, permissions, references."""
