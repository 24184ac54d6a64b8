"""The report as Markdown for an issue or a forum (GitHub, Discourse, Reddit)."""

# ruff: noqa: ARG001 - every writer takes the same arguments

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.report.posting import blocks

if TYPE_CHECKING:
    from typing import TextIO

    from vgpu_doctor.report.rendering import RenderedReport

_LANGUAGES = {"log": "text", "commands": "sh", "patch": "diff"}

# What starts markup in the middle of a line, and what makes links of their own of bare addresses.
_ACTIVE = re.compile(r"[\\`*_\[\]|~$#]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LINE_START = re.compile(r"^(\d+(?=[.)])|)(?=[-+=.)])")


def write(report: RenderedReport, out: TextIO, *, colour: bool = False, width: int = 80) -> None:
    """Write the blocks with an empty line between them, but none inside a list."""
    before = ""
    for kind, text in blocks(report):
        if before and not kind == before == "item":
            out.write("\n")
        out.write(_block(kind, text) + "\n")
        before = kind


def inline(text: str) -> str:
    """Return text escaped so that Markdown shows it as it is, anywhere in a line."""
    text = "".join(_ENTITIES.get(character, character) for character in text)
    # An escaped "@" still mentions somebody, since that is looked for in the finished page.
    text = _ACTIVE.sub(r"\\\g<0>", text).replace("@", "＠")
    return _LINE_START.sub(r"\1\\", text)


def fenced(text: str, language: str) -> str:
    """Return a code block whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _block(kind: str, text: str) -> str:
    if kind in _LANGUAGES:
        return fenced(text, _LANGUAGES[kind])
    if kind == "fold":
        return f"<details><summary>{inline(text)}</summary>"
    if kind == "unfold":
        return "</details>"
    return {"strong": "**{}**", "item": "- {}", "plain": "{}"}[kind].format(inline(text))
