"""The catalogue of this run."""

from __future__ import annotations

from functools import cache

from vgpu_doctor.built import built
from vgpu_doctor.knowledge.catalogue import Catalogue, load_raw, parse_catalogue


@cache
def load_catalogue() -> Catalogue:
    """The shipped catalogue; its parts are read when they are asked for."""
    raw = built("catalogue.json")
    if raw is None:
        from vgpu_doctor.knowledge.folders import CATALOGUE, CHECKOUT

        raw = load_raw(CHECKOUT / CATALOGUE)
    return parse_catalogue(raw)
