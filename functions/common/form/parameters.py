"""Header values with parameters, as `form-data; name="report"; filename="daily.csv"`, read in one way or not at all.

Parsers differ in what they make of a repeated parameter, of a quotation mark after a backslash, and of text that is no
parameter. Such a value is refused, so that no program that reads the same request sees another form.
"""

import re
import unicodedata
from typing import Final, NamedTuple
from urllib.parse import unquote

_KIND: Final = re.compile(r"[ \t]*+([^\s;,\"]++)[ \t]*+")
# A backslash before the closing quotation mark ends the value for a browser, and not for RFC 2045.
_PARAMETER: Final = re.compile(
    r";[ \t]*+([A-Za-z0-9!#$&+.^_`|~*-]++)=(?:\"((?:[^\"\\]|\\(?!\"))*+)\"|([^\s\";\\]++))[ \t]*+"
)
_EXTENDED: Final = re.compile(r"(?i:utf-8)'[A-Za-z0-9-]*+'((?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-Fa-f]{2})++)")
# What browsers escape in a name or a file name (WHATWG HTML, 4.10.21.8), and nothing else.
_ESCAPES: Final = {"%22": '"', "%0D": "\r", "%0A": "\n", "%0d": "\r", "%0a": "\n"}
_ESCAPED: Final = re.compile("|".join(_ESCAPES))


class HeaderValue(NamedTuple):
    """A header's value: what comes first, in lower case, and its parameters by their names in lower case."""

    kind: str
    parameters: dict[str, str]


def read_parameters(value: str) -> HeaderValue | None:
    """Read a header's value; None if it is malformed or ambiguous, for example if a parameter is repeated."""
    kind = _KIND.match(value)
    if not kind or has_control_characters(value):
        return None
    parameters: dict[str, str] = {}
    position = kind.end()
    while found := _PARAMETER.match(value, position):
        name, quoted, token = found[1].lower(), found[2], found[3]
        if name in parameters:
            return None
        parameters[name] = token if quoted is None else quoted
        position = found.end()
    # One semicolon may be left at the end: some clients write it.
    rest = value[position:].strip(" \t")
    return HeaderValue(kind[1].lower(), parameters) if rest in ("", ";") else None


def has_control_characters(value: str) -> bool:
    """Whether there is any in a header's value, other than a tab: for some parsers, a carriage return ends a line."""
    return any(unicodedata.category(char) == "Cc" and char != "\t" for char in value)


def read_escaped(text: str) -> str:
    """A file name as the browser had it before it escaped quotation marks and line ends."""
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], text)


def read_extended(text: str) -> str | None:
    """A `filename*` in UTF-8 (RFC 8187); None if it is malformed or in another character set."""
    found = _EXTENDED.fullmatch(text)
    try:
        return unquote(found[1], errors="strict") if found else None
    except UnicodeDecodeError:
        return None
