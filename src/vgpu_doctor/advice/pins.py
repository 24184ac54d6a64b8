"""Going back to an older kernel: the newest one on which a driver works and which this host can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.drivers import cured_by
from vgpu_doctor.advice.phrases import say
from vgpu_doctor.advice.pinning import pin_elsewhere, pin_on_proxmox
from vgpu_doctor.advice.steps import check_driver, installer_file, tree_option
from vgpu_doctor.advice.support import months_between
from vgpu_doctor.advice.table import Answer, answer
from vgpu_doctor.advice.way import Upheaval, Way
from vgpu_doctor.knowledge.versions import series_numbers
from vgpu_doctor.model import Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.advice.situation import Situation
    from vgpu_doctor.knowledge.catalogue import Catalogue
    from vgpu_doctor.knowledge.catalogue_entries import KernelSeries, VgpuRelease
    from vgpu_doctor.model import Signature

DROPPED_AFTER = 2  # months without a build, while other series had some


def pins(situation: Situation, causes: Sequence[Signature], catalogue: Catalogue, language: str) -> Iterator[Way]:
    """One way at most. It cures what came with a newer kernel, and nothing else."""
    cured = [cause for cause in causes if cause.kernel]
    since = min((cause.kernel.since for cause in cured if cause.kernel), key=series_numbers, default=None)
    if since is None:
        return
    leaves = tuple(cause.id for cause in causes if cause not in cured)
    if situation.on_proxmox and situation.release is not None:
        yield from _on_proxmox(situation, situation.release, since, cured, leaves, catalogue, language)
    elif situation.distribution not in (None, "pve"):
        yield _elsewhere(situation, since, cured, leaves, catalogue, language)


def _on_proxmox(
    situation: Situation,
    release: VgpuRelease,
    since: str,
    cured: Sequence[Signature],
    leaves: tuple[str, ...],
    catalogue: Catalogue,
    language: str,
) -> Iterator[Way]:
    """The host's own driver on an older series; where none is left for it, the branch's newest one on such a series."""
    older = [one for one in _kernels(situation, catalogue) if series_numbers(one[0].series) < series_numbers(since)]
    for basis in ("shown", "expected"):
        for series, kernel, major in older:
            result = answer(catalogue, release, series.series, situation.gpu)
            if result.works and result.basis == basis:
                yield _pin(situation, release, series, kernel, major, result, cured, leaves, catalogue, language)
                return
    current = series_numbers(situation.series or since)
    for series, kernel, major in _kernels(situation, catalogue):
        if series_numbers(series.series) >= current:
            continue
        for newer in reversed(catalogue.releases_in(release.host)):
            result = answer(catalogue, newer, series.series, situation.gpu)
            whole = len(cured_by(newer, cured, True, catalogue)) == len(cured)
            if result.basis == "shown" and whole and newer.host != situation.build:
                yield _pin(situation, newer, series, kernel, major, result, cured, leaves, catalogue, language)
                return


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


def _pin(
    situation: Situation,
    release: VgpuRelease,
    series: KernelSeries,
    kernel: str,
    major: str,
    result: Answer,
    cured: Sequence[Signature],
    leaves: tuple[str, ...],
    catalogue: Catalogue,
    language: str,
) -> Way:
    changes = release.host != situation.build
    file = installer_file(situation, release.host, catalogue)
    tree = tree_option(release.host, situation.tree_for(release.host, release.branch))
    build = [say(language, "pin_build", file=file), f"sh ./{file} --dkms -k {kernel}{tree}"]
    if changes:
        build.insert(0, say(language, "fetch_vgpu", release=release.release, file=file))
    elif situation.tool == "dkms":
        build = [say(language, "pin_autoinstall"), f"dkms autoinstall -k {kernel}"]
    steps, undo = pin_on_proxmox(kernel, build, catalogue, language)
    confidence = say(language, f"confidence_{result.confidence}")
    detail = "pin_shown" if result.basis == "shown" else "pin_expected"
    title = "pin_with" if changes else "pin"
    remedy = Remedy(
        kind="pin",
        title=say(language, title, series=series.series, kernel=kernel, release=release.release, build=release.host),
        steps=steps,
        cures=tuple(cause.id for cause in cured),
        proof="confirmed" if result.basis == "shown" else "reasoned",
        proof_detail=say(language, detail, build=release.host, series=series.series, confidence=confidence),
        unless="; ".join(_conditions(situation, series, major, catalogue, language)) or None,
        undo=undo,
        check=("uname -r", "ip -br link", *check_driver(situation, catalogue, release.branch, language)),
    )
    build_name = release.host if changes else None
    return Way(remedy, Upheaval.OLDER_KERNEL, build=build_name, kernel=kernel, leaves=leaves)


def _conditions(
    situation: Situation, series: KernelSeries, major: str, catalogue: Catalogue, language: str
) -> Iterator[str]:
    if situation.pve is None:
        yield say(language, "pin_pve", pve=major)
    newest = max(one.last for one in catalogue.all_series if one.last)
    if series.last and months_between(series.last, newest) > DROPPED_AFTER:
        yield say(language, "pin_unless", series=series.series, last=series.last)
    if major == "9":
        yield say(language, "pin_zfs", series=series.series)


def _elsewhere(
    situation: Situation,
    since: str,
    cured: Sequence[Signature],
    leaves: tuple[str, ...],
    catalogue: Catalogue,
    language: str,
) -> Way:
    foreign = not situation.series_predicts
    steps, undo = pin_elsewhere(situation, str(situation.kernel) if foreign else since, catalogue, language)
    release = situation.release
    detail = say(language, "pin_reasoned", series=since)
    if foreign:
        shipped = release.rhel if release else ()
        key = "pin_rhel" if release and shipped else "pin_backport"
        detail = say(language, key, release=release.release if release else "", minors=", ".join(shipped))
    remedy = Remedy(
        kind="pin",
        title=say(language, "pin_other", before=situation.kernel if foreign else since),
        steps=steps,
        cures=tuple(cause.id for cause in cured),
        proof="reasoned",
        proof_detail=detail,
        unless=say(language, "pin_installed"),
        undo=undo,
        check=("uname -r", *check_driver(situation, catalogue, None, language)),
    )
    return Way(remedy, Upheaval.OLDER_KERNEL, leaves=leaves)
