"""The parts of the synthesized stacks, and what is between them: read from the JSON alone.

A part is a resource that works: a function, a workflow, a table. What one part does to another is what its role may do,
what a rule's target is, what an API method calls.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.infra.naming import PROJECT
from tools.synthesis import ACCOUNT, Stacks

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "aws_api_gateway_rest_api": ("API", "name"),
    "aws_cloudwatch_event_rule": ("rule", "name"),
    "aws_dynamodb_table": ("table", "name"),
    "aws_lambda_function": ("function", "function_name"),
    "aws_s3_bucket": ("bucket", "bucket"),
    "aws_sfn_state_machine": ("workflow", "name"),
    "aws_sns_topic": ("topic", "name"),
    "aws_sqs_queue": ("queue", "name"),
}
"""Terraform's type of a part -> what people call it, and the attribute with its name."""

_OUTPUT: Final = r"data\.terraform_remote_state\.cross-stack-reference-input-([\w-]+)\.outputs\.([\w-]+)"
_REFERENCE: Final = re.compile(rf"{_OUTPUT}|\b(aws_\w+)\.([\w-]+)")
_VERBS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("GetItem", "Query", "BatchGetItem", "ConditionCheckItem", "GetObject", "ListBucket"), "reads"),
    **dict.fromkeys(("PutItem", "UpdateItem", "DeleteItem", "PutObject", "PartiQLInsert", "PartiQLUpdate"), "writes"),
    **dict.fromkeys(("AbortMultipartUpload", "ListMultipartUploadParts"), "writes"),
    "SendMessage": "sends",
    "Publish": "publishes",
    "StartExecution": "starts",
    "InvokeFunction": "calls",
}
"""Action of IAM -> what a part does to another."""


@dataclass(frozen=True, kw_only=True, order=True)
class Part:
    """A resource that works."""

    stack: str
    kind: str
    name: str
    """Without project, account, region and environment."""

    def __str__(self) -> str:
        """As it is called in texts and in `data-` attributes of pictures."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, kw_only=True, order=True)
class Edge:
    """What a part does to another."""

    source: Part
    target: Part
    verb: str

    def __str__(self) -> str:
        """As it is called in `data-` attributes of pictures."""
        return f"{self.source} {self.verb} {self.target}"


@dataclass(frozen=True, kw_only=True)
class Model:
    """All of it."""

    parts: frozenset[Part]
    edges: frozenset[Edge]
    counts: Mapping[str, Mapping[str, int]]
    """Stack -> Terraform's type -> how many, of what is no part."""
    mentions: Mapping[tuple[str, str], frozenset[Part]]
    """Stack and type of what is no part -> the parts of other stacks that it refers to."""
    reads: Mapping[tuple[str, str], int]
    """Stack and another one -> how many outputs of the other it reads."""


def read_model(stacks: Stacks) -> Model:
    """Read what the stacks are made of.

    Args:
        stacks: of one environment.
    """
    return _Reader(stacks).model()


class _Reader:
    def __init__(self, stacks: Stacks) -> None:
        self._stacks = stacks
        self._parts: dict[tuple[str, str, str], Part] = {}
        for stack, type_, id_, body in self._resources():
            if type_ in KINDS:
                kind, attribute = KINDS[type_]
                self._parts[stack, type_, id_] = Part(
                    stack=stack, kind=kind, name=_purpose(body[attribute], _environment(stacks[stack]))
                )

    def model(self) -> Model:
        counts: dict[str, dict[str, int]] = {stack: defaultdict(int) for stack in self._stacks}
        mentions: dict[tuple[str, str], set[Part]] = defaultdict(set)
        for stack, type_, _, body in self._resources():
            if type_ not in KINDS:
                counts[stack][type_] += 1
                mentions[stack, type_] |= {each for each in self._mentioned(body, stack) if each.stack != stack}
        return Model(
            parts=frozenset(self._parts.values()),
            edges=frozenset(self._edges()),
            counts=counts,
            mentions={key: frozenset(parts) for key, parts in mentions.items() if parts},
            reads=self._reads(),
        )

    def _edges(self) -> Iterator[Edge]:
        yield from self._edges_of_roles()
        for stack, type_, id_, body in self._resources():
            if type_ == "aws_cloudwatch_event_target":
                (rule,) = self._mentioned(body["rule"], stack)
                (target,) = self._mentioned(body["arn"], stack)
                yield Edge(source=rule, target=target, verb="calls" if target.kind == "function" else "starts")
                for queue in self._mentioned(body.get("dead_letter_config", {}), stack):
                    yield Edge(source=rule, target=queue, verb="sends")
            elif type_ == "aws_cloudwatch_event_rule":
                rule = self._parts[stack, type_, id_]
                for bucket in self._mentioned(body.get("event_pattern", ""), stack):
                    yield Edge(source=bucket, target=rule, verb="notifies")
            elif type_ == "aws_sns_topic_subscription":
                (topic,) = self._mentioned(body["topic_arn"], stack)
                for queue in self._mentioned(body.get("redrive_policy", ""), stack):
                    yield Edge(source=topic, target=queue, verb="sends")
            elif type_ == "aws_api_gateway_integration":
                (api,) = self._mentioned(body["rest_api_id"], stack)
                for function in self._mentioned(body.get("uri", ""), stack):
                    yield Edge(source=api, target=function, verb="calls")

    def _edges_of_roles(self) -> Iterator[Edge]:
        owners = {
            (stack, id_): part
            for (stack, type_, resource), part in self._parts.items()
            for key in ("role", "role_arn")
            for id_ in self._roles(self._stacks[stack]["resource"][type_][resource].get(key, ""))
        }
        for stack, type_, _, body in self._resources():
            if type_ != "aws_iam_role_policy":
                continue
            (role,) = self._roles(body["role"])
            if (stack, role) not in owners:
                continue
            owner = owners[stack, role]
            for statement in json.loads(body["policy"])["Statement"]:
                verbs = {_VERBS[name] for action in statement["Action"] if (name := _name(action)) in _VERBS}
                for target in self._mentioned(statement["Resource"], stack):
                    yield from (Edge(source=owner, target=target, verb=verb) for verb in verbs)

    def _reads(self) -> dict[tuple[str, str], int]:
        read: dict[tuple[str, str], set[str]] = defaultdict(set)
        for stack, content in self._stacks.items():
            for match in _REFERENCE.finditer(json.dumps(content["resource"])):
                if match[1]:
                    read[stack, match[1]].add(match[2])
        return {pair: len(outputs) for pair, outputs in sorted(read.items())}

    def _resources(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        for stack, content in self._stacks.items():
            for type_, resources in content["resource"].items():
                for id_, body in resources.items():
                    yield stack, type_, id_, body

    def _mentioned(self, value: Any, stack: str) -> set[Part]:
        """The parts to which a value refers, in any of its texts; `depends_on` has no braces, and counts, too."""
        found = set[Part]()
        for output_stack, output, type_, id_ in _REFERENCE.findall(json.dumps(value)):
            if output_stack:
                found |= self._mentioned(self._stacks[output_stack]["output"][output]["value"], output_stack)
            elif (stack, type_, id_) in self._parts:
                found.add(self._parts[stack, type_, id_])
        return found

    def _roles(self, value: str) -> set[str]:
        return {id_ for _, _, type_, id_ in _REFERENCE.findall(value) if type_ == "aws_iam_role"}


def _name(action: str) -> str:
    return action.partition(":")[2]


def _environment(stack: Mapping[str, Any]) -> str:
    (provider,) = stack["provider"]["aws"]
    (default,) = provider["default_tags"]
    return str(default["tags"]["Environment"])


def _purpose(name: str, environment: str) -> str:
    """The purpose in a physical name, as `Namer` makes it."""
    inner = name.removeprefix(f"{PROJECT}-").removesuffix(f"-{environment}")
    return inner.partition(f"-{ACCOUNT}")[0]
