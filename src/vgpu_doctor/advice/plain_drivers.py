"""Another driver for a machine without a vGPU host: the plain driver, from packages or as a .run file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.candidate import Candidate, Disruption
from vgpu_doctor.advice.drivers import old_driver
from vgpu_doctor.advice.steps import build_tools, check_driver, install, package_manager, reboot
from vgpu_doctor.frozen import replace
from vgpu_doctor.model import Joined, Remedy, Step, say
from vgpu_doctor.versions import driver_branch, driver_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vgpu_doctor.advice.host_context import HostContext
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import PlainBranch
    from vgpu_doctor.model import Signature

KEPT_BRANCHES = ("long-term", "production")
PACKAGE_UPGRADES = {
    "apt": ("apt update", "apt install -y --only-upgrade nvidia-driver nvidia-kernel-dkms"),
    "ubuntu": ("apt update", "ubuntu-drivers install"),
    "dnf": ("dnf upgrade -y --refresh '*nvidia*'",),
    "pacman": ("pacman -Syu --noconfirm",),
    "zypper": ("zypper --non-interactive refresh", "zypper --non-interactive update '*nvidia*'"),
}
"""Commands that install the newest driver which a distribution has."""


def plain_drivers(context: HostContext, causes: Sequence[Signature], catalogue: Catalogue) -> Iterator[Candidate]:
    """Yield the first build of the own branch that has every change, and the first of another branch."""
    if context.build is None:
        return
    own = driver_branch(context.build)
    found = {
        branch.branch: build for branch in catalogue.plain_branches if (build := _first(branch, causes, catalogue))
    }
    if context.packaged:
        yield from _packaged(found, own, context, causes, catalogue)
        return
    if build := found.pop(own, None):
        yield _candidate(build, context, causes, catalogue, Disruption.OWN_BRANCH)
    fit = _later(found, own, context, catalogue)
    if supported := [branch for branch in fit if _is_supported(branch, context.today)]:
        yield _candidate(found[supported[0].branch], context, causes, catalogue, Disruption.OTHER_BRANCH)
    elif fit and own not in found:
        yield _candidate(found[fit[0].branch], context, causes, catalogue, Disruption.ENDED_BRANCH)


def _packaged(
    found: Mapping[str, str],
    own: str,
    context: HostContext,
    causes: Sequence[Signature],
    catalogue: Catalogue,
) -> Iterator[Candidate]:
    """Yield one candidate for all branches, since only the package tool knows which of them the distribution has."""
    later = _later(found, own, context, catalogue)
    supported = [branch.branch for branch in later if _is_supported(branch, context.today)]
    branches = ([own] if own in found else []) + (supported or [branch.branch for branch in later])[:1]
    if not branches:
        return
    builds = Joined(tuple(found[branch] for branch in branches), say("or"))
    candidate = _candidate(found[branches[0]], context, causes, catalogue, Disruption.OWN_BRANCH)
    steps = [
        *build_tools(context, catalogue),
        say("packages"),
        *_upgrades(context),
        say("packages_enough", builds=builds),
        reboot(context),
    ]
    remedy = replace(
        candidate.remedy,
        title=say("driver_packaged", builds=builds),
        proof_detail=say("fixed_first", build=builds),
        steps=tuple(steps),
        unless=candidate.remedy.unless if branches[0] != own else (),
    )
    yield replace(candidate, remedy=remedy)


def _later(found: Mapping[str, str], own: str, context: HostContext, catalogue: Catalogue) -> list[PlainBranch]:
    """Return newer branches that have every change and the card, those with long support first."""
    later = [branch for branch in catalogue.plain_branches if branch.branch in found and int(branch.branch) > int(own)]
    fit = [branch for branch in later if _has_gpu(context, branch.branch)]
    return sorted(
        fit,
        key=lambda branch: (branch.kind not in KEPT_BRANCHES, branch.kind != "long-term", int(branch.branch)),
    )


def _is_supported(branch: PlainBranch, today: str) -> bool:
    return branch.kind in KEPT_BRANCHES and (branch.end_of_life is None or branch.end_of_life >= today)


def _first(branch: PlainBranch, causes: Sequence[Signature], catalogue: Catalogue) -> str | None:
    """Return the oldest build of a branch that has every change; builds before its first host build are previews."""
    hosts = [driver_numbers(release.host)[:2] for release in catalogue.releases_in(branch.branch)]
    for build in branch.builds:
        preview = build in branch.betas or driver_numbers(build)[:2] < min(hosts, default=(0, 0))
        if not preview and all(catalogue.has_fix(build, cause.fixed_in) for cause in causes):
            return build
    return None


def _has_gpu(context: HostContext, branch: str) -> bool:
    gpu = context.gpu
    return gpu is None or gpu.last_driver is None or int(gpu.last_driver) >= int(branch)


def _candidate(
    build: str,
    context: HostContext,
    causes: Sequence[Signature],
    catalogue: Catalogue,
    disruption: Disruption,
) -> Candidate:
    branch = driver_branch(build)
    own = driver_branch(context.build or build)
    conditions = []
    if branch != own and context.gpu is None:
        dropped = [
            generation.title
            for generation in catalogue.generations
            if generation.last_driver and int(generation.last_driver) < int(branch)
        ]
        if dropped:
            conditions.append(say("gpu_condition_plain", cards=", ".join(dropped), branch=branch))
    plain = catalogue.plain_branch(build)
    if plain and plain.end_of_life and plain.end_of_life < context.today:
        conditions.append(say("ended_plain", branch=branch, month=plain.end_of_life))
    remedy = Remedy(
        kind="driver",
        title=say("driver_plain" if branch == own else "driver_plain_other", build=build, branch=branch),
        steps=(
            say("fetch_plain", build=build),
            *install(context, build, None, catalogue),
        ),
        cures=tuple(cause.id for cause in causes),
        proof="reasoned",
        proof_detail=say("fixed_first", build=build),
        unless=tuple(conditions),
        undo=tuple(_undo(context, catalogue)),
        check=check_driver(context, catalogue, None),
        build=build,
    )
    return Candidate(remedy, disruption)


def _upgrades(context: HostContext) -> tuple[str, ...]:
    manager = package_manager(context) or ""
    return PACKAGE_UPGRADES.get(context.distribution or "", PACKAGE_UPGRADES.get(manager, ()))


def _undo(context: HostContext, catalogue: Catalogue) -> list[Step]:
    if not context.packaged:
        return list(old_driver(context, catalogue))
    match package_manager(context):
        case "apt":
            return [say("undo_packages"), "grep -h nvidia /var/log/apt/history.log"]
        case "dnf":
            return ["dnf history undo -y last"]
        case "pacman":
            return [say("undo_packages"), "grep nvidia /var/log/pacman.log"]
        case _:
            return [say("undo_packages"), "rpm -qa --last '*nvidia*'"]
