"""Print styled pieces on a terminal, with rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.segment import Segments
from rich.text import Text
from rich.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from vgpu_doctor.report.excerpt import Line

# The sixteen colours of every terminal, and none that vanishes on a light or a dark ground.
THEME = Theme(
    {
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
    },
    inherit=False,
)


def print_lines(lines: Iterable[Line], out: TextIO) -> None:
    """Write the lines in colour, whatever ``out`` is; a style that the theme does not have is plain text."""
    console = Console(theme=THEME, force_terminal=True, color_system="standard", no_color=False)
    # Captured, since rich ends the process itself when it writes to a pipe that nobody reads any more.
    with console.capture() as capture:
        for line in lines:
            text = Text.assemble(*((piece, style) for style, piece in line))
            text.rstrip()
            # As segments, since rich expands the tabs of a text, and a patch without its tabs does not apply.
            console.print(Segments(text.render(console, end="\n")), soft_wrap=True)
    out.write(capture.get())
