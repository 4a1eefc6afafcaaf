"""Reports by the thousand out of one seed: good ones, and ones with up to two defects of every kind that there is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from functions.report.format.currencies import MINOR_UNITS
from functions.report.format.rules import COLUMNS
from tests.unit.functions.report.reports import BANK

CURRENCIES = sorted(MINOR_UNITS)
ID_LETTERS = "ABCXYZabcxyz0189"


@dataclass
class Draft:
    """A report on the way to its bytes: cells may be changed first, then lines, then bytes."""

    random: Random
    columns: list[str]
    rows: list[dict[str, str]]
    end: str
    quoted: bool
    change_lines: list[Callable[[list[str]], None]] = field(default_factory=list)
    change_bytes: list[Callable[[bytes], bytes]] = field(default_factory=list)

    def spoil(self, column: str, *values: str) -> None:
        self.random.choice(self.rows)[column] = self.random.choice(values)

    def content(self) -> bytes:
        mark = '"' if self.quoted else ""
        records = [self.columns, *([row[column] for column in self.columns] for row in self.rows)]
        lines = [",".join(f"{mark}{value}{mark}" for value in record) for record in records]
        for change in self.change_lines:
            change(lines)
        data = "".join(line + self.end for line in lines).encode()
        for alter in self.change_bytes:
            data = alter(data)
        return data


def reports(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield so many reports, each with the names of its defects; a fifth are good."""
    random = Random(seed)
    for number in range(count):
        draft = _draft(random)
        defects = [] if number % 5 == 0 else random.sample(sorted(DEFECTS), random.choice((1, 1, 2)))
        for defect in defects:
            DEFECTS[defect](draft)
        yield "+".join(defects) or "good", draft.content()


def _draft(random: Random) -> Draft:
    rows = [_row(random, number) for number in range(random.randint(1, 5))]
    columns = random.sample(COLUMNS, len(COLUMNS)) if random.random() < 0.5 else list(COLUMNS)
    return Draft(
        random=random, columns=columns, rows=rows, end=random.choice(["\n", "\r\n"]), quoted=random.random() < 0.3
    )


def _row(random: Random, number: int) -> dict[str, str]:
    currency = random.choice(CURRENCIES)
    decimals = random.randint(0, MINOR_UNITS[currency])
    whole = random.choice([random.randint(1, 99), random.randint(1, 10**15 - 1)])
    fraction = "." + "".join(random.choices("0123456789", k=decimals)) if decimals else ""
    second = random.choice(["", ".5", ".123456"])
    zone = random.choice(["Z", "+00:00", "-00:00", "+01:00", "-11:30", "+23:59"])
    return {
        "transaction_id": f"{random.choice(ID_LETTERS)}{number}"
        + "".join(random.choices("._-aZ9", k=random.randint(0, 62))),
        "amount": f"{random.choice(['', '-'])}{whole}{fraction}",
        "currency": currency,
        "timestamp": f"{random.randint(1971, 2025)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
        f"T{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}{second}{zone}",
        "bank_id": BANK,
    }


def _repeat_id(draft: Draft) -> None:
    draft.rows.append({**draft.rows[0], "amount": "7"})


def _spoil_decimals(draft: Draft) -> None:
    row = draft.random.choice(draft.rows)
    row["amount"] = "1." + "1" * (MINOR_UNITS.get(row["currency"], 4) + 1)


def _insert(text: str) -> Callable[[Draft], None]:
    """A line at any place below the header."""
    return lambda draft: draft.change_lines.append(
        lambda lines: lines.insert(draft.random.randint(1, len(lines)), text)
    )


def _in_a_line(change: Callable[[str], str]) -> Callable[[Draft], None]:
    def spoil(draft: Draft) -> None:
        def change_line(lines: list[str]) -> None:
            place = draft.random.randrange(1, len(lines))
            lines[place] = change(lines[place])

        draft.change_lines.append(change_line)

    return spoil


def _in_the_header(change: Callable[[str], str]) -> Callable[[Draft], None]:
    def spoil(draft: Draft) -> None:
        def change_header(lines: list[str]) -> None:
            lines[0] = change(lines[0])

        draft.change_lines.append(change_header)

    return spoil


def _in_bytes(change: Callable[[bytes], bytes]) -> Callable[[Draft], None]:
    return lambda draft: draft.change_bytes.append(change)


def _column(name: str, *values: str) -> Callable[[Draft], None]:
    return lambda draft: draft.spoil(name, *values)


AMOUNTS = (
    "",
    "x",
    "+5",
    "1e5",
    "1_000",
    "NaN",
    "Infinity",
    " 12",
    "12 ",
    ".5",
    "12.",
    "012",
    "0x1",
    "١٢",
    "--1",
    "1.2.3",
)
TIMES = ("", "2026-11-20", "2026-11-20T10:00:00", "2026-11-20 10:00:00Z", "2026-W47-1", "2026-11-20T24:00:00Z",
         "2026-11-20T10:00:60Z", "2026-11-20T10:00:00,5Z", "2026-11-20t10:00:00z", "2026-11-20T10:00:00+0100",
         "2026-11-20T10:00:00.1234567Z")  # fmt: skip

DEFECTS: dict[str, Callable[[Draft], None]] = {
    "amount.format": _column("amount", *AMOUNTS),
    "amount.zero": _column("amount", "0", "-0", "0.0"),
    "amount.range": _column("amount", "1" * 16, "-" + "9" * 38),
    "amount.decimals": _spoil_decimals,
    "currency": _column("currency", "", "eur", "XAU", "XXX", "EURO", " EUR", "\u0415UR"),
    "timestamp.format": _column("timestamp", *TIMES),
    "timestamp.no such day": _column(
        "timestamp", "2026-02-30T10:00:00Z", "2026-13-01T10:00:00Z", "0000-01-01T00:00:00Z"
    ),
    "timestamp.before 1970": _column("timestamp", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z"),
    "timestamp.future": _column("timestamp", "2026-11-24T12:00:01Z", "9999-12-31T23:59:59Z"),
    "bank_id.other": _column("bank_id", "alpenbank"),
    "bank_id.malformed": _column("bank_id", "", "Nordbank", "nordbank "),
    "id.format": _column("transaction_id", "", "-a", "a b", "é", "a" * 65),
    "id.repeated": _repeat_id,
    "row.short": _insert("A,1"),
    "row.long": _insert("A,1,2,3,4,5,6"),
    "row.blanks": _insert(" "),
    "row.commas": _insert(",,,,"),
    "row.empty": _insert(""),
    "row.open quote": _in_a_line(lambda line: '"' + line.replace('"', "")),
    "row.text after quote": _in_a_line(lambda line: '"' + line.replace('"', "").replace(",", '"x,', 1)),
    "row.quote inside": _in_a_line(lambda line: line.replace('"', "").replace(",", '",', 1)),
    "row.line break": _in_a_line(
        lambda line: line.replace('"', "").replace(",", ',"', 1).replace(",", '\n",', 2).replace('\n"', '"', 1)
    ),
    "row.bare return": _in_a_line(lambda line: line.replace(",", ",\r", 1)),
    "row.control byte": _in_a_line(lambda line: line.replace(",", "\x00,", 1)),
    "row.too long": _in_a_line(lambda line: line + "x" * 65_536),
    "header.missing": _in_the_header(lambda line: line.rpartition(",")[0]),
    "header.unknown": _in_the_header(lambda line: line + ",memo"),
    "header.other case": _in_the_header(str.upper),
    "header.space": _in_the_header(lambda line: line + " "),
    "header.twice": _in_the_header(lambda line: line + ",amount"),
    "header.late": _in_bytes(lambda data: b"\n" + data),
    "file.nothing": _in_bytes(lambda _: b""),
    "file.empty lines": _in_bytes(lambda _: b"\r\n\r\n"),
    "file.header alone": _in_bytes(lambda data: data.splitlines(keepends=True)[0] if data else data),
    "file.latin-1": _in_bytes(lambda data: data + b"\xe9"),
    "file.utf-16": _in_bytes(lambda data: data.decode(errors="replace").encode("utf-16")),
    "file.byte-order mark": _in_bytes(lambda data: b"\xef\xbb\xbf" + data),
    "file.no final newline": _in_bytes(lambda data: data.rstrip(b"\r\n")),
}
"""Each kind of defect by its name; the last two are none."""
