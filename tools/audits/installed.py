"""Prints name, version and license of each installed package as JSON; runs in the environment that it lists."""

import json
from importlib.metadata import Distribution, distributions

_PREFIX = "License :: "


def license_of(distribution: Distribution) -> str:
    """What a package says of its license: an SPDX expression, or else the classifiers' or the field's words."""
    about = distribution.metadata
    classifiers = [each.split(" :: ")[-1] for each in about.get_all("Classifier") or [] if each.startswith(_PREFIX)]
    named = [each for each in classifiers if each != "OSI Approved"]
    expression, field = (next(iter(about.get_all(name) or ()), "") for name in ("License-Expression", "License"))
    return expression or " OR ".join(named) or field.strip().partition("\n")[0] or "none"


if __name__ == "__main__":
    found = {
        each.metadata["Name"].lower().replace("_", "-"): {"version": each.version, "license": license_of(each)}
        for each in distributions()
    }
    print(json.dumps(found, sort_keys=True))
