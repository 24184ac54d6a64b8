"""The automata of the grammars: read from the built package, or made from the grammars in a checkout."""

from __future__ import annotations

from functools import cache

from vgpu_doctor.grammar.automaton import Automaton
from vgpu_doctor.grammar.starts import STARTS
from vgpu_doctor.package_data import built

UNKNOWN = "unknown"
"""The kind of what the grammar has no rule for."""


@cache
def automaton(grammar: str) -> Automaton:
    """Return the parser of one grammar: ``compiler``, ``tools``, ``installer`` or ``kernel``."""
    tables = built(f"grammar/{grammar}.json")
    if tables is None:
        from vgpu_doctor.grammar.generate import tables_of

        tables = tables_of(grammar)
    return Automaton(tables)


def kinds() -> dict[str, tuple[str, ...]]:
    """Return every kind of diagnostic that the grammars know, with its captures."""
    found: dict[str, set[str]] = {UNKNOWN: set()}
    for grammar in STARTS:
        for kind, captures in automaton(grammar).kinds.items():
            found.setdefault(kind, set()).update(captures)
    return {kind: tuple(sorted(captures)) for kind, captures in sorted(found.items())}
