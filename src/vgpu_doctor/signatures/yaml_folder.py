"""Read a folder of YAML records. People write them, so everything in it is hostile until it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vgpu_doctor.errors import RecordError
from vgpu_doctor.fields import Reader
from vgpu_doctor.signatures.schema import NAMED_FIXES, parse_signature

if TYPE_CHECKING:
    from vgpu_doctor.model import Signature

CHECKOUT = Path(__file__).parents[3] / "signatures"
"""The shipped records where the package runs from a checkout."""

CATALOGUE = "catalogue"
FIXES = "catalogue/fixes.yaml"
"""Names for values of ``fixed_in`` that several records of a folder have."""
MAX_RECORD_SIZE = 256 * 1024  # bytes
MAX_DEPTH = 20  # lists and mappings within each other; far more would take libyaml time squared
MAX_RECORDS = 5000


def read_folder(folder: Path) -> list[tuple[Any, Signature]]:
    """Return every record below a folder with its raw content, checked, in the order of their paths.

    Links that lead out of the folder are refused. Raises :class:`RecordError`.
    """
    from vgpu_doctor.grammar.tables import kinds

    if not folder.is_dir():
        raise RecordError(str(folder), "the folder", None, "a folder of records")
    root = folder.resolve()
    known = kinds()
    fixes = read_fixes(folder)
    found: list[tuple[Any, Signature]] = []
    origins: dict[str, str] = {}
    paths = sorted(path for path in folder.rglob("*.yaml") if path.relative_to(folder).parts[0] != CATALOGUE)
    if len(paths) > MAX_RECORDS:
        raise RecordError(str(folder), "the folder", len(paths), f"at most {MAX_RECORDS} records")
    for path in paths:
        origin = _origin(path, folder)
        if not path.resolve().is_relative_to(root):
            raise RecordError(origin, "the file", str(path.resolve()), "a file inside the folder of records")
        content = _with_named_fix(read_yaml(path, origin), fixes, origin)
        area = path.parent.relative_to(folder).as_posix()
        signature = parse_signature(content, area, origin, known)
        if signature.id != path.stem:
            raise RecordError(origin, "id", signature.id, f"the name of its file, {path.stem}")
        if signature.id in origins:
            raise RecordError(origin, "id", signature.id, f"an id of its own ({origins[signature.id]} has it)")
        origins[signature.id] = origin
        found.append((content, signature))
    return found


def read_fixes(folder: Path) -> Reader | None:
    """Return the reader of the values of ``fixed_in`` that have a name in this folder; None if there are none."""
    path = folder / FIXES
    origin = _origin(path, folder)
    return Reader(read_yaml(path, origin), origin, "", NAMED_FIXES) if path.exists() else None


def _with_named_fix(content: Any, fixes: Reader | None, origin: str) -> Any:
    """Return a record in which the name under ``fixed_in`` gave way to what it stands for."""
    name = content.get("fixed_in") if isinstance(content, Mapping) else None
    if not isinstance(name, str):
        return content
    if fixes is None or name not in fixes.raw:
        raise RecordError(origin, "fixed_in", name, f"builds by driver branch, or a name in {FIXES}")
    return {**content, "fixed_in": fixes[name]}


def _origin(path: Path, folder: Path) -> str:
    """Return how a record is named: below ``signatures/`` for the shipped ones, in full for the user's."""
    return f"signatures/{path.relative_to(folder).as_posix()}" if folder == CHECKOUT else str(path.absolute())


def read_yaml(path: Path, origin: str) -> Any:
    """Return the content of a YAML file without aliases, tags and anchors, of bounded size.

    Raises :class:`RecordError`.
    """
    import yaml

    try:
        if not path.is_file():
            # opening a pipe would wait for ever
            raise RecordError(origin, "the file", "no plain file", "a file")
        if path.stat().st_size > MAX_RECORD_SIZE:
            raise RecordError(origin, "the file", path.stat().st_size, f"at most {MAX_RECORD_SIZE} bytes")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(origin, "the file", str(error), "readable UTF-8 text") from error
    loader_class = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=loader_class):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise RecordError(origin, "the file", "values within each other", f"at most {MAX_DEPTH} levels")
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise RecordError(origin, "the file", "an anchor or alias", "plain values")
        return yaml.load(text, Loader=loader_class)  # noqa: S506 - CSafeLoader, or SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = " ".join(str(error).split())[:200]
        raise RecordError(origin, "the file", problem, "valid YAML") from error
