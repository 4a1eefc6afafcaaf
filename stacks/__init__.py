"""What exists in AWS, cut by how long it must live. A stack is a parts list of settings and refs of other stacks."""

# First of all, and for every module below: it makes the imports of the provider's bindings fast.
import shared.infra  # noqa: F401  imported for that effect
