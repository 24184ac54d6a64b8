"""Index all signatures by what a diagnostic says; a record is read only when a diagnostic leads to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vgpu_doctor.confusables import MIN_LENGTH, differ_by_one, skeleton
from vgpu_doctor.frozen import frozen
from vgpu_doctor.signatures.schema import parse_signature

if TYPE_CHECKING:
    from vgpu_doctor.model import Diagnostic, Signature

INDEX_CAPTURES = ("symbol", "function", "member", "name", "header", "macro", "field", "type", "tag", "option", "text")
"""Captures by which entries are indexed, the most specific first."""

QUALIFIERS = frozenset({"const", "volatile", "restrict"})

PlainEntry = tuple[str, bool, Mapping[str, Sequence[str]]]
"""An entry as it is stored: id, whether it explains, fields."""

EntriesOf = Callable[[str], Sequence[PlainEntry]]
"""Returns the entries of a kind."""


@lru_cache(maxsize=4096)
def normal(value: str) -> str:
    """Return a C type or name without qualifiers and spare blanks: ``const struct a *`` becomes ``struct a*``."""
    folded = " ".join(word for word in value.split() if word not in QUALIFIERS)
    return folded.replace(" *", "*").replace("( ", "(").replace(" )", ")")


def fits(pattern: str, value: str) -> bool:
    """Whether a value matches a record's pattern, in which ``*`` is any text. Linear in the length of the value."""
    first, *others = pattern.split("*")
    if not others:
        return pattern == value
    *middle, last = others
    if len(value) < len(first) + len(last) or not value.startswith(first) or not value.endswith(last):
        return False
    position, end = len(first), len(value) - len(last)
    for part in middle:
        found = value.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def _normal_skeleton(value: str) -> str:
    return skeleton(normal(value))


def _is_plain(values: Sequence[str]) -> bool:
    return not any("*" in value for value in values)


def _field_fits(name: str, values: Sequence[str], diagnostic: Diagnostic, normalise: Callable[[str], str]) -> bool:
    captures = diagnostic.captures
    if name == "file":
        found = [diagnostic.place.file if diagnostic.place else ""]
    elif name == "tool":
        found = [diagnostic.tool]
    elif name == "severity":
        # records know errors and warnings only; what a tool says without either word counts as an error
        found = ["warning"] if diagnostic.severity == "warning" else ["error", diagnostic.severity]
    elif name == "in_function":
        found = [diagnostic.function or ""]
    else:
        found = [captures[key] for key in (name, f"{name}_aka") if key in captures]
    return any(fits(normalise(value), normalise(text)) for value in values for text in found)


@frozen
class Record:
    """Where a record comes from, and how to get its plain content."""

    content: Callable[[], Any]
    area: str  # kernel/6.8
    origin: str
    source: int  # which of the library's sources of entries belongs to it


@frozen
class Entry:
    """One match of one record."""

    id: str
    explains: bool  # it matches a consequence of the cause, not the cause
    fields: Mapping[str, Sequence[str]]

    @property
    def weight(self) -> int:
        """How specific it is: every field adds 3 if its values are plain, 1 if one is a pattern."""
        return sum(3 if _is_plain(values) else 1 for values in self.fields.values())

    @property
    def general(self) -> bool:
        """Whether it matches any name, as no index capture has a plain value."""
        return not any(name in INDEX_CAPTURES and _is_plain(values) for name, values in self.fields.items())

    def fits(self, diagnostic: Diagnostic, normalise: Callable[[str], str] = normal, ignored: str = "") -> bool:
        """Whether every field but ``ignored`` matches, compared after ``normalise``.

        A warning matches only an entry that asks for a severity.
        """
        if diagnostic.severity == "warning" and "severity" not in self.fields:
            return False
        return all(
            name == ignored or _field_fits(name, values, diagnostic, normalise) for name, values in self.fields.items()
        )


@frozen
class Misread:
    """An entry that matches a diagnostic but for the spelling of a name, as in a screenshot read by OCR."""

    entry: Entry
    capture: str  # where the name stands
    read: str  # as the log has it
    meant: str


def _misread_fields(entry: Entry, diagnostic: Diagnostic) -> Iterator[Misread]:
    """Yield the first capture whose spelling differs from an entry that matches by skeletons."""
    for name, values in entry.fields.items():
        if _field_fits(name, values, diagnostic, normal):
            continue
        for key in (name, f"{name}_aka"):
            read = diagnostic.captures.get(key, "")
            meant = next((value for value in values if fits(_normal_skeleton(value), _normal_skeleton(read))), None)
            if read and meant:
                yield Misread(entry, key, read, meant)
                return


class KindIndex:
    """The entries of one kind of diagnostic: those with a plain value by that value, and the others."""

    def __init__(self) -> None:
        self.by_value: dict[tuple[str, str], list[Entry]] = {}  # by capture and normal value
        self.others: list[Entry] = []
        self._values_by_skeleton: dict[tuple[str, str], list[str]] | None = None  # by capture and skeleton

    def add(self, entry: Entry) -> None:
        """Index an entry by its most specific capture with plain values."""
        for name in INDEX_CAPTURES:
            values = entry.fields.get(name)
            if values and _is_plain(values):
                for value in values:
                    self.by_value.setdefault((name, normal(value)), []).append(entry)
                return
        self.others.append(entry)

    def candidates(self, diagnostic: Diagnostic) -> Iterator[Entry]:
        """Yield the entries that may match a diagnostic."""
        if self.by_value:
            for name, value in diagnostic.captures.items():
                yield from self.by_value.get((name.removesuffix("_aka"), normal(value)), ())
        yield from self.others

    def misread(self, diagnostic: Diagnostic, changed: bool) -> Iterator[Misread]:
        """Yield the entries that match a diagnostic but for a misread name; see :meth:`Library.misread`."""
        for capture, text in diagnostic.captures.items():
            name, read = capture.removesuffix("_aka"), normal(text)
            for meant in self._confusable_values(name, read, changed):
                for entry in self.by_value[name, meant]:
                    if entry.explains or not entry.fits(diagnostic, _normal_skeleton, ignored=name):
                        continue
                    if meant == read:
                        yield from _misread_fields(entry, diagnostic)
                    else:
                        yield Misread(entry, capture, read, meant)

    def _confusable_values(self, name: str, read: str, changed: bool) -> list[str]:
        """Return the indexed values for which ``read`` may have been taken; a value that is known is never misread."""
        if (name, read) in self.by_value:
            return [read]
        if self._values_by_skeleton is None:
            self._values_by_skeleton = {}
            for capture, value in self.by_value:
                if len(value) >= MIN_LENGTH:
                    self._values_by_skeleton.setdefault((capture, skeleton(value)), []).append(value)
        read_skeleton = skeleton(read)
        found = list(self._values_by_skeleton.get((name, read_skeleton), ()))
        if changed:
            for (capture, known), values in self._values_by_skeleton.items():
                if capture == name and differ_by_one(known, read_skeleton):
                    found += values
        return found


class Library:
    """The signatures of this run; records, and the entries of a kind, are read when they are first asked for."""

    def __init__(self, records: Mapping[str, Record], entries: Iterable[EntriesOf]) -> None:
        """Take the records by id, and the sources of entries, to whose numbers the records refer.

        A record that overrides another has the number of its own source: entries of the other are left out.
        """
        self._records = records
        self._entries = tuple(entries)
        self._kinds: dict[str, KindIndex] = {}
        self._read: dict[str, Signature] = {}

    @property
    def ids(self) -> list[str]:
        """All ids, sorted."""
        return sorted(self._records)

    def __contains__(self, name: str) -> bool:
        return name in self._records

    def __getitem__(self, name: str) -> Signature:
        if name not in self._read:
            record = self._records[name]
            self._read[name] = parse_signature(record.content(), record.area, record.origin)
        return self._read[name]

    def area(self, name: str) -> str:
        """Return the folder of a record, ``kernel/6.8``, without reading the record."""
        return self._records[name].area

    def overridden(self, name: str) -> bool:
        """Whether the record comes from a folder of the user's."""
        return self._records[name].origin.startswith("/")

    def matches(self, diagnostic: Diagnostic) -> list[Entry]:
        """Return the entries that match a diagnostic, the most specific first."""
        found = []
        for kind in (diagnostic.kind, "*"):
            found += [entry for entry in self._index(kind).candidates(diagnostic) if entry.fits(diagnostic)]
        found.sort(key=lambda entry: (-entry.weight, entry.id))
        return found

    def misread(self, diagnostic: Diagnostic, *, changed: bool = False) -> Misread | None:
        """Return the entry that matches if OCR misread a name; with ``changed`` also if one character is quite wrong.

        None where two different names are meant.
        """
        found = sorted(
            self._index(diagnostic.kind).misread(diagnostic, changed),
            key=lambda misread: (-misread.entry.weight, misread.entry.id),
        )
        return found[0] if found and len({misread.meant for misread in found}) == 1 else None

    def _index(self, kind: str) -> KindIndex:
        index = self._kinds.get(kind)
        if index is None:
            index = self._kinds[kind] = KindIndex()
            for source, entries_of_kind in enumerate(self._entries):
                for name, explains, fields in entries_of_kind(kind):
                    if name in self._records and self._records[name].source == source:
                        index.add(Entry(name, explains, fields))
        return index


def entries_of(signatures: Iterable[Signature]) -> dict[str, list[PlainEntry]]:
    """Return the entries of records, by kind."""
    by_kind: dict[str, list[PlainEntry]] = {}
    for signature in signatures:
        for explains, matches in ((False, signature.match), (True, signature.explains)):
            for match in matches:
                by_kind.setdefault(match.kind, []).append((signature.id, explains, match.fields))
    return by_kind
