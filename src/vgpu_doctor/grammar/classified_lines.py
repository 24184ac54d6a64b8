"""What one line says, and how its message is handed to the grammars."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from vgpu_doctor.frozen import frozen
from vgpu_doctor.grammar.tables import UNKNOWN, automaton

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vgpu_doctor.model import Place


@frozen
class ClassifiedLine:
    """One line, read without its neighbours."""

    role: Literal["complaint", "note", "excerpt", "scope", "chain", "nothing"]
    tool: str = ""
    severity: str = ""
    kind: str = ""
    message: str = ""
    captures: Mapping[str, str] | None = None
    place: Place | None = None
    number: int | None = None  # of the source line that an excerpt shows


MAX_MESSAGES = 500  # that are remembered

NOTHING = ClassifiedLine("nothing")
"""A line whose writer is known and that says nothing of interest."""

GRAMMAR_OF = {
    "message": "compiler",
    "note": "compiler",
    "modpost": "tools",
    "objtool": "tools",
    "linker": "tools",
    "make": "tools",
    "shell": "tools",
    "installer": "installer",
    "dkms": "installer",
    "packages": "installer",
    "kernel": "kernel",
}
"""Which grammar a message is parsed by, by the start of it."""


def parsed(tool: str, severity: str, text: str, start: str, place: Place | None = None) -> ClassifiedLine | None:
    """Return the complaint or note that the grammar sees in a text, or None."""
    found = _understood(text, start)
    if found is None:
        return None
    return ClassifiedLine(_role(start), tool, severity, found[0], text, found[1], place)


@lru_cache(maxsize=MAX_MESSAGES)
def _understood(text: str, start: str) -> tuple[str, Mapping[str, str]] | None:
    """Return kind and captures of a message, and remember them: the same is often said of many places."""
    return automaton(GRAMMAR_OF[start]).parse(text, start)


def said(tool: str, severity: str, text: str, start: str, place: Place | None = None) -> ClassifiedLine:
    """Return what :func:`parsed` does, or a complaint or note of unknown kind where the grammar has none."""
    unknown = ClassifiedLine(_role(start), tool, severity, UNKNOWN, text, {}, place)
    return parsed(tool, severity, text, start, place) or unknown


def _role(start: str) -> Literal["note", "complaint"]:
    return "note" if start == "note" else "complaint"
