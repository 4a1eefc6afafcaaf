"""`./dev leftovers`: finds orphaned environments, those whose pull request is closed, in AWS; destroys nothing.

Found by their tags, because those are on the resources themselves: a state may be empty, lost, or never written.
"""

import argparse
import json
import os
import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from shared.infra.naming import preview_number
from shared.infra.settings.settings import SettingsError, read_settings
from shared.infra.tags import APPLICATION
from tools.errors import no_answer

MOST: Final = 256
"""Jobs that one matrix of a GitHub workflow may have; the rest is found the next night."""


def leftovers(environments: Iterable[str], open_numbers: Collection[int]) -> list[int]:
    """Numbers of closed pull requests that still have an environment, in order.

    Args:
        environments: values of the tag Environment; those that belong to no pull request do not count.
        open_numbers: pull requests that are open.
    """
    found = {number for each in environments if (number := preview_number(each)) is not None}
    return sorted(found - set(open_numbers))[:MOST]


def environments_of(pages: Iterable[dict[str, Any]]) -> set[str]:
    """Values of the tag Environment in answers of `GetResources`."""
    resources = (resource for page in pages for resource in page["ResourceTagMappingList"])
    return {tag["Value"] for each in resources for tag in each["Tags"] if tag["Key"] == "Environment"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the numbers as a JSON list, or add them to a file as `numbers=...`; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = read_settings({**os.environ, "ENVIRONMENT_SUFFIX": "pr1"})
        client = boto3.Session().client("resourcegroupstaggingapi", region_name=settings.region)
        ours = [{"Key": "Application", "Values": [APPLICATION]}]
        pages = client.get_paginator("get_resources").paginate(TagFilters=ours)
        numbers = json.dumps(leftovers(environments_of(pages), options.open))
    except BotoCoreError as error:
        print(f"./dev leftovers: {no_answer(error)}", file=sys.stderr)
        return 1
    except (SettingsError, ClientError) as error:
        print(f"./dev leftovers: {error}", file=sys.stderr)
        return 1
    if options.output:
        with options.output.open("a", encoding="utf-8") as file:
            file.write(f"numbers={numbers}\n")
    print(numbers)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev leftovers", description=__doc__)
    parser.add_argument("--open", type=_numbers, required=True, help="open pull requests, such as 12,15; may be empty")
    parser.add_argument("--output", type=Path, help="file to add `numbers=[...]` to, such as GITHUB_OUTPUT")
    return parser


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",") if each]


if __name__ == "__main__":
    sys.exit(main())
