"""Wrap sentences to a width, also in scripts that put no blanks between words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEVER_FIRST = frozenset("，。、；：？！）】》」』”’…%),.;:?!]}")
_NEVER_LAST = frozenset("（【《「『“‘([{")


def columns(text: str) -> int:
    """Return the number of terminal columns that the text takes."""
    if text.isascii():
        return len(text)
    # Loaded for the first wide text only: most reports have none.
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1 for character in text)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows of a table as lines with aligned columns."""
    widths = [max(columns(row[index]) for row in rows) for index in range(len(rows[0]))] if rows else []
    lines = []
    for row in rows:
        cells = (cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    return lines


def wrap(text: str, width: int) -> list[str]:
    """Break the text into lines of at most ``width`` columns; a longer word keeps a line of its own."""
    lines: list[str] = []
    line, used = "", 0
    for blank, unit in _units(text):
        size = columns(unit)
        if line and used + blank + size > width:
            lines.append(line)
            line, used, blank = "", 0, 0
        if not line:
            blank = 0
        line += " " * blank + unit
        used += blank + size
    return [*lines, line]


def _units(text: str) -> list[tuple[int, str]]:
    """Return the pieces between which a line may break, each with the number of blanks before it (0 or 1)."""
    if text.isascii():
        return [(1, word) for word in text.split()]
    units: list[tuple[int, str]] = []
    for word in text.split():
        start = 0
        for index in range(1, len(word)):
            before, after = word[index - 1], word[index]
            if (_is_wide(before) or _is_wide(after)) and after not in _NEVER_FIRST and before not in _NEVER_LAST:
                units.append((0 if start else 1, word[start:index]))
                start = index
        units.append((0 if start else 1, word[start:]))
    return units


def _is_wide(character: str) -> bool:
    return ord(character) >= 0x2E80
