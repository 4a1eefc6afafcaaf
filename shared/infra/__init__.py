"""Building blocks of the stacks. The functions never import it."""

from shared.infra import bindings

bindings.install()
