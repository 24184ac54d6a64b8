"""All signatures, found by what a diagnostic says: a record is read only when something points to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from vgpu_doctor.knowledge.patterns import fits, normal
from vgpu_doctor.knowledge.records import parse_signature
from vgpu_doctor.model import Diagnostic, Match, Signature

DECISIVE = ("symbol", "function", "member", "name", "header", "macro", "field", "type", "tag", "option", "text")
"""Captures by which matches are looked up, the most telling first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One match of one record, as the index keeps it."""

    id: str
    explains: bool  # it tells a consequence of the cause, not the cause
    fields: Mapping[str, tuple[str, ...]]

    @property
    def weight(self) -> int:
        """How specific it is: the more it asks for, the heavier, and a plain value weighs more than a pattern."""
        return sum(1 if any("*" in value for value in values) else 3 for values in self.fields.values())

    def fits(self, diagnostic: Diagnostic) -> bool:
        """Whether every field is as the diagnostic has it; a warning fits only where the record asks for warnings."""
        if diagnostic.severity == "warning" and "severity" not in self.fields:
            return False
        return all(_field_fits(name, values, diagnostic) for name, values in self.fields.items())


def _field_fits(name: str, values: tuple[str, ...], diagnostic: Diagnostic) -> bool:
    captures = diagnostic.captures
    if name == "file":
        found = [diagnostic.place.file if diagnostic.place else ""]
    elif name == "tool":
        found = [diagnostic.tool]
    elif name == "severity":
        found = ["error", diagnostic.severity] if diagnostic.severity == "fatal" else [diagnostic.severity]
    elif name == "in_function":
        found = [diagnostic.function or ""]
    else:
        found = [normal(captures[key]) for key in (name, f"{name}_aka") if key in captures]
    return any(fits(normal(value), text) for value in values for text in found)


@dataclass(slots=True)
class _Shelf:
    """The entries of one kind: those that a plain value leads to, and the others."""

    by_value: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)
    others: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        for name in DECISIVE:
            values = entry.fields.get(name)
            if values and not any("*" in value for value in values):
                for value in values:
                    self.by_value.setdefault((name, normal(value)), []).append(entry)
                return
        self.others.append(entry)

    def candidates(self, diagnostic: Diagnostic) -> Iterator[Entry]:
        if self.by_value:
            for name, value in diagnostic.captures.items():
                yield from self.by_value.get((name.removesuffix("_aka"), normal(value)), ())
        yield from self.others


class Library:
    """The signatures of this run. Records are kept raw until they are asked for."""

    def __init__(self, raw: Mapping[str, tuple[Any, str, str]], entries: Iterable[tuple[str, Entry]]) -> None:
        """``raw`` maps an id to the content of its file, its area and its origin; entries come with their kind."""
        self._raw = raw
        self._shelves: dict[str, _Shelf] = {}
        self._read: dict[str, Signature] = {}
        for kind, entry in entries:
            self._shelves.setdefault(kind, _Shelf()).add(entry)

    @property
    def ids(self) -> list[str]:
        """All ids, in the order of the alphabet."""
        return sorted(self._raw)

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def __getitem__(self, name: str) -> Signature:
        if name not in self._read:
            content, area, origin = self._raw[name]
            self._read[name] = parse_signature(content, area, origin)
        return self._read[name]

    def area(self, name: str) -> str:
        """Where a record lies, ``kernel/6.8``; without reading the record."""
        return self._raw[name][1]

    def overridden(self, name: str) -> bool:
        """Whether the record comes from a folder of the user's."""
        return self._raw[name][2].startswith("/")

    def matches(self, diagnostic: Diagnostic) -> list[Entry]:
        """Entries that fit a diagnostic, the most specific first."""
        found = []
        for kind in (diagnostic.kind, "*"):
            if shelf := self._shelves.get(kind):
                found += [entry for entry in shelf.candidates(diagnostic) if entry.fits(diagnostic)]
        found.sort(key=lambda entry: (-entry.weight, entry.id))
        return found


def entries_of(signature: Signature) -> Iterator[tuple[str, Entry]]:
    """What the index keeps of a record, by kind."""

    def entry(match: Match, explains: bool) -> tuple[str, Entry]:
        return match.kind, Entry(signature.id, explains, match.fields)

    yield from (entry(match, False) for match in signature.match)
    yield from (entry(match, True) for match in signature.explains)
