"""Finds the records: those that were compiled into the package, those of a checkout, and those of the user."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vgpu_doctor.built import built, built_bytes
from vgpu_doctor.knowledge.errors import RecordError
from vgpu_doctor.knowledge.library import EntriesByKind, Library, Record, entries_of
from vgpu_doctor.knowledge.records import parse_signature

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vgpu_doctor.model import Signature

CHECKOUT = Path(__file__).parents[3] / "signatures"
SYSTEM = Path("/etc/vgpu-doctor/signatures")
LARGEST_RECORD = 256 * 1024  # bytes
MOST_RECORDS = 5000
CATALOGUE = "catalogue"
INDEX = "signatures.json"
RECORDS = "signatures.jsonl"


def load_library(folders: Iterable[Path] = (), system: Path = SYSTEM) -> Library:
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
    own = [] if index is not None else [CHECKOUT]
    for folder in (*own, *([system] if system.is_dir() else []), *folders):
        read = read_folder(folder)
        for content, signature in read:
            records[signature.id] = Record(partial(_as_it_is, content), signature.area, signature.origin, len(entries))
        entries.append(entries_of(signature for _, signature in read))
    return Library(records, entries)


def _as_it_is(content: Any) -> Any:
    return content


def _read_compiled(start: int, size: int) -> Any:
    return json.loads(built_bytes(RECORDS, start, size))


def read_folder(folder: Path) -> list[tuple[Any, Signature]]:
    """Every record below a folder with its raw content, checked, in the order of their paths.

    Links that lead out of the folder are refused. Raises :class:`RecordError`.
    """
    from vgpu_doctor.grammar.tables import kinds

    if not folder.is_dir():
        raise RecordError(str(folder), "the folder", None, "a folder of records")
    root = folder.resolve()
    known = kinds()
    found: list[tuple[Any, Signature]] = []
    origins: dict[str, str] = {}
    paths = sorted(path for path in folder.rglob("*.yaml") if path.relative_to(folder).parts[0] != CATALOGUE)
    if len(paths) > MOST_RECORDS:
        raise RecordError(str(folder), "the folder", len(paths), f"at most {MOST_RECORDS} records")
    for path in paths:
        origin = _origin(path, folder)
        if not path.resolve().is_relative_to(root):
            raise RecordError(origin, "the file", str(path.resolve()), "a file inside the folder of records")
        content = read_yaml(path, origin)
        area = path.parent.relative_to(folder).as_posix()
        signature = parse_signature(content, area, origin, known)
        if signature.id != path.stem:
            raise RecordError(origin, "id", signature.id, f"the name of its file, {path.stem}")
        if signature.id in origins:
            raise RecordError(origin, "id", signature.id, f"an id of its own ({origins[signature.id]} has it)")
        origins[signature.id] = origin
        found.append((content, signature))
    return found


def _origin(path: Path, folder: Path) -> str:
    """How a record is named: below ``signatures/`` for the shipped ones, in full for the user's."""
    return f"signatures/{path.relative_to(folder).as_posix()}" if folder == CHECKOUT else str(path.absolute())


def read_yaml(path: Path, origin: str) -> Any:
    """The plain content of a YAML file: no aliases, tags or anchors, a bounded size. Raises :class:`RecordError`."""
    import yaml

    try:
        if path.stat().st_size > LARGEST_RECORD:
            raise RecordError(origin, "the file", path.stat().st_size, f"at most {LARGEST_RECORD} bytes")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(origin, "the file", str(error), "readable UTF-8 text") from error
    loader_class = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader_class):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise RecordError(origin, "the file", "an anchor or alias", "plain values")
        return yaml.load(text, Loader=loader_class)  # noqa: S506 - CSafeLoader, or SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = " ".join(str(error).split())[:200]
        raise RecordError(origin, "the file", problem, "valid YAML") from error


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
        places[signature.id] = [signature.area, signature.origin, start, size]
        lines.append(line)
        start += size
    index = {"entries": entries_of(signature for _, signature in records), "records": places}
    return {INDEX: _json(index), RECORDS: "".join(lines)}


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
