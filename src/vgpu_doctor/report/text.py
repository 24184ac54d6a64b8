"""Write the report for a person at a terminal or a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.report.layout import report_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from vgpu_doctor.report.excerpt import Line
    from vgpu_doctor.report.rendering import RenderedReport


def write(report: RenderedReport, out: TextIO, *, colour: bool = False, width: int = 80) -> None:
    """Write the report; colour changes no words, and plain text imports nothing heavy."""
    write_lines(report_lines(report, width), out, colour=colour)


def write_lines(lines: Iterable[Line], out: TextIO, *, colour: bool) -> None:
    """Write lines of styled pieces; every page with this layout uses it."""
    if colour:
        # rich takes longer to import than a whole diagnosis.
        from vgpu_doctor.report.rich_text import print_lines

        print_lines(lines, out)
        return
    for line in lines:
        out.write("".join(text for _, text in line).rstrip() + "\n")
