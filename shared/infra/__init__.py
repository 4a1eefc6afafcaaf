"""Building blocks of the stacks. The functions never import it.

Import it, or anything in it, before `cdktf`: it makes the imports of the provider's bindings fast, and chooses where
jsii, which `cdktf` starts, keeps its cache.
"""

from shared.infra import bindings

bindings.keep_cache_in_clone()
bindings.install()
