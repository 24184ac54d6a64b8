"""The source line that a compiler quoted below its complaint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vgpu_doctor.model import Diagnostic

LONGEST_QUOTE = 500  # characters that a diagnostic keeps of a line; one that long may be cut

_NUMBERED = re.compile(r"\s*(\d+) \|(?: (.*))?\Z", re.DOTALL)
_SPOT = re.compile(r"[\s~-]*\^[\s~^-]*\Z|[\s^~]*\Z")


def quoted_line(diagnostic: Diagnostic) -> str | None:
    """The source line, without the margin; None where the log does not show it, or not for this place.

    Compilers before gcc 9 and clang 17 print no line number; gcc puts one blank before the line then.
    """
    place = diagnostic.place
    if place is None or place.line is None or not diagnostic.excerpt:
        return None
    first = diagnostic.excerpt[0]
    if len(first) >= LONGEST_QUOTE:
        return None
    if found := _NUMBERED.match(first):
        return found[2] if int(found[1]) == place.line else None
    return None if _SPOT.match(first) else first.removeprefix(" ")
