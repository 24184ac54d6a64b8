"""Find the records: those that were compiled into the package, those of a checkout, and those of the user."""

from __future__ import annotations

import json
import os
from functools import partial
from typing import TYPE_CHECKING, Any

from vgpu_doctor.package_data import built, built_bytes
from vgpu_doctor.signatures.index import EntriesOf, Library, Record, entries_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vgpu_doctor.model import Signature
    from vgpu_doctor.signatures.index import PlainEntry

SYSTEM = "/etc/vgpu-doctor/signatures"
INDEX = "signatures.json"
RECORDS = "signatures.jsonl"
ENTRIES = "entries.jsonl"


def load_library(folders: Iterable[str | os.PathLike[str]] = (), system: str = SYSTEM) -> Library:
    """Return the shipped records, then those of the system's folder, then those of ``folders``: later ones override.

    Raises :class:`RecordError` for a record that is not as it must be.
    """
    records: dict[str, Record] = {}
    entries: list[EntriesOf] = []
    index = built(INDEX)
    if index is not None:
        entries.append(partial(_compiled_entries, index["entries"]))
        for name, (area, start, size) in index["records"].items():
            records[name] = Record(partial(_read, RECORDS, start, size), area, f"signatures/{area}/{name}.yaml", 0)
    own = [system, *folders] if os.path.isdir(system) else [*folders]
    if index is None or own:
        from pathlib import Path

        from vgpu_doctor.signatures.yaml_folder import CHECKOUT, read_folder

        for folder in (*([CHECKOUT] if index is None else []), *own):
            read = read_folder(Path(folder))
            for content, signature in read:
                content_of = partial(_as_it_is, content)
                records[signature.id] = Record(content_of, signature.area, signature.origin, len(entries))
            entries.append(partial(_plain_entries, entries_of(signature for _, signature in read)))
    return Library(records, entries)


def _as_it_is(content: Any) -> Any:
    return content


def _plain_entries(by_kind: Mapping[str, Sequence[PlainEntry]], kind: str) -> Sequence[PlainEntry]:
    return by_kind.get(kind, ())


def _compiled_entries(places: Mapping[str, tuple[int, int]], kind: str) -> Sequence[PlainEntry]:
    found: Sequence[PlainEntry] = _read(ENTRIES, *places[kind]) if kind in places else ()
    return found


def _read(name: str, start: int, size: int) -> Any:
    return json.loads(built_bytes(name, start, size))


def compiled(records: Iterable[tuple[Any, Signature]]) -> dict[str, str]:
    """Return the files in which the package carries its records: an index, and what it leads to, piece by piece.

    Entries are read when a diagnostic of their kind comes, and a record when it is a finding.
    """
    records = list(records)
    lines, places = _in_rows((signature.id, content) for content, signature in records)
    by_kind, kinds = _in_rows(entries_of(signature for _, signature in records).items())
    areas = {signature.id: signature.area for _, signature in records}
    index = {"entries": kinds, "records": {name: [areas[name], *place] for name, place in places.items()}}
    return {INDEX: _json(index), RECORDS: lines, ENTRIES: by_kind}


def _in_rows(contents: Iterable[tuple[str, Any]]) -> tuple[str, dict[str, tuple[int, int]]]:
    """Return the text of all contents, a line each, and where each stands in it, in bytes of UTF-8."""
    places: dict[str, tuple[int, int]] = {}
    lines: list[str] = []
    start = 0
    for name, content in contents:
        line = _json(content) + "\n"
        size = len(line.encode("utf-8"))
        places[name] = (start, size)
        lines.append(line)
        start += size
    return "".join(lines), places


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
