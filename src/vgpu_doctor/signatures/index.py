"""All signatures, found by what a diagnostic says: a record is read only when something points to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vgpu_doctor.frozen import frozen
from vgpu_doctor.signatures.confusables import SHORTEST, differ_by_one, outline
from vgpu_doctor.signatures.patterns import fits, normal
from vgpu_doctor.signatures.schema import parse_signature

if TYPE_CHECKING:
    from vgpu_doctor.model import Diagnostic, Signature

DECISIVE = ("symbol", "function", "member", "name", "header", "macro", "field", "type", "tag", "option", "text")
"""Captures by which matches are looked up, the most telling first."""


PlainEntry = tuple[str, bool, Mapping[str, Sequence[str]]]
"""An entry before anybody asked for its kind: id, whether it explains, fields."""

EntriesOf = Callable[[str], Sequence[PlainEntry]]
"""Gives the entries of a kind."""


@frozen
class Record:
    """Where a record comes from, and how to get its plain content."""

    content: Callable[[], Any]
    area: str
    origin: str
    source: int  # which of the library's lists of entries is about it


@frozen
class Entry:
    """One match of one record, as the index keeps it."""

    id: str
    explains: bool  # it tells a consequence of the cause, not the cause
    fields: Mapping[str, Sequence[str]]

    @property
    def weight(self) -> int:
        """How specific it is: the more it asks for, the heavier, and a plain value weighs more than a pattern."""
        return sum(1 if any("*" in value for value in values) else 3 for values in self.fields.values())

    @property
    def general(self) -> bool:
        """Whether it is about whatever name stands there."""
        return not any(
            name in DECISIVE and not any("*" in value for value in self.fields[name]) for name in self.fields
        )

    def fits(self, diagnostic: Diagnostic, read: Callable[[str], str] = normal, but: str = "") -> bool:
        """Whether every field is as the diagnostic has it; a warning fits only where the record asks for warnings.

        ``read`` makes one of what counts as the same; the field ``but`` is not asked for.
        """
        if diagnostic.severity == "warning" and "severity" not in self.fields:
            return False
        return all(name == but or _field_fits(name, values, diagnostic, read) for name, values in self.fields.items())


@frozen
class Misread:
    """An entry that fits a diagnostic, but for the spelling of a name."""

    entry: Entry
    capture: str  # where the name stands
    read: str  # as the log has it
    meant: str


def _field_fits(name: str, values: Sequence[str], diagnostic: Diagnostic, read: Callable[[str], str]) -> bool:
    captures = diagnostic.captures
    if name == "file":
        found = [diagnostic.place.file if diagnostic.place else ""]
    elif name == "tool":
        found = [diagnostic.tool]
    elif name == "severity":
        # a record speaks of errors and warnings; what a tool says without such a word stands with the errors
        found = ["warning"] if diagnostic.severity == "warning" else ["error", diagnostic.severity]
    elif name == "in_function":
        found = [diagnostic.function or ""]
    else:
        found = [captures[key] for key in (name, f"{name}_aka") if key in captures]
    return any(fits(read(value), read(text)) for value in values for text in found)


def _outline(value: str) -> str:
    return outline(normal(value))


def _otherwise(entry: Entry, diagnostic: Diagnostic) -> Iterator[Misread]:
    """The capture that is spelled otherwise than in an entry, of a diagnostic that fits it but for the spelling."""
    for name, values in entry.fields.items():
        if _field_fits(name, values, diagnostic, normal):
            continue
        for key in (name, f"{name}_aka"):
            read = diagnostic.captures.get(key, "")
            meant = next((value for value in values if fits(_outline(value), _outline(read))), None)
            if read and meant:
                yield Misread(entry, key, read, meant)
                return


class _Shelf:
    """The entries of one kind: those that a plain value leads to, and the others."""

    def __init__(self) -> None:
        self.by_value: dict[tuple[str, str], list[Entry]] = {}
        self.others: list[Entry] = []
        self._outlines: dict[tuple[str, str], list[str]] | None = None

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

    def misread(self, diagnostic: Diagnostic, changed: bool) -> Iterator[Misread]:
        """Entries whose plain value is a name that is spelled nearly as in the diagnostic."""
        for capture, text in diagnostic.captures.items():
            name, read = capture.removesuffix("_aka"), normal(text)
            for meant in self._spelled_like(name, read, changed):
                for entry in self.by_value[name, meant]:
                    if entry.explains or not entry.fits(diagnostic, _outline, but=name):
                        continue
                    if meant == read:
                        yield from _otherwise(entry, diagnostic)
                    else:
                        yield Misread(entry, capture, read, meant)

    def _spelled_like(self, name: str, read: str, changed: bool) -> list[str]:
        if (name, read) in self.by_value:
            return [read]
        if self._outlines is None:
            self._outlines = {}
            for key in self.by_value:
                if len(key[1]) >= SHORTEST:
                    self._outlines.setdefault((key[0], outline(key[1])), []).append(key[1])
        shape = outline(read)
        found = list(self._outlines.get((name, shape), ()))
        if changed:
            for (field, other), values in self._outlines.items():
                if field == name and differ_by_one(other, shape):
                    found += values
        return found


class Library:
    """The signatures of this run. A record, and the entries of a kind, are read when something asks for them."""

    def __init__(self, records: Mapping[str, Record], entries: Iterable[EntriesOf]) -> None:
        """Later ``entries`` add to earlier ones; those of ids that ``records`` does not hold are left out."""
        self._records = records
        self._entries = tuple(entries)
        self._shelves: dict[str, _Shelf] = {}
        self._read: dict[str, Signature] = {}

    @property
    def ids(self) -> list[str]:
        """All ids, in the order of the alphabet."""
        return sorted(self._records)

    def __contains__(self, name: str) -> bool:
        return name in self._records

    def __getitem__(self, name: str) -> Signature:
        if name not in self._read:
            record = self._records[name]
            self._read[name] = parse_signature(record.content(), record.area, record.origin)
        return self._read[name]

    def area(self, name: str) -> str:
        """Where a record lies, ``kernel/6.8``; without reading the record."""
        return self._records[name].area

    def overridden(self, name: str) -> bool:
        """Whether the record comes from a folder of the user's."""
        return self._records[name].origin.startswith("/")

    def matches(self, diagnostic: Diagnostic) -> list[Entry]:
        """Entries that fit a diagnostic, the most specific first."""
        found = []
        for kind in (diagnostic.kind, "*"):
            found += [entry for entry in self._shelf(kind).candidates(diagnostic) if entry.fits(diagnostic)]
        found.sort(key=lambda entry: (-entry.weight, entry.id))
        return found

    def misread(self, diagnostic: Diagnostic, *, changed: bool = False) -> Misread | None:
        """The one cause that fits if a name was misread from a picture; also with a wrong letter if ``changed``.

        None where names of two causes are as near.
        """
        found = sorted(
            self._shelf(diagnostic.kind).misread(diagnostic, changed), key=lambda one: (-one.entry.weight, one.entry.id)
        )
        return found[0] if found and len({one.meant for one in found}) == 1 else None

    def _shelf(self, kind: str) -> _Shelf:
        shelf = self._shelves.get(kind)
        if shelf is None:
            shelf = self._shelves[kind] = _Shelf()
            for source, entries_of_kind in enumerate(self._entries):
                for name, explains, fields in entries_of_kind(kind):
                    if name in self._records and self._records[name].source == source:
                        shelf.add(Entry(name, explains, fields))
        return shelf


def entries_of(signatures: Iterable[Signature]) -> dict[str, list[PlainEntry]]:
    """What the index keeps of records, by kind."""
    by_kind: dict[str, list[PlainEntry]] = {}
    for signature in signatures:
        for explains, matches in ((False, signature.match), (True, signature.explains)):
            for match in matches:
                by_kind.setdefault(match.kind, []).append((signature.id, explains, match.fields))
    return by_kind
