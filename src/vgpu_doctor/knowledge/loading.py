"""Finds the records: those that were compiled into the package, those of a checkout, and those of the user."""

from __future__ import annotations

import json
import os
from functools import partial
from typing import TYPE_CHECKING, Any

from vgpu_doctor.built import built, built_bytes
from vgpu_doctor.knowledge.library import EntriesByKind, Library, Record, entries_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vgpu_doctor.model import Signature

SYSTEM = "/etc/vgpu-doctor/signatures"
INDEX = "signatures.json"
RECORDS = "signatures.jsonl"


def load_library(folders: Iterable[str | os.PathLike[str]] = (), system: str = SYSTEM) -> Library:
    """The shipped records, then those of the system's folder, then those of ``folders``: the later overrides by id.

    Raises :class:`RecordError` for a record that is not as it must be.
    """
    records: dict[str, Record] = {}
    entries: list[EntriesByKind] = []
    index = built(INDEX)
    if index is not None:
        entries.append(index["entries"])
        for name, (area, origin, start, size) in index["records"].items():
            records[name] = Record(partial(_read_compiled, start, size), area, origin, 0)
    own = [system, *folders] if os.path.isdir(system) else [*folders]
    if index is None or own:
        from pathlib import Path

        from vgpu_doctor.knowledge.folders import CHECKOUT, read_folder

        for folder in (*([CHECKOUT] if index is None else []), *own):
            read = read_folder(Path(folder))
            for content, signature in read:
                content_of = partial(_as_it_is, content)
                records[signature.id] = Record(content_of, signature.area, signature.origin, len(entries))
            entries.append(entries_of(signature for _, signature in read))
    return Library(records, entries)


def _as_it_is(content: Any) -> Any:
    return content


def _read_compiled(start: int, size: int) -> Any:
    return json.loads(built_bytes(RECORDS, start, size))


def compiled(records: Iterable[tuple[Any, Signature]]) -> dict[str, str]:
    """The files in which the package carries its records: an index, and the records one behind the other.

    The index says what to ask a diagnostic for each kind; a record is read only when it is a finding.
    """
    records = list(records)
    places: dict[str, list[Any]] = {}
    lines: list[str] = []
    start = 0
    for content, signature in records:
        line = _json(content) + "\n"
        size = len(line.encode("utf-8"))
        origin = f"signatures/{signature.area}/{signature.id}.yaml"  # wherever the package was built
        places[signature.id] = [signature.area, origin, start, size]
        lines.append(line)
        start += size
    index = {"entries": entries_of(signature for _, signature in records), "records": places}
    return {INDEX: _json(index), RECORDS: "".join(lines)}


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
