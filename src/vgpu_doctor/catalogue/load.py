"""Load the catalogue: compiled from the installed package, or from its YAML files in a checkout."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from vgpu_doctor.catalogue.catalogue import Catalogue
from vgpu_doctor.catalogue.schema import PARTS, part_path
from vgpu_doctor.errors import RecordError
from vgpu_doctor.package_data import built

if TYPE_CHECKING:
    from pathlib import Path


@cache
def load_catalogue() -> Catalogue:
    """Return the shipped catalogue; a part is checked when something in it is first asked for."""
    raw = built("catalogue.json")
    if raw is None:
        from vgpu_doctor.signatures.yaml_folder import CATALOGUE, CHECKOUT

        raw = load_raw(CHECKOUT / CATALOGUE)
    return parse_catalogue(raw)


def parse_catalogue(raw: Mapping[str, Any]) -> Catalogue:
    """Make a catalogue of the plain content of its parts, by name (``vgpu``, ``drivers``, ``kernels``, ``gpus``).

    Raises RecordError for a missing or unknown part. Errors within a part show when it is first asked for;
    :meth:`Catalogue.check` looks for all of them at once.
    """
    for part in PARTS:
        if not isinstance(raw.get(part), Mapping):
            raise RecordError(part_path(part), "the file", raw.get(part), "a mapping of groups")
    for part in raw:
        if part not in PARTS:
            raise RecordError(part_path(part), "the file", part, f"one of {', '.join(PARTS)}")
    return Catalogue(raw)


def load_raw(folder: Path) -> dict[str, Any]:
    """Return the plain content of the YAML files of all parts, for :func:`parse_catalogue` or to be compiled."""
    from vgpu_doctor.signatures.yaml_folder import read_yaml  # only a checkout and the package's build need YAML

    return {part: read_yaml(folder / f"{part}.yaml", part_path(part)) for part in PARTS}
