"""The log's own lines as evidence: the quoted source line, the caret below it, and the message beside that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.report.safe import printable
from vgpu_doctor.report.wrapping import columns

if TYPE_CHECKING:
    from vgpu_doctor.model import Diagnostic

    Piece = tuple[str, str]  # style, text
    Line = tuple[Piece, ...]
    Row = tuple[str, Line]  # the gutter, and what follows it

MAX_EXCERPT = 6  # lines; a fix-it hint takes two more than source and caret

_GUTTER = re.compile(r"\s*(?:(\d+)\s*)?\|")  # gcc from 9 on and clang from 17 on print one
_SPOT = re.compile(r"[ ~-]*\^[ ~^-]*$")


def excerpt_rows(diagnostic: Diagnostic, width: int) -> list[Row]:
    """Return the rows of one diagnostic; the message follows the caret if both fit in ``width`` columns."""
    message: Piece = ("message", printable(diagnostic.message))
    rows: list[Row] = []
    placed = False
    for number, text in _without_gutter(diagnostic.excerpt[:MAX_EXCERPT]):
        if not placed and _SPOT.match(text):
            placed = columns(text) + 1 + columns(message[1]) <= width
            rows.append((number, (("spot", text), ("", " "), message) if placed else (("spot", text),)))
        else:
            rows.append((number, (("source", text),)))
    if not placed:
        rows.append(("", (message,)))
    return rows


def _without_gutter(excerpt: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return each line with its number, both without the tool's own margin."""
    first = _GUTTER.match(excerpt[0]) if excerpt else None
    if first is None or not first[1]:
        return [("", printable(line).rstrip()) for line in excerpt]
    pairs = []
    for line in excerpt:
        gutter = _GUTTER.match(line)
        number, text = (gutter[1] or "", line[gutter.end() :]) if gutter else ("", line)
        pairs.append((printable(number, 10), printable(text.removeprefix(" ")).rstrip()))
    return pairs
