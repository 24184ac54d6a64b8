"""The formats of a report, and the module that writes each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from typing import Protocol, TextIO

    from vgpu_doctor.report.rendering import RenderedReport

    class Writer(Protocol):
        """The function ``write`` of each module in the table."""

        def __call__(self, report: RenderedReport, out: TextIO, *, colour: bool = False, width: int = 80) -> None: ...


Format = Literal["text", "markdown", "bbcode", "json", "sarif", "html"]

WRITERS: dict[str, str] = {form: f"vgpu_doctor.report.{form}" for form in get_args(Format)}
"""The modules by format; a module is imported when its format is asked for."""

SHAREABLE = frozenset({"markdown", "bbcode", "html"})
"""Formats that people post, in which names and addresses are masked."""


def writer(name: str) -> Writer:
    """Return the writer of one format, importing only its module. Raises ``KeyError`` for an unknown format."""
    write: Writer = import_module(WRITERS[name]).write
    return write
