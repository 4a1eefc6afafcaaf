"""cdktf's app. Programs import it from here, so that `shared.infra` is imported first, as it has to be."""

from cdktf import App

__all__ = ["App"]
