"""DynamoDB's condition, key and update expressions, as far as they are used.

Strict, as DynamoDB is: an unknown name, a name or value that is not used, or other syntax is a ValidationException.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

Item = dict[str, Any]
"""Attributes in DynamoDB's JSON."""
Names = Mapping[str, str]
Operand = Callable[[Item, Names, Mapping[str, Any]], Any]
"""Reads a value in DynamoDB's JSON from item, names and values; None if the item has no such attribute."""
Condition = Callable[[Item, Names, Mapping[str, Any]], bool]
Change = Callable[[Item, Item, Names, Mapping[str, Any]], None]
"""Changes the second item, given the first as it was."""

_TOKEN: Final = re.compile(r"\s*(<=|>=|<>|[=<>(),+\-.\[\]]|[#:]?[A-Za-z0-9_]+)")
# fmt: off
_RESERVED: Final = frozenset(
    {
        "status", "error", "timestamp", "name", "names", "key", "keys", "value", "values", "date", "time", "year",
        "day", "count", "counter", "state", "type", "user", "users", "size", "total", "version", "owner", "action",
        "data", "label", "language", "percent", "position", "region", "role", "source", "system", "text", "token",
        "url", "view", "zone", "by", "begin", "end", "item", "items", "list", "map", "number", "path", "range",
        "rank", "row", "rows", "section", "segment", "set", "start", "table", "uuid", "add", "all", "and", "any",
        "as", "between", "desc", "exists", "from", "group", "in", "is", "limit", "not", "null", "of", "on", "or",
        "order", "select", "sum", "to", "transaction", "undo", "union", "update", "use", "used", "using", "where",
        "with", "work", "write",
    }
)
# fmt: on
"""Some of DynamoDB's 573 reserved words: those that an attribute of ours could be named."""


class ExpressionError(Exception):
    """DynamoDB would answer ValidationException."""


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._next = 0
        self.used: set[str] = set()

    def peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if not token or (expected is not None and token.upper() != expected):
            raise ExpressionError(f"{self._text!r}: expected {expected or 'more'}, found {token or 'its end'!r}")
        self._next += 1
        return token

    def accept(self, *words: str) -> str:
        return self.take().upper() if self.peek().upper() in words and self.peek() else ""

    def path(self) -> str:
        name = self.take()
        check_name(name)
        if self.peek() in (".", "["):
            raise ExpressionError(f"{self._text!r}: nested paths are not modeled")
        self.used.add(name)
        return name

    def operand(self) -> Operand:
        token = self.peek()
        if token.startswith(":"):
            self.used.add(self.take())
            return lambda _item, _names, values: values[token]
        function = token.lower()
        if function in ("if_not_exists", "list_append", "size"):
            self.take()
            self.take("(")
            made = {"if_not_exists": self._if_not_exists, "list_append": self._list_append, "size": self._size}
            operand = made[function]()
            self.take(")")
            return operand
        name = self.path()
        return lambda item, names, _values: item.get(names.get(name, name))

    def _if_not_exists(self) -> Operand:
        name = self.path()
        self.take(",")
        other = self.operand()

        def read(item: Item, names: Names, values: Mapping[str, Any]) -> Any:
            found = item.get(names.get(name, name))
            return other(item, names, values) if found is None else found

        return read

    def _list_append(self) -> Operand:
        first = self.operand()
        self.take(",")
        second = self.operand()

        def read(item: Item, names: Names, values: Mapping[str, Any]) -> Any:
            lists = [each(item, names, values) for each in (first, second)]
            if any(each is None or "L" not in each for each in lists):
                raise ExpressionError("list_append needs two lists")
            return {"L": [*lists[0]["L"], *lists[1]["L"]]}

        return read

    def _size(self) -> Operand:
        name = self.path()

        def read(item: Item, names: Names, _values: Mapping[str, Any]) -> Any:
            found = item.get(names.get(name, name))
            return None if found is None else {"N": str(len(next(iter(found.values()))))}

        return read

    def value(self) -> Operand:
        """An operand, or the sum of two."""
        first = self.operand()
        sign = self.accept("+", "-")
        if not sign:
            return first
        second = self.operand()

        def read(item: Item, names: Names, values: Mapping[str, Any]) -> Any:
            left, right = (_number(each(item, names, values)) for each in (first, second))
            return {"N": str(left + right if sign == "+" else left - right)}

        return read

    def condition(self) -> Condition:
        """`a OR b`."""
        terms = [self._conjunction()]
        while self.accept("OR"):
            terms.append(self._conjunction())
        return terms[0] if len(terms) == 1 else lambda *at: any(each(*at) for each in terms)

    def _conjunction(self) -> Condition:
        terms = [self._negation()]
        while self.accept("AND"):
            terms.append(self._negation())
        return terms[0] if len(terms) == 1 else lambda *at: all(each(*at) for each in terms)

    def _negation(self) -> Condition:
        if self.accept("NOT"):
            term = self._negation()
            return lambda *at: not term(*at)
        if self.accept("("):
            inner = self.condition()
            self.take(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        function = self.peek().lower()
        if function in ("attribute_exists", "attribute_not_exists"):
            self.take()
            self.take("(")
            name = self.path()
            self.take(")")
            present = function == "attribute_exists"
            return lambda item, names, _values: (names.get(name, name) in item) is present
        if function in ("begins_with", "contains"):
            return self._function(function)
        left = self.operand()
        word = self.take().upper()
        if word == "IN":
            self.take("(")
            choices = [self.operand()]
            while self.accept(","):
                choices.append(self.operand())
            self.take(")")
            return lambda *at: any(_compare("=", left(*at), each(*at)) for each in choices)
        if word == "BETWEEN":
            low = self.operand()
            self.take("AND")
            high = self.operand()
            return lambda *at: _compare(">=", left(*at), low(*at)) and _compare("<=", left(*at), high(*at))
        if word not in _COMPARE:
            raise ExpressionError(f"{self._text!r}: {word!r} is no comparison")
        right = self.operand()
        return lambda *at: _compare(word, left(*at), right(*at))

    def _function(self, function: str) -> Condition:
        self.take()
        self.take("(")
        whole = self.operand()
        self.take(",")
        part = self.operand()
        self.take(")")

        def holds(item: Item, names: Names, values: Mapping[str, Any]) -> bool:
            text, sought = whole(item, names, values), part(item, names, values)
            if text is None or "S" not in text or "S" not in sought:
                return False
            if function == "begins_with":
                return bool(text["S"].startswith(sought["S"]))
            return sought["S"] in text["S"]

        return holds

    def update(self) -> list[Change]:
        changes: list[Change] = []
        sections: set[str] = set()
        while self.peek():
            section = self.accept("SET", "REMOVE", "ADD")
            if not section or section in sections:
                raise ExpressionError(f"{self._text!r}: unexpected {self.peek()!r}")
            sections.add(section)
            made = {"SET": self._set, "REMOVE": self._remove, "ADD": self._add}[section]
            changes.append(made())
            while self.accept(","):
                changes.append(made())
        return changes

    def _set(self) -> Change:
        name = self.path()
        self.take("=")
        value = self.value()

        def change(old: Item, new: Item, names: Names, values: Mapping[str, Any]) -> None:
            found = value(old, names, values)
            if found is None:
                raise ExpressionError("an attribute that the expression reads does not exist")
            new[names.get(name, name)] = found

        return change

    def _remove(self) -> Change:
        name = self.path()

        def change(_old: Item, new: Item, names: Names, _values: Mapping[str, Any]) -> None:
            new.pop(names.get(name, name), None)

        return change

    def _add(self) -> Change:
        name, value = self.path(), self.operand()

        def change(old: Item, new: Item, names: Names, values: Mapping[str, Any]) -> None:
            attribute = names.get(name, name)
            new[attribute] = {"N": str(_number(old.get(attribute, {"N": "0"})) + _number(value(old, names, values)))}

        return change

    def end(self) -> None:
        if self.peek():
            raise ExpressionError(f"{self._text!r}: unexpected {self.peek()!r}")


@cache
def parse_condition(text: str) -> tuple[Condition, frozenset[str]]:
    """A condition, and the names and values that it uses."""
    parser = _Parser(text)
    condition = parser.condition()
    parser.end()
    return condition, frozenset(parser.used)


@cache
def parse_update(text: str) -> tuple[tuple[Change, ...], frozenset[str]]:
    """The changes of an update expression, and the names and values that it uses."""
    parser = _Parser(text)
    changes = parser.update()
    parser.end()
    return tuple(changes), frozenset(parser.used)


def check_name(name: str) -> None:
    """An attribute's name, or a placeholder; not a reserved word."""
    if not re.fullmatch(r"#?[A-Za-z0-9_]+", name):
        raise ExpressionError(f"{name!r} is no attribute")
    if name.lower() in _RESERVED:
        raise ExpressionError(f"{name!r} is a reserved word")


def check_used(used: frozenset[str], names: Names | None, values: Mapping[str, Any] | None) -> None:
    """Every placeholder must be defined, and every definition used; no definitions may be empty."""
    if (names is not None and not names) or (values is not None and not values):
        raise ExpressionError("ExpressionAttributeNames and ExpressionAttributeValues must not be empty")
    given = {*(names or {}), *(values or {})}
    needed = {each for each in used if each[0] in "#:"}
    if needed != given:
        raise ExpressionError(f"undefined {sorted(needed - given)}, unused {sorted(given - needed)}")


def _tokens(text: str) -> Iterator[str]:
    position = 0
    while text[position:].strip():
        found = _TOKEN.match(text, position)
        if found is None:
            raise ExpressionError(f"{text!r}: syntax error at {position}")
        yield found.group(1)
        position = found.end()


_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _compare(operator: str, left: Any, right: Any) -> bool:
    """A comparison with an attribute that does not exist, or has another type, is false; `<>` is true."""
    if left is None or right is None or left.keys() != right.keys():
        return operator == "<>"
    (kind, first), (second,) = next(iter(left.items())), right.values()
    if kind == "N":
        return _COMPARE[operator](Decimal(first), Decimal(second))
    return _COMPARE[operator](first, second)


def _number(value: Any) -> Decimal:
    if value is None or "N" not in value:
        raise ExpressionError("an operand is no number")
    return Decimal(value["N"])
