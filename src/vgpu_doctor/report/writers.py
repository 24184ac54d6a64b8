"""Which module writes which format."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Protocol, TextIO

    from vgpu_doctor.report.rendering import RenderedReport

    class Writer(Protocol):
        """What every module of the table has under the name ``write``."""

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
    """The writer of one format; imports only that one. ``KeyError`` for a name that the table has not."""
    write: Writer = import_module(WRITERS[name]).write
    return write
