"""What the user means by a driver, a kernel and a GPU on the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.compat.release_table import table_series
from vgpu_doctor.errors import CheckError
from vgpu_doctor.versions import is_driver_build, parse_kernel, series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import GpuGeneration
    from vgpu_doctor.model import DriverKind
    from vgpu_doctor.signatures.index import Library

MAX_KERNELS = 64

_RANGE = re.compile(r"(?P<first>\d+\.\d+)\.\.(?P<last>\d+\.\d+)\Z", re.ASCII)


def driver_of(text: str, catalogue: Catalogue) -> str:
    """Return the build of a driver that is given as a build or as a vGPU release. Raises :class:`CheckError`."""
    text = text.strip().removeprefix("vGPU").strip()
    release = catalogue.release(text)
    if release is not None:
        return release.host
    if is_driver_build(text) and (catalogue.branch(text) or catalogue.plain_branch(text)):
        return text
    raise CheckError(f"--driver: {text!r} is not a known driver; give a build (535.161.05) or a vGPU release (16.4)")


def kind_of(build: str, catalogue: Catalogue, *, flavour: str | None = None) -> DriverKind:
    """Return what a driver is for, by its build; a build for hosts and others alike counts as a host's."""
    if flavour is not None:
        return {"vgpu-kvm": "host", "grid": "guest"}.get(flavour, "plain")  # type: ignore[return-value]
    roles = catalogue.roles(build)
    return "host" if "host" in roles else "guest" if roles == {"guest"} else "plain"


def kernels_of(text: str, catalogue: Catalogue, library: Library) -> tuple[str, ...]:
    """Return the kernels that a release, a series, a range (6.8..6.17), or a list of these with commas, names.

    A range stands for the series of distributions and those in which a change is known. Raises :class:`CheckError`.
    """
    found: dict[str, None] = {}
    for part in text.split(","):
        part = part.strip()
        if between := _RANGE.match(part):
            found.update(dict.fromkeys(_series_between(between["first"], between["last"], catalogue, library)))
        elif parse_kernel(part) is not None:
            found[part] = None
        else:
            raise CheckError(
                f"--kernel: {part!r} is not a kernel; give a release (6.8.4-2-pve), series (6.8) or range (6.8..6.17)"
            )
    if not 0 < len(found) <= MAX_KERNELS:
        raise CheckError(f"--kernel: {text!r} names {len(found)} kernels, not 1 to {MAX_KERNELS}")
    return tuple(found)


def _series_between(first: str, last: str, catalogue: Catalogue, library: Library) -> list[str]:
    known: Iterable[str] = (
        *table_series(catalogue),
        *(area.removeprefix("kernel/") for name in library.ids if (area := library.area(name)).startswith("kernel/")),
        first,
        last,
    )
    low, high = series_numbers(first), series_numbers(last)
    inside = {name for name in known if low <= series_numbers(name) <= high and name.count(".") == 1}
    return sorted(inside, key=series_numbers)


def gpu_of(text: str | None, catalogue: Catalogue) -> GpuGeneration | None:
    """Return the card that ``--gpu`` names. Raises :class:`CheckError` if no card, or more than one, has that name."""
    if text is None:
        return None
    found = catalogue.gpu(text)
    if found is None:
        raise CheckError(f"--gpu: {text!r} is not a known card, or fits two; give its PCI id (10de:2204)")
    return found
