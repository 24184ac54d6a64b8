"""The report as BBCode for the Proxmox forum, which runs XenForo."""

# ruff: noqa: ARG001 - every writer takes the same arguments

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.report.posting import blocks

if TYPE_CHECKING:
    from typing import TextIO

    from vgpu_doctor.report.rendering import RenderedReport

# Tags, mentions, links, and the smilies that XenForo has from the start.
_ACTIVE = re.compile(r"[\[\]@]|://|www\.|:[()|/\\pdox3]|:\w+:|;\)|8-\)|o_o", re.IGNORECASE)
_END_TAG = re.compile(r"\[(?=\s*/\s*(?:code|plain)\b)", re.IGNORECASE)


def write(report: RenderedReport, out: TextIO, *, colour: bool = False, width: int = 80) -> None:
    """Write the blocks; XenForo shows every line end, so that empty lines stand only before paragraphs."""
    before = ""
    for kind, text in blocks(report):
        if kind == "strong" and before not in ("", "fold"):
            out.write("\n")
        out.write(_block(kind, text) + "\n")
        before = kind


def inline(text: str) -> str:
    """Return text that XenForo does not take for a tag, a link or a mention."""
    return f"[PLAIN]{defused(text)}[/PLAIN]" if _ACTIVE.search(text) else text


def defused(text: str) -> str:
    """Return text that cannot close the tag around it; as BBCode has no escape, a blank follows the bracket."""
    return _END_TAG.sub("[ ", text)


def _block(kind: str, text: str) -> str:
    if kind in ("log", "commands", "patch"):
        return f"[CODE]{defused(text)}[/CODE]"
    if kind == "fold":
        return f'[SPOILER="{text}"]'
    if kind == "unfold":
        return "[/SPOILER]"
    return {"strong": "[B]{}[/B]", "item": "- {}", "plain": "{}"}[kind].format(inline(text))
