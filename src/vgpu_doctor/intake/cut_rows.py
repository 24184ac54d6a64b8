"""Recognises a line that was cut into rows by the text on both sides of a cut."""

from __future__ import annotations

import re

from vgpu_doctor.intake.line_patterns import DIAGNOSTIC_START, LINE_START, has_open_quote

MIN_INSTALLER_CUT = 255  # bytes, without indentation; the installer cuts longer lines of command output
MAX_INSTALLER_ROW = 1278  # bytes, without indentation, that one row of such a line can have

CONTINUATIONS = (
    "from incompatible pointer type ",
    "has no member named ",
    "undeclared (first use in this function",
    "but argument is of type ",
    "makes pointer from integer without",
    "makes integer from pointer without",
    "discards ‘const’ qualifier",
)
"""Words inside compiler messages with which no line starts."""
PHRASES = (
    "too many arguments to function ",
    "too few arguments to function ",
    "implicit declaration of function ",
    "has no member named ",
    "undeclared (first use in this function)",
    "undeclared here (not in a function)",
    "from incompatible pointer type ",
    "assignment of read-only member ",
    ": No such file or directory",
)
"""Common phrases of gcc, never broken by gcc itself: a row that ends inside one was cut, whatever its width."""

PATH_END = re.compile(r"(?:^|[ '\[])[\w.+-]{0,200}/[\w./+:-]{0,300}(?<!\.[och])$")
PATH_REST = re.compile(
    r"(?!(?:ERROR|WARNING|NVRM|nvidia|make|gcc|cc1|ld|modprobe)\b)"
    r"(?:[\w.+-]{0,80}(?:/[\w.+-]{1,80}){0,12}:(?:\d|\s)|\d{1,6},)"
)


def had_no_room(row: str, following: str, width: int) -> bool:
    """Return whether the first word of the next row, which must have one, did not fit in this row."""
    return len(row) + 1 + len(following.split(None, 1)[0]) > width


def is_cut_path(row: str, following: str) -> bool:
    """Return whether a file name at the end of a row continues in the next row, up to a line number."""
    return PATH_END.search(row) is not None and PATH_REST.match(following) is not None


def is_open_diagnostic(text: str) -> bool:
    """Return whether a text is a diagnostic of a compiler that ends inside a quotation."""
    return DIAGNOSTIC_START.match(text.lstrip()) is not None and has_open_quote(text)


def separator_in_phrase(row: str, following: str) -> str | None:
    """Return what a cut inside one of :data:`PHRASES` dropped, a blank or nothing; None if no phrase spans the rows."""
    if not DIAGNOSTIC_START.match(row.lstrip()):
        return None
    for phrase in PHRASES:
        beginning = row[max(0, row.rfind(phrase[:4])) :]
        rest = phrase[len(beginning) :]
        if len(rest) > 3 and phrase.startswith(beginning) and following.lstrip().startswith(rest.lstrip()):
            return " " if rest[0] == " " else ""
    return None


def is_installer_cut(row: str, following: str) -> bool:
    """Return whether the installer cut a diagnostic between these rows because it was too long."""
    if len(row) < MIN_INSTALLER_CUT + 3 or not row.startswith("   ") or not following.startswith("   "):
        return False
    if following[3:4] in ("", " ") or LINE_START.match(following) or not DIAGNOSTIC_START.match(row.lstrip()):
        return False
    return len(row.encode("utf-8", "replace")) <= MAX_INSTALLER_ROW + 3
