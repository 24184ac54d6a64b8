"""Another driver for a virtual machine: it must fit the kernel of the machine and the branch of its host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.candidate import Candidate, Disruption
from vgpu_doctor.advice.drivers import old_driver
from vgpu_doctor.advice.steps import check_driver, install, installer_file
from vgpu_doctor.model import Remedy, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.advice.host_context import HostContext
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import VgpuRelease
    from vgpu_doctor.model import Signature


def guest_drivers(context: HostContext, causes: Sequence[Signature], catalogue: Catalogue) -> Iterator[Candidate]:
    """Yield the newest release of the own branch whose guest driver has every change, and the best of another branch.

    Some host accepts both branches, so that the host need not change at the same time.
    """
    if context.branch is None:
        return
    current = context.branch.vgpu
    fit = {
        release.branch: release
        for release in sorted(catalogue.releases, key=lambda release: release.numbers)
        if release.guest != context.build and all(catalogue.has_fix(release.guest, cause.fixed_in) for cause in causes)
    }
    if current in fit:
        yield _candidate(fit[current], context, causes, catalogue, Disruption.OWN_BRANCH)
    hosts = [set(branch.guests) for branch in catalogue.branches if current in branch.guests]
    others = [
        release for number, release in fit.items() if number != current and any(number in guests for guests in hosts)
    ]
    if others:
        best = max(others, key=lambda release: release.numbers)
        yield _candidate(best, context, causes, catalogue, Disruption.OTHER_BRANCH)


def _candidate(
    release: VgpuRelease,
    context: HostContext,
    causes: Sequence[Signature],
    catalogue: Catalogue,
    disruption: Disruption,
) -> Candidate:
    file = installer_file(context, release.guest, catalogue)
    hosts = ", ".join(str(branch.vgpu) for branch in catalogue.branches if release.branch in branch.guests)
    refused = [
        str(branch.vgpu)
        for branch in catalogue.branches
        if context.branch
        and context.branch.vgpu in branch.guests
        and release.branch not in branch.guests
        and branch.vgpu < release.branch
    ]
    remedy = Remedy(
        kind="driver",
        title=say("driver_guest", build=release.guest, release=release.release, hosts=hosts),
        steps=(
            say("fetch_guest", release=release.release, file=file, hosts=hosts),
            *install(context, release.guest, None, catalogue),
        ),
        cures=tuple(cause.id for cause in causes),
        proof="reasoned",
        proof_detail=say("fixed_first", build=release.guest),
        unless=(say("host_refuses", hosts=", ".join(refused)),) if refused else (),
        undo=old_driver(context, catalogue),
        check=check_driver(context, catalogue, None),
        build=release.guest,
    )
    return Candidate(remedy, disruption)
