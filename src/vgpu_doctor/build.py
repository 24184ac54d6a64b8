"""Makes ahead what a run would otherwise have to work out: tables of the grammars, compiled records, the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def built_files(signatures: Path) -> dict[str, Any]:
    """Everything that :func:`vgpu_doctor.built.built` reads, by file name, from a folder of records."""
    from vgpu_doctor.grammar.generate import STARTS, tables_of
    from vgpu_doctor.knowledge.catalogue import load_raw
    from vgpu_doctor.knowledge.loading import CATALOGUE, compiled, read_folder

    return {
        **{f"grammar/{name}.json": tables_of(name) for name in STARTS},
        "signatures.json": compiled(read_folder(signatures)),
        "catalogue.json": load_raw(signatures / CATALOGUE),
    }
