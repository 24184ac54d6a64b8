"""Which older kernel a Proxmox host can stay on, and with which driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.drivers import cured_by
from vgpu_doctor.compat.release_table import Answer, answer
from vgpu_doctor.frozen import frozen
from vgpu_doctor.versions import series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.advice.situation import Situation
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import KernelSeries, VgpuRelease
    from vgpu_doctor.model import Signature


@frozen
class Target:
    """A kernel to stay on, and the driver to run there."""

    series: KernelSeries
    kernel: str
    major: str  # the Proxmox release that has the kernel
    build: str
    release: VgpuRelease | None  # of a host driver
    result: Answer


def targets(situation: Situation, since: str, cured: Sequence[Signature], catalogue: Catalogue) -> Iterator[Target]:
    """The host's own driver on an older series; where none is left for it, the branch's newest one on such a series."""
    kernels = _kernels(situation, catalogue)
    older = [one for one in kernels if series_numbers(one[0].series) < series_numbers(since)]
    release = situation.release
    if release is None:
        if situation.build is not None and situation.kind != "host":
            guess = Answer(True, "expected", "low")
            yield from (Target(*one, situation.build, None, guess) for one in older)
        return
    for basis in ("shown", "expected"):
        for one in older:
            result = answer(catalogue, release, one[0].series, situation.gpu)
            if result.works and result.basis == basis:
                yield Target(*one, release.host, release, result)
    current = series_numbers(situation.series or since)
    for one in kernels:
        for newer in reversed(catalogue.releases_in(release.host)):
            result = answer(catalogue, newer, one[0].series, situation.gpu)
            whole = len(cured_by(newer, cured, True, catalogue)) == len(cured)
            if series_numbers(one[0].series) < current and result.basis == "shown" and whole:
                yield Target(*one, newer.host, newer, result)


def _kernels(situation: Situation, catalogue: Catalogue) -> list[tuple[KernelSeries, str, str]]:
    """What the host can install, the newest first; where its Proxmox release is not known, of the newest one first."""
    pve = situation.pve
    majors = [pve.major] if pve else sorted({one.major for one in catalogue.pve_releases}, key=int, reverse=True)
    found = []
    for major in majors:
        newest = catalogue.pve(major)
        for name in reversed(newest.series if newest else ()):
            series, kernel = catalogue.series(name), catalogue.newest_kernel(name, major)
            if series and kernel:
                found.append((series, kernel, major))
    return found
