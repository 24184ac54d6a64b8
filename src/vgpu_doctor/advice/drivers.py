"""Another vGPU host release: which fits kernel and card, how to change to it, and which guest drivers it accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.candidate import Candidate, Disruption
from vgpu_doctor.advice.steps import check_driver, dkms_option, install, installer_file, reboot, tree_option
from vgpu_doctor.advice.support import support_condition
from vgpu_doctor.compat.release_table import Answer, answer
from vgpu_doctor.model import Message, Remedy, Step, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.advice.host_context import HostContext
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import VgpuBranch, VgpuRelease
    from vgpu_doctor.model import Signature


def vgpu_drivers(context: HostContext, causes: Sequence[Signature], catalogue: Catalogue) -> Iterator[Candidate]:
    """Yield the best release of the host's own branch, and the best of another one."""
    if context.branch is None or context.series is None:
        return
    current = context.branch.vgpu
    fit = dict(_fitting(context, causes, catalogue))
    own = fit.pop(current, None)
    if own is not None:
        shown = verdict(context, own, catalogue).basis == "shown"
        disruption = Disruption.OWN_BRANCH if shown else Disruption.OWN_BRANCH_UNPROVED
        yield _candidate(own, context, causes, catalogue, disruption)
    supported = [release for release in fit.values() if _branch(catalogue, release).end_of_life >= context.today]
    if supported:
        # A long-term branch spares the host another change of branch for longer than the newest one does.
        best = min(
            supported,
            key=lambda release: (
                release.branch < current,
                _branch(catalogue, release).kind != "long-term",
                release.numbers,
            ),
        )
        yield _candidate(best, context, causes, catalogue, Disruption.OTHER_BRANCH)
    elif own is None and fit:
        newest = max(fit.values(), key=lambda release: release.numbers)
        yield _candidate(newest, context, causes, catalogue, Disruption.ENDED_BRANCH)


def verdict(context: HostContext, release: VgpuRelease, catalogue: Catalogue) -> Answer:
    """Answer whether a release works on this host; an enterprise kernel is judged by its minor release."""
    if context.series_predicts or context.kernel is None:
        return answer(catalogue, release, context.series or "", context.gpu)
    if context.gpu is not None and not context.gpu.has_branch(release.branch):
        return Answer(False, "gpu", context.gpu.confidence)
    minors = {minor.release for minor in catalogue.distribution_releases(context.kernel)}
    return Answer(True, "shown", "medium") if minors & set(release.rhel) else Answer(None, "unknown", "low")


def cured_by(
    release: VgpuRelease, causes: Sequence[Signature], shown: bool, catalogue: Catalogue
) -> tuple[Signature, ...]:
    """Return the causes that a release fixes.

    If the records say nothing, a release that was shown to work on the series handles the kernel changes of it.
    """
    fixes = [(cause, catalogue.has_fix(release.host, cause.fixed_in)) for cause in causes]
    return tuple(cause for cause, fix in fixes if fix or (fix is None and shown and cause.kernel))


def _fitting(
    context: HostContext, causes: Sequence[Signature], catalogue: Catalogue
) -> Iterator[tuple[int, VgpuRelease]]:
    """Yield branch and release, best last: those expected to work, then those shown to work, each by number."""
    found = []
    for release in catalogue.releases:
        result = verdict(context, release, catalogue)
        if not result.works or release.host == context.build:
            continue
        shown = result.basis == "shown"
        if len(cured_by(release, causes, shown, catalogue)) == len(causes):
            found.append((shown, release.numbers, release))
    found.sort(key=lambda entry: entry[:2])
    yield from ((release.branch, release) for _, _, release in found)


def _branch(catalogue: Catalogue, release: VgpuRelease) -> VgpuBranch:
    branch = catalogue.branch(release.host)
    if branch is None:
        raise LookupError(f"release {release.release} has no branch; Catalogue.check finds that")
    return branch


def _candidate(
    release: VgpuRelease,
    context: HostContext,
    causes: Sequence[Signature],
    catalogue: Catalogue,
    disruption: Disruption,
) -> Candidate:
    branch = _branch(catalogue, release)
    moves = context.branch is not None and context.branch.vgpu != branch.vgpu
    file = installer_file(context, release.host, catalogue)
    remedy = Remedy(
        kind="driver",
        title=say(
            "driver_other_branch" if moves else "driver_vgpu",
            release=release.release,
            build=release.host,
            branch=release.branch,
            kernel=kernel_name(context),
        ),
        steps=(
            say("fetch_vgpu", release=release.release, file=file),
            *([say("rhel_package")] if not context.series_predicts else []),
            *(_guests(context, branch, catalogue) if moves else []),
            *install(context, release.host, branch.vgpu, catalogue),
        ),
        cures=tuple(cause.id for cause in causes),
        proof="confirmed" if verdict(context, release, catalogue).basis == "shown" else "reasoned",
        proof_detail=_proof(context, release, catalogue),
        unless=tuple(_conditions(context, branch, moves, catalogue)),
        undo=old_driver(context, catalogue),
        check=check_driver(context, catalogue, branch.vgpu),
        build=release.host,
    )
    return Candidate(remedy, disruption)


def _guests(context: HostContext, branch: VgpuBranch, catalogue: Catalogue) -> Iterator[Message]:
    """Say which guest drivers the new branch accepts, and when to change those that it rejects."""
    yield say("guests", branch=branch.vgpu, guests=", ".join(_guest_builds(branch, catalogue)))
    if context.branch is None or context.branch.vgpu in branch.guests:
        return
    both = [str(number) for number in context.branch.guests if number in branch.guests]
    yield (
        say("guests_before", old=context.branch.vgpu, both=", ".join(both))
        if both
        else say("guests_after", old=context.branch.vgpu)
    )


def _guest_builds(branch: VgpuBranch, catalogue: Catalogue) -> Iterator[str]:
    for number in branch.guests:
        builds = [release.guest for release in catalogue.releases if release.branch == number]
        yield f"{number} ({builds[0]} - {builds[-1]})" if builds else str(number)


def kernel_name(context: HostContext) -> str:
    """Return how to name the kernel in a sentence: by its series, if that tells what it has."""
    return f"Linux {context.series}" if context.series_predicts else str(context.kernel)


def _proof(context: HostContext, release: VgpuRelease, catalogue: Catalogue) -> Message:
    result = verdict(context, release, catalogue)
    if result.basis != "shown":
        return say("not_shown", kernel=kernel_name(context))
    if not context.series_predicts:
        return say("shown_rhel", release=release.release)
    confidence = say(f"confidence_{result.confidence}")
    return say("shown", release=release.release, series=release.shown_series, confidence=confidence)


def _conditions(context: HostContext, branch: VgpuBranch, moves: bool, catalogue: Catalogue) -> Iterator[Message]:
    if moves and context.gpu is None:
        dropped = [
            generation.title
            for generation in catalogue.generations
            if generation.first_vgpu and not generation.has_branch(branch.vgpu)
        ]
        boards = [
            board.name
            for generation in catalogue.generations
            for board in generation.boards
            if generation.has_branch(branch.vgpu) and board.last_vgpu and board.last_vgpu < branch.vgpu
        ]
        if dropped or boards:
            yield say("gpu_condition", cards=", ".join([*dropped, *boards]), branch=branch.vgpu)
    yield from support_condition(branch, context.today)


def old_driver(context: HostContext, catalogue: Catalogue) -> tuple[Step, ...]:
    """Return the steps that reinstall the driver which the host had, on a kernel that it works on."""
    if context.build is None:
        return ()
    release = context.release
    file = installer_file(context, context.build, catalogue)
    tree = context.tree_for(context.build, release.branch if release else None)
    shown = release.shown_series if release and context.series_predicts else None
    return (
        say("undo_driver_up_to", build=context.build, series=shown)
        if shown
        else say("undo_driver", build=context.build),
        f"sh ./{file}{dkms_option(context)}{tree_option(context.build, tree)}",
        reboot(context),
    )
