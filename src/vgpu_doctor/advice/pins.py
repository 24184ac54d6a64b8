"""Going back to an older kernel: the newest one on which a driver works and which this host can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.candidate import Candidate, Disruption
from vgpu_doctor.advice.drivers import cured_by
from vgpu_doctor.advice.pin_steps import pin_elsewhere, pin_on_proxmox
from vgpu_doctor.advice.steps import check_driver, installer_file, tree_option
from vgpu_doctor.advice.support import months_between
from vgpu_doctor.compat.release_table import Answer, answer
from vgpu_doctor.frozen import frozen
from vgpu_doctor.model import Message, Remedy, Step, say
from vgpu_doctor.versions import series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.advice.host_context import HostContext
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import KernelSeries, VgpuRelease
    from vgpu_doctor.model import Signature

MAX_MONTHS_WITHOUT_BUILD = 2  # while other series had builds; after that a series gets no security fixes
MAJOR_WITH_NEWER_ZFS = "9"  # Proxmox VE whose default kernels bring a ZFS that older kernels may not read


@frozen
class _Kernel:
    """A kernel that the host can install."""

    series: KernelSeries
    name: str  # 6.5.13-6-pve
    pve: str  # major release of Proxmox VE that has it


@frozen
class _Target:
    """A kernel to go back to, and the driver to run there."""

    kernel: _Kernel
    build: str
    release: VgpuRelease | None  # of a host driver
    result: Answer


def pins(context: HostContext, causes: Sequence[Signature], catalogue: Catalogue) -> Iterator[Candidate]:
    """Yield at most one candidate; it cures what came with a newer kernel, and nothing else."""
    cured = [cause for cause in causes if cause.kernel]
    since = min((cause.kernel.since for cause in cured if cause.kernel), key=series_numbers, default=None)
    if since is None:
        return
    leaves = tuple(cause.id for cause in causes if cause not in cured)
    if context.on_proxmox:
        if target := next(_targets(context, since, cured, catalogue), None):
            yield _on_proxmox(context, target, since, cured, leaves, catalogue)
    elif context.distribution is not None:
        yield _elsewhere(context, since, cured, leaves, catalogue)


def _targets(context: HostContext, since: str, cured: Sequence[Signature], catalogue: Catalogue) -> Iterator[_Target]:
    """Yield what to go back to, best first.

    That is the host's own driver on a series before ``since``; after these the newest driver of its branch that was
    shown on a series older than the host's and has every change.
    """
    kernels = _kernels(context, catalogue)
    older = [kernel for kernel in kernels if series_numbers(kernel.series.series) < series_numbers(since)]
    release = context.release
    if release is None:
        if context.build is not None and context.kind != "host":
            guess = Answer(True, "expected", "low")
            yield from (_Target(kernel, context.build, None, guess) for kernel in older)
        return
    for basis in ("shown", "expected"):
        for kernel in older:
            result = answer(catalogue, release, kernel.series.series, context.gpu)
            if result.works and result.basis == basis:
                yield _Target(kernel, release.host, release, result)
    current = series_numbers(context.series or since)
    for kernel in kernels:
        for newer in reversed(catalogue.releases_in(release.host)):
            result = answer(catalogue, newer, kernel.series.series, context.gpu)
            whole = len(cured_by(newer, cured, True, catalogue)) == len(cured)
            if series_numbers(kernel.series.series) < current and result.basis == "shown" and whole:
                yield _Target(kernel, newer.host, newer, result)


def _kernels(context: HostContext, catalogue: Catalogue) -> list[_Kernel]:
    """Return what the host can install, newest first; if its Proxmox release is not known, of the newest one first."""
    pve = context.pve
    majors = [pve.major] if pve else sorted({known.major for known in catalogue.pve_releases}, key=int, reverse=True)
    found = []
    for major in majors:
        newest = catalogue.pve(major)
        for name in reversed(newest.series if newest else ()):
            series, kernel = catalogue.series(name), catalogue.newest_kernel(name, major)
            if series and kernel:
                found.append(_Kernel(series, kernel, major))
    return found


def _on_proxmox(
    context: HostContext,
    target: _Target,
    since: str,
    cured: Sequence[Signature],
    leaves: tuple[str, ...],
    catalogue: Catalogue,
) -> Candidate:
    changes = target.build != context.build
    release = target.release.release if target.release else ""
    vgpu = target.release.branch if target.release else None
    series = target.kernel.series.series
    kernel = target.kernel.name
    steps, undo = pin_on_proxmox(kernel, _build(context, target, release, vgpu, catalogue), catalogue)
    detail = "pin_shown" if target.result.basis == "shown" else "pin_expected" if target.release else "pin_reasoned"
    remedy = Remedy(
        kind="pin",
        title=say(
            "pin_with" if changes else "pin",
            series=series,
            kernel=kernel,
            release=release,
            build=target.build,
        ),
        steps=steps,
        cures=tuple(cause.id for cause in cured),
        proof="confirmed" if target.result.basis == "shown" else "reasoned",
        proof_detail=say(
            detail,
            build=target.build,
            series=series if target.release else since,
            confidence=say(f"confidence_{target.result.confidence}"),
        ),
        unless=tuple(_conditions(context, target.kernel, catalogue)),
        undo=undo,
        check=("uname -r", "ip -br link", *check_driver(context, catalogue, vgpu)),
        build=target.build if changes else None,
        kernel=kernel,
    )
    return Candidate(remedy, Disruption.OLDER_KERNEL, leaves=leaves)


def _build(context: HostContext, target: _Target, release: str, vgpu: int | None, catalogue: Catalogue) -> list[Step]:
    """Return the commands that build the driver for the kernel before it is booted."""
    changes = target.build != context.build
    if not changes and (context.tool == "dkms" or context.packaged):
        return [say("pin_autoinstall"), f"dkms autoinstall -k {target.kernel.name}"]
    file = installer_file(context, target.build, catalogue)
    tree = tree_option(target.build, context.tree_for(target.build, vgpu))
    fetch: list[Step] = [say("fetch_vgpu", release=release, file=file)] if changes else []
    return [*fetch, say("pin_build", file=file), f"sh ./{file} --dkms -k {target.kernel.name}{tree}"]


def _conditions(context: HostContext, kernel: _Kernel, catalogue: Catalogue) -> Iterator[Message]:
    if context.pve is None:
        yield say("pin_pve", pve=kernel.pve)
    series = kernel.series
    newest = max(known.last for known in catalogue.all_series if known.last)
    if series.last and months_between(series.last, newest) > MAX_MONTHS_WITHOUT_BUILD:
        yield say("pin_unless", series=series.series, last=series.last)
    if kernel.pve == MAJOR_WITH_NEWER_ZFS:
        yield say("pin_zfs", series=series.series)


def _elsewhere(
    context: HostContext,
    since: str,
    cured: Sequence[Signature],
    leaves: tuple[str, ...],
    catalogue: Catalogue,
) -> Candidate:
    foreign = not context.series_predicts
    steps, undo = pin_elsewhere(context, str(context.kernel) if foreign else since, catalogue)
    release = context.release
    detail = say("pin_reasoned", series=since)
    if foreign:
        shipped = release.rhel if release else ()
        key = "pin_rhel" if release and shipped else "pin_backport"
        detail = say(key, release=release.release if release else "", minors=", ".join(shipped))
    remedy = Remedy(
        kind="pin",
        title=say("pin_other", before=context.kernel if foreign else since),
        steps=steps,
        cures=tuple(cause.id for cause in cured),
        proof="reasoned",
        proof_detail=detail,
        unless=(say("pin_installed"),),
        undo=undo,
        check=("uname -r", *check_driver(context, catalogue, None)),
    )
    return Candidate(remedy, Disruption.OLDER_KERNEL, leaves=leaves)
