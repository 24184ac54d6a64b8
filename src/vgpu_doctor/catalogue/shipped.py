"""The catalogue of this run."""

from __future__ import annotations

from functools import cache

from vgpu_doctor.catalogue.catalogue import Catalogue, load_raw, parse_catalogue
from vgpu_doctor.package_data import built


@cache
def load_catalogue() -> Catalogue:
    """The shipped catalogue; its parts are read when they are asked for."""
    raw = built("catalogue.json")
    if raw is None:
        from vgpu_doctor.signatures.yaml_folder import CATALOGUE, CHECKOUT

        raw = load_raw(CHECKOUT / CATALOGUE)
    return parse_catalogue(raw)
