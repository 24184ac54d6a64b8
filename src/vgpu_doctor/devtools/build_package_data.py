"""Makes ahead what a run would otherwise have to work out: tables of the grammars, compiled records, and the like."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def built_files(signatures: Path) -> dict[str, str]:
    """Text of every file that :mod:`vgpu_doctor.package_data` reads, by name, from a folder of records."""
    from vgpu_doctor.catalogue.load import load_raw
    from vgpu_doctor.cli.quick import FILE, option_table
    from vgpu_doctor.grammar import kind_classes
    from vgpu_doctor.grammar.generate import tables_of
    from vgpu_doctor.grammar.starts import STARTS
    from vgpu_doctor.signatures.load import compiled
    from vgpu_doctor.signatures.yaml_folder import CATALOGUE, read_folder

    return {
        **{f"grammar/{name}.json": json.dumps(tables_of(name), separators=(",", ":")) for name in STARTS},
        kind_classes.FILE: json.dumps(kind_classes.read_classes(), separators=(",", ":")),
        **compiled(read_folder(signatures)),
        FILE: json.dumps(option_table(), separators=(",", ":")),
        "catalogue.json": json.dumps(load_raw(signatures / CATALOGUE), ensure_ascii=False, separators=(",", ":")),
    }
