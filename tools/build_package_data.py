"""Make ahead what a run would otherwise have to work out: tables of the grammars, compiled records, and the like."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def built_files(signatures: Path) -> dict[str, str]:
    """Return the text of every file that :mod:`vgpu_doctor.package_data` reads, by name, from a folder of records."""
    from vgpu_doctor.catalogue.load import load_raw
    from vgpu_doctor.cli.quick import FILE, option_table
    from vgpu_doctor.grammar import kind_classes
    from vgpu_doctor.grammar.generate import tables_of
    from vgpu_doctor.grammar.starts import STARTS
    from vgpu_doctor.signatures.load import compiled
    from vgpu_doctor.signatures.yaml_folder import CATALOGUE, read_folder

    return {
        **{f"grammar/{name}.json": _json(tables_of(name)) for name in STARTS},
        kind_classes.FILE: _json(kind_classes.read_classes()),
        **compiled(read_folder(signatures)),
        FILE: _json(option_table()),
        "catalogue.json": _json(load_raw(signatures / CATALOGUE)),
    }


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
