"""Time zones as POSIX rules, such as `CET-1CEST,M3.5.0,M10.5.0/3`: a function's runtime may have no time zone database.

A rule says how a zone's time has changed since its law last changed; synth takes it from the database (RFC 8536, 3.3).
"""

import io
import struct
from datetime import tzinfo
from zoneinfo import ZoneInfo

_UNUSED = struct.pack(">4sc15x6I", b"TZif", b"2", 0, 0, 0, 0, 1, 4) + struct.pack(">lBB4s", 0, 0, 0, b"UTC\0")
"""A block of a TZif file without transitions; its one local time is never used, because the footer's rule holds."""


def zone_of(rule: str) -> tzinfo:
    """The zone that a rule describes.

    Raises:
        ValueError: it is not a rule.
    """
    # Version 2 has the block twice, in 32 and in 64 bits: without transitions, both are the same.
    return ZoneInfo.from_file(io.BytesIO(_UNUSED + _UNUSED + f"\n{rule}\n".encode()))
