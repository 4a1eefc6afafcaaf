"""The catalogue of defects: every way in which a value, a line, a header or a file can be invalid."""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class Defect(NamedTuple):
    """A defect of one row, made of a valid row.

    Attributes:
        code: the code of its only validation error.
        name: distinguishes it from others of the code.
        spoil: makes the invalid text of the valid one.
        valid: the values that the valid row must have.
        column: whose value is spoiled; None if the line is.
        fixable: whether the message says how to fix it. Otherwise the bank has to look up the value.
        message: words of the message.
    """

    code: str
    name: str
    spoil: Callable[[str], str]
    valid: Mapping[str, str]
    column: str | None = None
    fixable: bool = True
    message: str = ""

    def applied_to(self, valid: Mapping[str, str], columns: Sequence[str]) -> dict[str, str] | bytes:
        """The spoiled row, or its line or lines. Bytes that are not UTF-8 are Python's surrogate escapes in `spoil`."""
        if self.column:
            return {**valid, self.column: self.spoil(valid[self.column])}
        return self.spoil(",".join(valid[column] for column in columns)).encode(errors="surrogateescape")


def _constant(text: str) -> Callable[[str], str]:
    return lambda _: text


def _values(code: str, fixable: Mapping[str, str], *lost: str, **valid: str) -> Iterator[Defect]:
    """Invalid values of a column: `fixable` ones, each with what the message makes of it, and others."""
    column = code.partition(".")[0]
    for invalid, fixed in fixable.items():
        yield Defect(code, invalid, _constant(invalid), {**valid, column: fixed}, column)
    for invalid in lost:
        yield Defect(code, invalid, _constant(invalid), valid, column, fixable=False)


_DAY: Final = "2026-11-20"
_FIXABLE_AMOUNTS: Final = {
    " 12": "12", "12 ": "12", "1\t": "1", "12.5\u00a0": "12.5",
    "+5": "5", "(12.50)": "-12.50", "12.50-": "-12.50", "\u221212.50": "-12.50",
    "EUR 12.50": "12.50", "-12.50 EUR": "-12.50", "\u20ac12.50": "12.50",
    "1e5": "100000", "1.25E+3": "1250", "12,50": "12.50", "-0,5": "-0.5",
    "1,234.56": "1234.56", "1_000": "1000", "1'234'567.50": "1234567.50", "-1.234.567": "-1234567",
    "1\u202f234.50": "1234.50", "1.234,50": "1234.50", "-1 234 567,50": "-1234567.50",
    "1\u2019234,5": "1234.5", "01": "1", "0012.50": "12.50", ".5": "0.5", "-.5": "-0.5", "12.": "12",
    "\u0661\u0662": "12", "\uff11\uff12": "12",
}  # fmt: skip
_FIXABLE_TIMESTAMPS: Final = {
    f" {_DAY}T10:00:00Z": f"{_DAY}T10:00:00Z", f"{_DAY}T10:00:00": f"{_DAY}T10:00:00Z",
    f"{_DAY}T10:00:00.123": f"{_DAY}T10:00:00.123Z", f"{_DAY} 10:00:00": f"{_DAY}T10:00:00Z",
    f"{_DAY} 10:00:00Z": f"{_DAY}T10:00:00Z", f"{_DAY} 10:00:00+01:00": f"{_DAY}T10:00:00+01:00",
    f"{_DAY} 10:00:00.5+01": f"{_DAY}T10:00:00.5+01:00", f"{_DAY}T10:00:00-03": f"{_DAY}T10:00:00-03:00",
    f"{_DAY}T10:00:00+0100": f"{_DAY}T10:00:00+01:00", f"{_DAY}T10:00Z": f"{_DAY}T10:00:00Z",
    f"{_DAY}T10:00+01:00": f"{_DAY}T10:00:00+01:00", f"{_DAY}T24:00:00Z": "2026-11-21T00:00:00Z",
    "2016-12-31T23:59:60Z": "2016-12-31T23:59:59Z", f"{_DAY}T10:00:00,5Z": f"{_DAY}T10:00:00.5Z",
    f"{_DAY}T10:00:00.1234567Z": f"{_DAY}T10:00:00.123456Z", f"{_DAY}t10:00:00z": f"{_DAY}T10:00:00Z",
    f"{_DAY}T10:00:00z": f"{_DAY}T10:00:00Z", "20261120T100000Z": f"{_DAY}T10:00:00Z",
    "1763632800": "2025-11-20T10:00:00Z", "1763632800000": "2025-11-20T10:00:00Z",
}  # fmt: skip
VALUE_DEFECTS: Final = (
    *_values(
        "transaction_id.format",
        {" spoiled": "spoiled", "spoiled\u00a0": "spoiled", "spoiled\t": "spoiled", "x" * 65: "x" * 64},
        *("", " ", "-a", ".a", "_a", "a b", "a/b", "a#b", "@x", "=1+1", "\u00e9", "Z\u00fcrich", "\uff11", '""'),
    ),
    *_values(
        "amount.format",
        _FIXABLE_AMOUNTS,
        *("", "NaN", "Infinity", "-inf", "twelve", "--1", "-", "0x10", "1.2.3", "00"),
        amount="12.50",
        currency="EUR",
    ),
    *_values("amount.zero", {}, *("0", "-0", "0.0", "0.00", "-0.00", "0.0000"), amount="12.50", currency="EUR"),
    *_values(
        "amount.range",
        {},
        *("1234567890123456", "1" * 39, "-1000000000000000.00", "1" * 5000),
        amount="12.50",
        currency="EUR",
    ),
    *_values(
        "amount.minor_units",
        {"12.5000": "12.50", "-1.000": "-1"},
        *("10.505", "0.001", "12345678.12345678"),
        amount="12.50",
        currency="EUR",
    ),
    *_values("amount.minor_units", {"5.0": "5"}, currency="JPY"),
    *_values("amount.minor_units", {"0.5000": "0.5"}, currency="KWD"),
    *_values(
        "currency.unknown",
        {"eur": "EUR", " EUR": "EUR", " Jpy ": "JPY"},
        *("", "EURO", "978", "XXX", "XTS", "XAU", "XDR", "ZZZ", "DEM", "BGN", "\u0415UR"),
        amount="5",
        currency="EUR",
    ),
    *_values(
        "timestamp.format",
        _FIXABLE_TIMESTAMPS,
        *("", "yesterday", _DAY, "2026-W47-1", "20.11.2026 10:00", "11/20/2026", f"{_DAY}T10:00:00.Z"),
        *("2026-02-30T10:00:00Z", "2026-13-01T00:00:00Z", "2026-11-00T00:00:00Z", f"{_DAY}T10:61:00Z"),
        *("0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "1969-12-31T23:59:59-00:01"),
        *(f"{_DAY}T10:00:00+24:00", f"{_DAY}T10:00:00+01:60", f"{_DAY}T10:00:00+01:00:30"),
        "\uff12\uff10\uff12\uff16-11-20T10:00:00Z",
    ),
    *_values(
        "timestamp.future",
        {},
        *("2026-11-24T12:00:00.000001Z", "2026-11-24T13:00:01+01:00", "9999-12-31T23:59:59-23:59"),
    ),
    *_values(
        "bank_id.mismatch", dict.fromkeys(("", "NORDBANK", "nordbank ", "alpenbank", "n\u043erdbank"), "nordbank")
    ),
)


def _line(code: str, name: str, message: str, spoil: Callable[[str], str], *, fixable: bool = True) -> Defect:
    valid = {"transaction_id": "spoiled.row", "amount": "1234.50", "currency": "EUR"}
    return Defect(code, name, spoil, valid, fixable=fixable, message=message)


def _by(old: str, new: str) -> Callable[[str], str]:
    return lambda line: line.replace(old, new)


LINE_DEFECTS: Final = (
    _line("row.column_count", "semicolons", "found 1", _by(",", ";")),
    _line("row.column_count", "tabs", "found 1", _by(",", "\t")),
    _line("row.column_count", "comma at the end", "found 6", lambda line: line + ","),
    _line("row.column_count", "thousands", "found 6", _by("1234.50", "1,234.50")),
    _line("row.column_count", "decimal comma", "found 6", _by("1234.50", "1234,50")),
    _line("row.column_count", "missing column", "found 4", lambda line: line.partition(",")[2], fixable=False),
    _line("row.column_count", "spaces", "found 1", _constant(" "), fixable=False),
    _line("row.column_count", "empty field", "found 1", _constant('""'), fixable=False),
    _line("row.column_count", "commas", "found 7", _constant(",,,,,,"), fixable=False),
    _line("row.malformed", "quote inside", "does not begin with one: remove", _by("spoiled.row", 'spo"iled.row')),
    _line("row.malformed", "space, quote", "does not begin with one", _by("nordbank", ' "nordbank"'), fixable=False),
    _line("row.malformed", "text after quote", "follows a closing quote", _by("spoiled.row", '"spoiled.row"x')),
    _line("row.malformed", "space after quote", "follows a closing quote", _by("spoiled.row", '"spoiled.row" ')),
    _line("row.malformed", "open quote", "is not closed", _by("spoiled.row", '"spoiled.row')),
    _line("row.malformed", "three quotes", "is not closed", _by("nordbank", '"""'), fixable=False),
    _line("row.malformed", "NUL", "control character 0x00", _by("spoiled.row", "spoiled.row\0")),
    _line("row.malformed", "end of file", "control character 0x1a", lambda line: line + "\x1a"),
    _line("row.malformed", "carriage return", "carriage return", _by("spoiled.row", "spoiled.\rrow")),
    _line("row.malformed", "carriage returns at the end", "end each line with LF", lambda line: line + "\r\r"),
    _line("row.malformed", "too long", "65536 bytes", lambda line: line + "," + "x" * 70_000, fixable=False),
    _line("file.encoding", "Latin-1", "(0xa0) is not valid UTF-8", _by("spoiled.row", "spoiled.row\udca0")),
    _line("file.encoding", "surrogate", "0xed", _by("spoiled", "\udced\udca0\udc80"), fixable=False),
    _line("file.encoding", "overlong", "0xc0", _by("spoiled", "\udcc0\udcaf"), fixable=False),
)
"""Lines that are no record."""

DEFECTS: Final = (
    *VALUE_DEFECTS,
    *LINE_DEFECTS,
    _line("transaction_id.duplicate", "row twice", "already used", lambda line: f"{line}\n{line}"),
    _line(
        "amount.zero",
        "row without an amount",
        "the amount is zero",
        lambda line: f"{line}\n{line}".replace("1234.50", "0", 1).replace("spoiled.row", "zero.row", 1),
    ),
)
"""Every defect of a row."""


class FileDefect(NamedTuple):
    """A defect of the header or the file: `fix` does what the message says (None: the report is exported again)."""

    code: str
    name: str
    message: str
    spoil: Callable[[bytes], bytes]
    fix: Callable[[bytes], bytes] | None = None


def _header(name: str, message: str, change: tuple[bytes, bytes], code: str = "header.unknown_column") -> FileDefect:
    valid, invalid = change
    return FileDefect(
        code, name, message, lambda data: data.replace(valid, invalid, 1), lambda data: data.replace(invalid, valid, 1)
    )


def _appended(code: str, name: str, message: str) -> FileDefect:
    """A name at the end of the header."""
    end = f",{name}".encode()
    return FileDefect(
        code,
        name,
        message,
        lambda data: b"\n".join([data.partition(b"\n")[0].rstrip(b"\r") + end, data.partition(b"\n")[2]]),
        lambda data: data.replace(end + b"\n", b"\n", 1),
    )


def _everywhere(code: str, name: str, message: str, valid: bytes, invalid: bytes) -> FileDefect:
    return FileDefect(
        code, name, message, lambda data: data.replace(valid, invalid), lambda data: data.replace(invalid, valid)
    )


def _encoded(encoding: str, name: str) -> FileDefect:
    return FileDefect(
        "file.encoding",
        encoding,
        f"the file is {name} text: export",
        lambda data: data.decode(errors="replace").encode(encoding),
        lambda data: data.decode(encoding).encode(),
    )


def _instead(code: str, name: str, message: str, data: bytes) -> FileDefect:
    return FileDefect(code, name, message, lambda _: data)


FILE_DEFECTS: Final = (
    _header("other case", "column 'Amount' is unknown: write it exactly as 'amount'", (b"amount", b"Amount")),
    _header("space before", "column ' amount' is unknown: write it exactly as 'amount'", (b"amount", b" amount")),
    _header("space after", "column 'amount ' is unknown: write it exactly as 'amount'", (b"amount", b"amount ")),
    _header(
        "invisible character",
        r"column '\ufeffamount' is unknown: write it exactly as 'amount'",
        (b"amount", "\ufeffamount".encode()),
    ),
    _header("look-alike", r"column '\u0430mount' is unknown: remove it", (b"amount", "\u0430mount".encode())),
    _everywhere("header.unknown_column", "semicolons", "separate the columns with commas, not semicolons", b",", b";"),
    _everywhere("header.unknown_column", "tabs", "separate the columns with commas, not tabs", b",", b"\t"),
    _appended("header.unknown_column", "memo", "column 'memo' is unknown: remove it"),
    _appended("header.duplicate_column", "currency", "column currency appears more than once: remove the repeated one"),
    FileDefect(
        "header.missing_column",
        "last",
        "column bank_id is missing: add it",
        lambda data: data.replace(b",bank_id", b"", 1),
        lambda data: data.replace(b"\n", b",bank_id\n", 1),
    ),
    _header("control character", "0x01: remove it", (b"amount", b"\x01amount"), "row.malformed"),
    _header("quote", "remove the quote", (b"amount", b'am"ount'), "row.malformed"),
    FileDefect(
        "row.malformed",
        "open quote",
        "add the closing quote",
        lambda data: data.replace(b"amount", b'"amount', 1),
        lambda data: data.replace(b"amount", b'amount"', 1),
    ),
    _header("Latin-1", "(0xa0) is not valid UTF-8: remove it", (b"amount", b"amount\xa0"), "file.encoding"),
    _everywhere("row.malformed", "old Mac", "end each line with LF or CRLF", b"\n", b"\r"),
    _everywhere("row.malformed", "CR CR LF", "end each line with LF or CRLF", b"\n", b"\r\r\n"),
    *(_encoded(each, "UTF-16") for each in ("utf-16", "utf-16-le", "utf-16-be")),
    *(_encoded(each, "UTF-32") for each in ("utf-32", "utf-32-le", "utf-32-be")),
    FileDefect("file.encoding", "gzip", "a gzip archive: export the report as CSV", gzip.compress, gzip.decompress),
    _instead("file.encoding", "NUL", "the file is binary data: export the report as CSV in UTF-8", b"\0" * 1000),
    _instead("file.encoding", "UTF-32-BE mark", "UTF-32 text", b"\0\0\xfe\xff\0\0\0a"),
    _instead("file.encoding", "UTF-16-BE mark", "UTF-16 text", b"\xfe\xff\0a"),
    _instead("file.encoding", "PDF", "a PDF document", b"%PDF-1.7"),
    _instead("file.encoding", "XLSX", "an Excel workbook (XLSX)", b"PK\x03\x04....[Content_Types].xml"),
    _instead("file.encoding", "ZIP", "a ZIP archive", b"PK\x03\x04....report.csv"),
    _instead("file.encoding", "XLS", "an old Excel workbook (XLS)", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    *(
        _instead("file.empty", ascii(each), "the file is empty", each)
        for each in (b"", BYTE_ORDER_MARK, b"\n", b"\r\n\r\n", BYTE_ORDER_MARK + b"\n\n")
    ),
    FileDefect("file.no_rows", "header alone", "add at least one row", lambda data: data.partition(b"\n")[0] + b"\n"),
)
"""Every defect of the header or of the whole file."""
