"""The catalogue of this run."""

from __future__ import annotations

from functools import cache

from vgpu_doctor.built import built
from vgpu_doctor.knowledge.catalogue import Catalogue, load_raw, parse_catalogue
from vgpu_doctor.knowledge.loading import CATALOGUE, CHECKOUT


@cache
def load_catalogue() -> Catalogue:
    """The shipped catalogue; its parts are read when they are asked for."""
    return parse_catalogue(built("catalogue.json") or load_raw(CHECKOUT / CATALOGUE))
