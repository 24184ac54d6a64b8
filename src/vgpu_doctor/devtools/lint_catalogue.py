"""Find mistakes in the catalogue of a folder of records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.catalogue.load import load_catalogue, load_raw, parse_catalogue
from vgpu_doctor.catalogue.schema import PARTS, part_path
from vgpu_doctor.devtools.json_schema import FILE, catalogue_schema_line
from vgpu_doctor.devtools.lint import complaints_about_lines
from vgpu_doctor.errors import RecordError
from vgpu_doctor.signatures.yaml_folder import CATALOGUE, read_fixes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vgpu_doctor.catalogue.catalogue import Catalogue


def checked_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue of a folder of records, the shipped one where it has none.

    Raises RecordError for the first mistake in its content.
    """
    written = any((folder / CATALOGUE / f"{part}.yaml").exists() for part in PARTS)
    catalogue = parse_catalogue(load_raw(folder / CATALOGUE)) if written else load_catalogue()
    catalogue.check()
    return catalogue


def complaints_about_files(folder: Path) -> Iterator[str]:
    """Yield one sentence for each mistake in the form of the catalogue's files, and for a wrong named fix."""
    for path in sorted((folder / CATALOGUE).glob("*.yaml")):
        part = path.stem
        if part not in (*PARTS, "fixes"):
            yield f"{part_path(part)}: the file: is no part of the catalogue: {', '.join((*PARTS, 'fixes'))}"
            continue
        first_line = catalogue_schema_line(part) if (folder / FILE).exists() else None
        for field, complaint in complaints_about_lines(path, first_line):
            yield f"{part_path(part)}: {field}: {complaint}"
    try:
        if fixes := read_fixes(folder):
            fixes.contents()
    except RecordError as error:
        yield str(error)
