"""Where a result goes, in which language, and with or without colours."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from vgpu_doctor.errors import LogError

LANGUAGES = ("en", "zh")

MIN_WIDTH, MAX_WIDTH, DEFAULT_WIDTH = 40, 110, 80  # columns


def language_of(asked: str | None) -> str:
    """Return the language of the answer: the one asked for, else the locale's, else English."""
    if asked is not None:
        if asked not in LANGUAGES:
            raise LogError("--lang", f"there is no {asked!r}; there are {' and '.join(LANGUAGES)}")
        return asked
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value[:2] if value[:2] in LANGUAGES else "en"
    return "en"


def use_colour(asked: str, out: TextIO) -> bool:
    """Tell whether to write colours: on a terminal that wants them, or if they are asked for."""
    if asked != "auto":
        return asked == "always"
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width_of(out: TextIO) -> int:
    """Return the columns to fill: the terminal's within limits, a default where there is no terminal."""
    if not out.isatty():
        return DEFAULT_WIDTH
    try:
        return max(MIN_WIDTH, min(os.get_terminal_size(out.fileno()).columns, MAX_WIDTH))
    except OSError:
        return DEFAULT_WIDTH


def utf8_output() -> TextIO:
    """Return standard output, made to take every character whatever the locale is."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    return sys.stdout
