"""Building blocks of the stacks. The functions never import it.

Import it, or anything in it, before `cdktf`: it makes the imports of the provider's bindings fast, and chooses where
jsii, which `cdktf` starts, keeps its cache.
"""

from shared.infra import bindings
from shared.infra.progress import report_progress

report_progress("loading cdktf and the AWS bindings")
bindings.keep_cache_in_clone()
bindings.install()
