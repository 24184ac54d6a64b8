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

    from vgpu_doctor.advice.host_context import HostContext, UserInput
    from vgpu_doctor.advice.planner import Plans
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
    context: HostContext, user_input: UserInput, findings: Sequence[Finding], plans: Plans, catalogue: Catalogue
) -> Iterator[Message]:
    """Yield the notes of a case that has findings, the most useful first."""
    changes = any(finding.signature.kernel for finding in findings)
    if not changes:
        yield from _fails_anyway(context, catalogue)
    yield from _uncured(context, findings, plans, catalogue)
    if plans.candidates and (key := REASONS.get(plans.candidates[0].disruption)):
        plain = key == "first_own_branch" and context.kind != "host"
        yield say("first_own_branch_plain" if plain else key)
    if plans.no_patch:
        yield plans.no_patch
    if changes:
        yield from _back_now(context, plans)
        yield from _no_pin(context, plans, catalogue)
        yield from _support(context, plans, catalogue)
        yield from _doubts(context, catalogue)
    yield from _assumed(context, user_input, plans, changes)


def _fails_anyway(context: HostContext, catalogue: Catalogue) -> Iterator[Message]:
    """Say what the log does not show yet: the driver is known to fail on this kernel, whatever else is fixed."""
    release, series = context.release, context.series
    if release is None or series is None or not context.series_predicts or context.compiled:
        return
    results = [answer(catalogue, known, series, context.gpu) for known in context.releases]
    if all(result.basis == "known" for result in results):
        yield say(
            "fails_anyway",
            release=release.release,
            build=context.build,
            series=series,
            failing=release.failing_series,
            confidence=say(f"confidence_{release.kernel_confidence}"),
            kernel=context.kernel,
        )


def _uncured(
    context: HostContext, findings: Sequence[Finding], plans: Plans, catalogue: Catalogue
) -> Iterator[Message]:
    """Say what no candidate cures; if the driver is not known, which drivers have the cure."""
    cured = {name for remedy in plans.remedies for name in remedy.cures}
    left = [finding.id for finding in findings if finding.id not in cured]
    if left and context.build is None and any(finding.signature.kernel for finding in findings):
        fixed = [finding.signature.fixed_in for finding in findings if finding.signature.fixed_in]
        releases = [
            release
            for release in catalogue.releases
            if all(catalogue.has_fix(release.host, builds) for builds in fixed)
        ]
        firsts = {release.branch: release for release in reversed(releases)}
        yield say("driver_not_named", ids=", ".join(left))
        if fixed and firsts:
            names = (f"{release.release} ({release.host})" for _, release in sorted(firsts.items()))
            yield say("driver_not_named_fixed", releases=", ".join(names))
    elif left:
        yield say("nothing", ids=", ".join(left))
        yield say("ask_with_report")


def _back_now(context: HostContext, plans: Plans) -> Iterator[Message]:
    """Say how to get a working host at once: boot a kernel that is still installed."""
    if context.kind == "guest":
        yield say("back_now_vm")
    elif context.on_proxmox:
        kernel = next((candidate.remedy.kernel for candidate in plans.candidates if candidate.remedy.kernel), None)
        key = "back_now" if kernel else "back_now_unnamed"
        yield say(key, kernel=kernel)
    else:
        yield say("back_now_menu")


def _no_pin(context: HostContext, plans: Plans, catalogue: Catalogue) -> Iterator[Message]:
    release, pve = context.release, context.pve
    pinned = any(candidate.disruption is Disruption.OLDER_KERNEL for candidate in plans.candidates)
    if pinned or release is None or pve is None or release.shown_series is None:
        return
    newest = catalogue.pve(pve.major)
    if newest and not any(answer(catalogue, release, series, context.gpu).works for series in newest.series):
        yield say("no_pin", build=context.build, series=release.shown_series, pve=pve.major)


def _support(context: HostContext, plans: Plans, catalogue: Catalogue) -> Iterator[Message]:
    """If the branch has ended and no candidate leaves it, say which branch has support and works here."""
    branch = context.branch
    ended = branch is not None and months_between(context.today, branch.end_of_life) < 0
    if context.kind != "host" or branch is None or not ended or not context.series:
        return
    if (
        any(candidate.disruption is Disruption.OTHER_BRANCH for candidate in plans.candidates)
        or not context.series_predicts
    ):
        return
    for other in catalogue.branches:
        release = catalogue.newest_in_branch(other.driver)
        if other.kind != "long-term" or other.end_of_life < context.today or release is None:
            continue
        if answer(catalogue, release, context.series, context.gpu).works:
            yield say(
                "supported",
                old=branch.vgpu,
                ended=branch.end_of_life,
                release=release.release,
                build=release.host,
                until=other.end_of_life,
            )


def _doubts(context: HostContext, catalogue: Catalogue) -> Iterator[Message]:
    release = context.release
    if release is None or context.series is None:
        return
    if not context.series_predicts:
        yield say("foreign_kernel", distribution=str(context.distribution).upper())
        return
    result = answer(catalogue, release, context.series, context.gpu)
    if result.basis == "known" and result.confidence == "low":
        yield say("low_confidence", release=release.release, kernel=kernel_name(context))


def _assumed(context: HostContext, user_input: UserInput, plans: Plans, changes: bool) -> Iterator[Message]:
    if len(context.releases) > 1:
        yield say("shared_build", releases=", ".join(release.release for release in context.releases))
    if changes and context.series_assumed:
        yield say("assumed_series", series=context.series)
    if plans.candidates and context.distribution is None:
        yield say("assumed_proxmox" if context.on_proxmox else "assumed_debian")
    if plans.candidates and context.pve_assumed and context.pve:
        yield say("assumed_pve", pve=context.pve.pve)
    if context.gpu is None and user_input.gpu:
        yield say("gpu_unknown", gpu=user_input.gpu)
    elif context.gpu is None and changes and context.kind == "host":
        yield say("assumed_gpu")
