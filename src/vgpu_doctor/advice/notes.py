"""What a report says beside its remedies: what was assumed, why the first remedy is first, and what has no cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.candidate import Disruption
from vgpu_doctor.advice.drivers import kernel_name
from vgpu_doctor.advice.support import months_between
from vgpu_doctor.compat.release_table import answer
from vgpu_doctor.model import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.advice.planner import Plans
    from vgpu_doctor.advice.situation import Host, Situation
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.model import Finding

REASONS = {
    Disruption.OWN_BRANCH: "first_own_branch",
    Disruption.OWN_BRANCH_UNPROVED: "first_own_branch",
    Disruption.PATCH: "first_patch",
    Disruption.OTHER_BRANCH: "first_other_branch",
    Disruption.OLDER_KERNEL: "first_older_kernel",
    Disruption.ENDED_BRANCH: "first_ended_branch",
}


def notes_on(
    situation: Situation, host: Host, findings: Sequence[Finding], plans: Plans, catalogue: Catalogue
) -> Iterator[Message]:
    """The notes of a case that has findings, the most useful first."""
    changes = any(finding.signature.kernel for finding in findings)
    if not changes:
        yield from _fails_anyway(situation, catalogue)
    yield from _uncured(situation, findings, plans, catalogue)
    if plans.candidates and (key := REASONS.get(plans.candidates[0].disruption)):
        plain = key == "first_own_branch" and situation.kind != "host"
        yield say("first_own_branch_plain" if plain else key)
    if plans.no_patch:
        yield plans.no_patch
    if changes:
        yield from _way_back(situation, plans)
        yield from _no_pin(situation, plans, catalogue)
        yield from _support(situation, plans, catalogue)
        yield from _doubts(situation, catalogue)
    yield from _assumed(situation, host, plans, changes)


def _fails_anyway(situation: Situation, catalogue: Catalogue) -> Iterator[Message]:
    """What the log does not show yet: that the driver is known to fail on this kernel, whatever else is put right."""
    release, series = situation.release, situation.series
    if release is None or series is None or not situation.series_predicts or situation.compiled:
        return
    results = [answer(catalogue, one, series, situation.gpu) for one in situation.releases]
    if all(result.basis == "known" for result in results):
        yield say(
            "fails_anyway",
            release=release.release,
            build=situation.build,
            series=series,
            failing=release.failing_series,
            confidence=say(f"confidence_{release.kernel_confidence}"),
            kernel=situation.kernel,
        )


def _uncured(
    situation: Situation, findings: Sequence[Finding], plans: Plans, catalogue: Catalogue
) -> Iterator[Message]:
    """What no candidate cures; where only the driver is missing, which drivers have the cure."""
    cured = {name for remedy in plans.remedies for name in remedy.cures}
    left = [finding.id for finding in findings if finding.id not in cured]
    if left and situation.build is None and any(finding.signature.kernel for finding in findings):
        fixed = [finding.signature.fixed_in for finding in findings if finding.signature.fixed_in]
        releases = [one for one in catalogue.releases if all(catalogue.has_fix(one.host, builds) for builds in fixed)]
        firsts = {one.branch: one for one in reversed(releases)}
        names = ", ".join(f"{one.release} ({one.host})" for _, one in sorted(firsts.items())) if fixed else ""
        yield say("driver_not_named", ids=", ".join(left))
        if names:
            yield say("driver_not_named_fixed", releases=names)
    elif left:
        yield say("nothing", ids=", ".join(left))
        yield say("ask_with_report")


def _way_back(situation: Situation, plans: Plans) -> Iterator[Message]:
    """The quickest way to a host that works: a kernel that is still installed, for one boot."""
    if situation.kind == "guest":
        yield say("back_now_vm")
    elif situation.on_proxmox:
        kernel = next((candidate.remedy.kernel for candidate in plans.candidates if candidate.remedy.kernel), None)
        key = "back_now" if kernel else "back_now_unnamed"
        yield say(key, kernel=kernel)
    else:
        yield say("back_now_menu")


def _no_pin(situation: Situation, plans: Plans, catalogue: Catalogue) -> Iterator[Message]:
    release, pve = situation.release, situation.pve
    pinned = any(candidate.disruption is Disruption.OLDER_KERNEL for candidate in plans.candidates)
    if pinned or release is None or pve is None or release.shown_series is None:
        return
    newest = catalogue.pve(pve.major)
    if newest and not any(answer(catalogue, release, one, situation.gpu).works for one in newest.series):
        yield say("no_pin", build=situation.build, series=release.shown_series, pve=pve.major)


def _support(situation: Situation, plans: Plans, catalogue: Catalogue) -> Iterator[Message]:
    """Where the branch has ended and no candidate leads out of it: which one has support and works here."""
    branch = situation.branch
    ended = branch is not None and months_between(situation.today, branch.end_of_life) < 0
    if situation.kind != "host" or branch is None or not ended or not situation.series:
        return
    if (
        any(candidate.disruption is Disruption.OTHER_BRANCH for candidate in plans.candidates)
        or not situation.series_predicts
    ):
        return
    for other in catalogue.branches:
        release = catalogue.newest_in_branch(other.driver)
        if other.kind != "long-term" or other.end_of_life < situation.today or release is None:
            continue
        if answer(catalogue, release, situation.series, situation.gpu).works:
            yield say(
                "supported",
                old=branch.vgpu,
                ended=branch.end_of_life,
                release=release.release,
                build=release.host,
                until=other.end_of_life,
            )


def _doubts(situation: Situation, catalogue: Catalogue) -> Iterator[Message]:
    release = situation.release
    if release is None or situation.series is None:
        return
    if not situation.series_predicts:
        yield say("foreign_kernel", distribution=str(situation.distribution).upper())
        return
    result = answer(catalogue, release, situation.series, situation.gpu)
    if result.basis == "known" and result.confidence == "low":
        yield say("low_confidence", release=release.release, kernel=kernel_name(situation))


def _assumed(situation: Situation, host: Host, plans: Plans, changes: bool) -> Iterator[Message]:
    if len(situation.releases) > 1:
        yield say("shared_build", releases=", ".join(one.release for one in situation.releases))
    if changes and situation.series_assumed:
        yield say("assumed_series", series=situation.series)
    if plans.candidates and situation.distribution is None:
        yield say("assumed_proxmox" if situation.on_proxmox else "assumed_debian")
    if plans.candidates and situation.pve_assumed and situation.pve:
        yield say("assumed_pve", pve=situation.pve.pve)
    if situation.gpu is None and host.gpu:
        yield say("gpu_unknown", gpu=host.gpu)
    elif situation.gpu is None and changes and situation.kind == "host":
        yield say("assumed_gpu")
