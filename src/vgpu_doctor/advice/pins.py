"""Going back to an older kernel: the newest one on which a driver works and which this host can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.candidate import Candidate, Disruption
from vgpu_doctor.advice.pin_targets import Target, targets
from vgpu_doctor.advice.pinning import pin_elsewhere, pin_on_proxmox
from vgpu_doctor.advice.steps import check_driver, installer_file, tree_option
from vgpu_doctor.advice.support import months_between
from vgpu_doctor.model import Message, Remedy, Step, say
from vgpu_doctor.versions import series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.advice.situation import Situation
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import KernelSeries
    from vgpu_doctor.model import Signature

DROPPED_AFTER = 2  # months without a build, while other series had some


def pins(situation: Situation, causes: Sequence[Signature], catalogue: Catalogue) -> Iterator[Candidate]:
    """One candidate at most. It cures what came with a newer kernel, and nothing else."""
    cured = [cause for cause in causes if cause.kernel]
    since = min((cause.kernel.since for cause in cured if cause.kernel), key=series_numbers, default=None)
    if since is None:
        return
    leaves = tuple(cause.id for cause in causes if cause not in cured)
    if situation.on_proxmox:
        if target := next(targets(situation, since, cured, catalogue), None):
            yield _pin(situation, target, since, cured, leaves, catalogue)
    elif situation.distribution is not None:
        yield _elsewhere(situation, since, cured, leaves, catalogue)


def _pin(
    situation: Situation,
    target: Target,
    since: str,
    cured: Sequence[Signature],
    leaves: tuple[str, ...],
    catalogue: Catalogue,
) -> Candidate:
    changes = target.build != situation.build
    release = target.release.release if target.release else ""
    vgpu = target.release.branch if target.release else None
    series = target.series.series
    steps, undo = pin_on_proxmox(target.kernel, _build(situation, target, release, vgpu, catalogue), catalogue)
    detail = "pin_shown" if target.result.basis == "shown" else "pin_expected" if target.release else "pin_reasoned"
    remedy = Remedy(
        kind="pin",
        title=say(
            "pin_with" if changes else "pin",
            series=series,
            kernel=target.kernel,
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
        unless=tuple(_conditions(situation, target.series, target.major, catalogue)),
        undo=undo,
        check=("uname -r", "ip -br link", *check_driver(situation, catalogue, vgpu)),
        build=target.build if changes else None,
        kernel=target.kernel,
    )
    return Candidate(remedy, Disruption.OLDER_KERNEL, leaves=leaves)


def _build(situation: Situation, target: Target, release: str, vgpu: int | None, catalogue: Catalogue) -> list[Step]:
    """Commands that make the driver for the kernel before it is booted."""
    changes = target.build != situation.build
    if not changes and (situation.tool == "dkms" or situation.packaged):
        return [say("pin_autoinstall"), f"dkms autoinstall -k {target.kernel}"]
    file = installer_file(situation, target.build, catalogue)
    tree = tree_option(target.build, situation.tree_for(target.build, vgpu))
    fetch: list[Step] = [say("fetch_vgpu", release=release, file=file)] if changes else []
    return [*fetch, say("pin_build", file=file), f"sh ./{file} --dkms -k {target.kernel}{tree}"]


def _conditions(situation: Situation, series: KernelSeries, major: str, catalogue: Catalogue) -> Iterator[Message]:
    if situation.pve is None:
        yield say("pin_pve", pve=major)
    newest = max(one.last for one in catalogue.all_series if one.last)
    if series.last and months_between(series.last, newest) > DROPPED_AFTER:
        yield say("pin_unless", series=series.series, last=series.last)
    if major == "9":
        yield say("pin_zfs", series=series.series)


def _elsewhere(
    situation: Situation,
    since: str,
    cured: Sequence[Signature],
    leaves: tuple[str, ...],
    catalogue: Catalogue,
) -> Candidate:
    foreign = not situation.series_predicts
    steps, undo = pin_elsewhere(situation, str(situation.kernel) if foreign else since, catalogue)
    release = situation.release
    detail = say("pin_reasoned", series=since)
    if foreign:
        shipped = release.rhel if release else ()
        key = "pin_rhel" if release and shipped else "pin_backport"
        detail = say(key, release=release.release if release else "", minors=", ".join(shipped))
    remedy = Remedy(
        kind="pin",
        title=say("pin_other", before=situation.kernel if foreign else since),
        steps=steps,
        cures=tuple(cause.id for cause in cured),
        proof="reasoned",
        proof_detail=detail,
        unless=(say("pin_installed"),),
        undo=undo,
        check=("uname -r", *check_driver(situation, catalogue, None)),
    )
    return Candidate(remedy, Disruption.OLDER_KERNEL, leaves=leaves)
