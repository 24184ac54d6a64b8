"""Styled pieces on a terminal, with rich."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rich.color import ColorSystem
from rich.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from vgpu_doctor.report.excerpt import Line

# The sixteen colours of every terminal, and none that vanishes on a light or a dark ground.
STYLES = {
    "verdict": "bold",
    "heading": "bold",
    "title": "bold",
    "error": "bold red",
    "margin": "blue",
    "place": "cyan",
    "spot": "bold red",
    "message": "red",
    "command": "green",
    "comment": "dim",
    "note": "dim",
}


def print_lines(lines: Iterable[Line], out: TextIO) -> None:
    """Print to a terminal, with rich's styles alone: importing its console costs as much as a diagnosis."""
    for line in lines:
        pieces = list(line)
        end = "".join(piece for _, piece in pieces).rstrip()
        written = 0
        for style, piece in pieces:
            shown = piece[: max(0, len(end) - written)]
            written += len(piece)
            out.write(_style(style).render(shown, color_system=ColorSystem.STANDARD) if style in STYLES else shown)
        out.write("\n")


@cache
def _style(name: str) -> Style:
    return Style.parse(STYLES[name])
