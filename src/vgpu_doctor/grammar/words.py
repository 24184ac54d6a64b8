"""The words by which a line shows what it is, before its message is parsed; for other languages, see ``localised``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vgpu_doctor.model import Severity

SEVERITIES: dict[str, Severity | str] = {
    "error": "error",
    "fatal error": "fatal",
    "warning": "warning",
    "note": "note",
    "Error": "error",
    "Warning": "warning",
    "ERROR": "error",
    "WARNING": "warning",
    "FATAL": "fatal",
    "sorry, unimplemented": "error",
    "internal compiler error": "fatal",
}
"""Severity words of compilers and of the assembler, as they stand before the message."""

IN_FUNCTION = ("In function ", "In member function ", "In constructor ")
AT_TOP_LEVEL = "At top level:"
INCLUDED_FROM = ("In file included from ", "from ")
QUOTES = "'‘’`\"«»„“”「」<>"
"""What may stand around the name of a function; no name has any of them."""
