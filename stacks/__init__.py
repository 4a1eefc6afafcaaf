"""What exists in AWS, in a stack for each lifetime. A stack is a parts list of settings and refs."""

# First, for every module below: it makes the imports of the provider's bindings fast.
import shared.infra  # noqa: F401  imported for that effect
