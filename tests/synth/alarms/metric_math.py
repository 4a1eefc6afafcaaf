"""Metric math, as far as the alarms use it: an expression with anything else is an error, not a guess.

The rules are those of CloudWatch's user guide, "Using math expressions with CloudWatch metrics"
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html).
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Series = tuple[float | None, ...]
"""A value for each period, the oldest first; None: missing."""
Value = float | Series | list[Series]
"""Scalar, time series, array of time series: `S`, `TS` and `TS[]` of the guide."""

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(<=|>=|==|!=|[-+*/<>()\[\],]))")
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class MetricMathError(Exception):
    """The expression has something that is unknown here, or that CloudWatch would not accept."""


def evaluate(text: str, metrics: Mapping[str, Series], *, fills_nothing: bool = False) -> Series:
    """Evaluate an expression.

    Args:
        text: such as `IF(calls > 0, 100 * errors / calls, 0)`.
        metrics: by the name that the expression has for each; all of one length.
        fills_nothing: whether FILL leaves a metric alone that has no data in any of the periods. The guide does not
            say, so an alarm has to be right in either case.

    Raises:
        MetricMathError: unknown syntax, function or metric, or the result is no time series.
    """
    parser = _Parser(tokens=list(_tokens(text)), metrics=metrics, fills_nothing=fills_nothing)
    value = parser.comparison()
    if parser.tokens:
        raise MetricMathError(f"{text}: {parser.tokens[0]!r} is left over")
    if isinstance(value, float | list):
        raise MetricMathError(f"{text}: the result has to be one time series")
    return value


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise MetricMathError(f"{text}: unknown from {text[at:]!r} on")
        yield match.group(match.lastindex or 0)
        at = match.end()


@dataclass
class _Parser:
    """Recursive descent; each method takes its part from the front of the tokens, and returns its value."""

    tokens: list[str]
    metrics: Mapping[str, Series]
    fills_nothing: bool

    def comparison(self) -> Value:
        left = self._sum()
        while self._next() in _COMPARISONS:
            compare = _COMPARISONS[self.tokens.pop(0)]
            left = _paired(left, self._sum(), lambda one, other, by=compare: float(by(one, other)))  # type: ignore[misc]
        return left

    def _sum(self) -> Value:
        left = self._product()
        while self._next() in ("+", "-"):
            combine = operator.add if self.tokens.pop(0) == "+" else operator.sub
            left = _paired(left, self._product(), combine)
        return left

    def _product(self) -> Value:
        left = self._operand()
        while self._next() in ("*", "/"):
            combine = operator.mul if self.tokens.pop(0) == "*" else _divide
            left = _paired(left, self._operand(), combine)
        return left

    def _operand(self) -> Value:
        token = self.tokens.pop(0) if self.tokens else "the end"
        if token == "(":
            value = self.comparison()
            self._expect(")")
            return value
        if token == "[":
            return [_series(each) for each in self._list("]")]
        if token[0].isdigit():
            return float(token)
        if token.isidentifier():
            return self._call(token) if self._next() == "(" else self._metric(token)
        raise MetricMathError(f"{token!r} is not expected")

    def _metric(self, name: str) -> Series:
        if name not in self.metrics:
            raise MetricMathError(f"{name} is no metric of the alarm")
        return self.metrics[name]

    def _call(self, name: str) -> Value:
        self._expect("(")
        arguments = self._list(")")
        match name, arguments:
            case "SUM", [list(summands)]:
                return _sum_of(summands)
            case "FILL", [series, float(filler)]:
                return self._filled(_series(series), filler)
            case "IF", [condition, then, otherwise]:
                return _choice(_series(condition), then, otherwise)
        raise MetricMathError(f"{name} of these arguments is unknown here")

    def _filled(self, series: Series, filler: float) -> Series:
        if self.fills_nothing and all(each is None for each in series):
            return series
        return tuple(filler if each is None else each for each in series)

    def _list(self, end: str) -> list[Value]:
        values = [self.comparison()]
        while self._next() == ",":
            self.tokens.pop(0)
            values.append(self.comparison())
        self._expect(end)
        return values

    def _next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise MetricMathError(f"{token!r} is missing before {self._next()!r}")
        self.tokens.pop(0)


def _series(value: Value) -> Series:
    if isinstance(value, float | list):
        raise MetricMathError("a time series is expected")
    return value


def _paired(left: Value, right: Value, combine: Callable[[float, float], float | None]) -> Value:
    """Combine period by period.

    Of two series, a value that only one has is combined with 0; a scalar has no periods of its own.
    """
    match left, right:
        case float(), float():
            result = combine(left, right)
            if result is None:
                raise MetricMathError("division of a number by zero")
            return result
        case list(), _:
            raise MetricMathError("arithmetic with arrays is unknown here")
        case _, list():
            raise MetricMathError("arithmetic with arrays is unknown here")
        case float(), _:
            return tuple(None if each is None else combine(left, each) for each in _series(right))
        case _, float():
            return tuple(None if each is None else combine(each, right) for each in _series(left))
    pairs = zip(_series(left), _series(right), strict=True)
    return tuple(None if one is None is other else combine(one or 0, other or 0) for one, other in pairs)


def _divide(dividend: float, divisor: float) -> float | None:
    """A data point that would be divided by zero is dropped."""
    return dividend / divisor if divisor else None


def _sum_of(summands: Sequence[Series]) -> Series:
    """Of an array of series: one series. That of a single series is a number which depends on the range: not here."""
    return tuple(
        None if all(each is None for each in period) else sum(each or 0 for each in period)
        for period in zip(*summands, strict=True)
    )


def _choice(condition: Series, then: Value, otherwise: Value) -> Series:
    """A missing condition is dropped, a missing `then` is 0, a missing `otherwise` is dropped."""

    def at(value: Value, period: int) -> float | None:
        return value if isinstance(value, float) else _series(value)[period]

    return tuple(
        None if each is None else (at(then, period) or 0) if each else at(otherwise, period)
        for period, each in enumerate(condition)
    )
