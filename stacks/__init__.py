"""What exists in AWS, cut by how long it must live. A stack is a parts list; it takes settings and other stacks' refs."""

# First of all, and for every module below: it makes the imports of the provider's bindings fast.
import shared.infra  # noqa: F401  imported for that effect
