"""Finds the records: those that were compiled into the package, those of a checkout, and those of the user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from vgpu_doctor.built import built
from vgpu_doctor.knowledge.errors import RecordError
from vgpu_doctor.knowledge.library import Entry, Library, entries_of
from vgpu_doctor.knowledge.records import parse_signature
from vgpu_doctor.model import Signature

CHECKOUT = Path(__file__).parents[3] / "signatures"
SYSTEM = Path("/etc/vgpu-doctor/signatures")
LARGEST_RECORD = 256 * 1024  # bytes
MOST_RECORDS = 5000
CATALOGUE = "catalogue"


def load_library(folders: Iterable[Path] = (), system: Path = SYSTEM) -> Library:
    """The shipped records, then those of the system's folder, then those of ``folders``: the later overrides by id.

    Raises :class:`RecordError` for a record that is not as it must be.
    """
    raw: dict[str, tuple[Any, str, str]] = {}
    entries: list[tuple[str, Entry]] = []
    compiled = built("signatures.json")
    if compiled is not None:
        raw.update({name: tuple(record) for name, record in compiled["records"].items()})
        entries += [
            (kind, Entry(name, explains, {key: tuple(values) for key, values in fields.items()}))
            for kind, name, explains, fields in compiled["entries"]
        ]
    else:
        _add(read_folder(CHECKOUT), raw, entries)
    for folder in ([system] if system.is_dir() else []) + list(folders):
        own = read_folder(folder)
        names = {signature.id for _, signature in own}
        entries = [(kind, entry) for kind, entry in entries if entry.id not in names]
        _add(own, raw, entries)
    return Library(raw, entries)


def _add(
    records: list[tuple[Any, Signature]], raw: dict[str, tuple[Any, str, str]], entries: list[tuple[str, Entry]]
) -> None:
    for content, signature in records:
        raw[signature.id] = (content, signature.area, signature.origin)
        entries += entries_of(signature)


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
    """The plain content of a YAML file: no aliases, no tags, no anchors, a bounded size. Raises :class:`RecordError`."""
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
        return yaml.load(text, Loader=loader_class)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = " ".join(str(error).split())[:200]
        raise RecordError(origin, "the file", problem, "valid YAML") from error


def compiled(records: Iterable[tuple[Any, Signature]]) -> Mapping[str, Any]:
    """The form in which the package carries its records; :func:`load_library` reads it."""
    records = list(records)
    return {
        "records": {signature.id: [content, signature.area, signature.origin] for content, signature in records},
        "entries": [
            [kind, entry.id, entry.explains, entry.fields]
            for _, signature in records
            for kind, entry in entries_of(signature)
        ],
    }
