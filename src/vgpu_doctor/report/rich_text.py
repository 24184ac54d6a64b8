"""Styled pieces on a terminal, with rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

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
    """Print to a terminal. A log cannot reach rich's markup: pieces are ``Text``, never markup strings."""
    console = Console(file=out, force_terminal=True, color_system="standard", no_color=False, legacy_windows=False)
    for line in lines:
        if any("\t" in piece for _, piece in line):
            # rich makes blanks of tabs, and a patch that is copied from the terminal would not apply.
            out.write("".join(piece for _, piece in line) + "\n")
            continue
        text = Text()
        for style, piece in line:
            text.append(piece, STYLES.get(style))
        text.rstrip()
        console.print(text, soft_wrap=True, highlight=False, markup=False, emoji=False)
