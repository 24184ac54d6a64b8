"""The writer of each format."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Protocol, TextIO

    from vgpu_doctor.report.rendering import RenderedReport

    class Writer(Protocol):
        """The function ``write`` of each module in the table."""

        def __call__(self, report: RenderedReport, out: TextIO, *, colour: bool = False, width: int = 80) -> None: ...


WRITERS: dict[str, str] = {
    "text": "vgpu_doctor.report.text",
    "markdown": "vgpu_doctor.report.markdown",
    "bbcode": "vgpu_doctor.report.bbcode",
    "json": "vgpu_doctor.report.json",
    "sarif": "vgpu_doctor.report.sarif",
    "html": "vgpu_doctor.report.html",
}


def writer(name: str) -> Writer:
    """Return the writer of one format, importing only its module. Raises ``KeyError`` for an unknown format."""
    write: Writer = import_module(WRITERS[name]).write
    return write
