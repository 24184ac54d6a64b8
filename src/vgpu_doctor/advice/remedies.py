"""Single things to do: another driver, a patch, another kernel, commands."""

from __future__ import annotations

from collections.abc import Sequence

from vgpu_doctor.advice.phrases import say
from vgpu_doctor.advice.situation import Situation
from vgpu_doctor.advice.steps import build_tools, check_host, pin_elsewhere, pin_on_proxmox, tree_option
from vgpu_doctor.advice.table import answer, open_changes
from vgpu_doctor.knowledge.catalogue import Catalogue
from vgpu_doctor.knowledge.catalogue_entries import VgpuRelease
from vgpu_doctor.knowledge.library import Library
from vgpu_doctor.knowledge.versions import driver_branch, driver_numbers, series_numbers
from vgpu_doctor.model import Finding, LogFacts, ProofLevel, RecordedRemedy, Remedy, Signature

NEWEST_PVE = "9"


def vgpu_drivers(
    situation: Situation, causes: Sequence[Signature], catalogue: Catalogue, language: str
) -> tuple[list[Remedy], list[Remedy]]:
    """Host releases that cure the causes: the newest fit one of the own branch, and the best of another."""
    if situation.series is None or situation.branch is None:
        return [], []
    fit: dict[int, VgpuRelease] = {}
    for release in sorted(catalogue.releases, key=lambda release: release.numbers):
        verdict = answer(catalogue, release, situation.series, situation.gpu)
        fixes = [catalogue.has_fix(release.host, cause.fixed_in) for cause in causes]
        if verdict.works and False not in fixes and release.host != situation.build:
            fit[release.branch] = release
    current = situation.branch.vgpu
    own = fit.pop(current, None)
    alive = [
        one for one in fit.values() if (branch := catalogue.branch(one.host)) and branch.end_of_life >= situation.today
    ]
    # a long-term branch keeps the host longer on one branch than the newest one
    alive.sort(key=lambda one: (one.branch < current, _kind(catalogue, one) != "long-term", one.numbers))
    return (
        [_vgpu_driver(own, situation, causes, catalogue, language, "driver_vgpu")] if own else [],
        [_vgpu_driver(one, situation, causes, catalogue, language, "driver_other_branch") for one in alive[:1]],
    )


def _kind(catalogue: Catalogue, release: VgpuRelease) -> str:
    branch = catalogue.branch(release.host)
    return branch.kind if branch else ""


def _vgpu_driver(
    release: VgpuRelease,
    situation: Situation,
    causes: Sequence[Signature],
    catalogue: Catalogue,
    language: str,
    key: str,
) -> Remedy:
    series = situation.series or ""
    branch = catalogue.branch(release.host)
    file = catalogue.package_file(release.host)
    verdict = answer(catalogue, release, series, situation.gpu)
    steps = [
        say(language, "fetch_vgpu", release=release.release, file=file),
        say(language, "tools"),
        build_tools(situation, catalogue),
        say(language, "stop_vms"),
        f"sh ./{file} --dkms{tree_option(release.host, situation, release.branch)}",
        say(language, "reboot"),
    ]
    if branch and situation.branch and branch.vgpu != situation.branch.vgpu:
        steps.append(say(language, "guests", guests=", ".join(str(guest) for guest in branch.guests)))
    unless = []
    moves = branch is not None and situation.branch is not None and branch.vgpu != situation.branch.vgpu
    if situation.gpu is None and branch and moves:
        dropped = [one.title for one in catalogue.generations if one.first_vgpu and not one.has_branch(branch.vgpu)]
        if dropped:
            unless.append(say(language, "gpu_condition", generations=", ".join(dropped), branch=branch.vgpu))
    if branch and branch.end_of_life < situation.today:
        unless.append(say(language, "ended", branch=branch.vgpu, month=branch.end_of_life))
    shown = verdict.basis == "shown"
    return Remedy(
        kind="driver",
        title=say(language, key, release=release.release, build=release.host, branch=release.branch, series=series),
        steps=tuple(steps),
        cures=tuple(cause.id for cause in causes),
        proof="confirmed" if shown else "reasoned",
        proof_detail=say(language, "shown", series=release.shown_series, confidence=verdict.confidence)
        if shown
        else say(language, "not_shown"),
        unless="; ".join(unless) or None,
        undo=(f"sh ./{file} --uninstall",),
        check=check_host(situation, catalogue, release.branch),
    )


def plain_drivers(
    situation: Situation, causes: Sequence[Signature], catalogue: Catalogue, language: str
) -> tuple[list[Remedy], list[Remedy]]:
    """For plain and guest drivers: the first build of the own branch with every change, else of the next branch."""
    if situation.build is None or not causes:
        return [], []
    own = driver_branch(situation.build)
    for branch in [
        own,
        *sorted({name for cause in causes for name in cause.fixed_in if int(name) > int(own)}, key=int),
    ]:
        builds = [cause.fixed_in.get(branch) for cause in causes]
        known = [build for build in builds if build is not None]
        if any(branch in cause.fixed_in and cause.fixed_in[branch] is None for cause in causes) or not known:
            continue
        if branch == own and len(known) < len(causes):
            continue
        if any(
            build is None and catalogue.has_fix(max(known, key=driver_numbers), cause.fixed_in) is False
            for build, cause in zip(builds, causes, strict=True)
        ):
            continue
        build = max(known, key=driver_numbers)
        key = "driver_plain" if branch == own else "driver_plain_other"
        unless = None
        if branch != own and situation.gpu is None:
            dropped = [
                one.title for one in catalogue.generations if one.last_driver and int(one.last_driver) < int(branch)
            ]
            if dropped:
                unless = say(language, "gpu_condition", generations=", ".join(dropped), branch=branch).replace(
                    "vGPU ", ""
                )
        if (
            branch != own
            and situation.gpu is not None
            and situation.gpu.last_driver
            and int(situation.gpu.last_driver) < int(branch)
        ):
            continue
        remedy = Remedy(
            kind="driver",
            title=say(language, key, build=build, branch=branch, old=own),
            steps=(
                say(language, "fetch_plain", build=build),
                build_tools(situation, catalogue),
                say(language, "reboot"),
            ),
            cures=tuple(cause.id for cause in causes),
            proof="reasoned",
            proof_detail=say(language, "fixed_first", builds=", ".join(dict.fromkeys(known))),
            unless=unless,
            check=("dkms status", "nvidia-smi"),
        )
        return ([remedy], []) if branch == own else ([], [remedy])
    return [], []


def pins(situation: Situation, causes: Sequence[Signature], catalogue: Catalogue, language: str) -> list[Remedy]:
    """The newest kernel before the change on which the driver works and which this host can have."""
    since = min((cause.kernel.since for cause in causes if cause.kernel), key=series_numbers, default=None)
    if since is None:
        return []
    if situation.on_proxmox and situation.release is not None:
        return _proxmox_pin(situation, situation.release, since, causes, catalogue, language)
    if situation.distribution in (None, "pve") or series_numbers(since) < (4, 0):
        return []
    steps, undo = pin_elsewhere(situation, since, language)
    return [
        Remedy(
            kind="pin",
            title=say(language, "pin_other", series=since),
            steps=steps,
            cures=tuple(cause.id for cause in causes),
            proof="reasoned",
            undo=undo,
            check=("uname -r", "dkms status"),
        )
    ]


def _proxmox_pin(
    situation: Situation,
    release: VgpuRelease,
    since: str,
    causes: Sequence[Signature],
    catalogue: Catalogue,
    language: str,
) -> list[Remedy]:
    pve = situation.pve
    majors = [pve.major] if pve else sorted({one.major for one in catalogue.pve_releases}, reverse=True)
    for major in majors:
        newest = catalogue.pve(major)
        for series in sorted(newest.series if newest else (), key=series_numbers, reverse=True):
            kernel = catalogue.newest_kernel(series, major)
            verdict = answer(catalogue, release, series, situation.gpu)
            if kernel is None or series_numbers(series) >= series_numbers(since) or verdict.basis != "shown":
                continue
            steps, undo = pin_on_proxmox(kernel, catalogue, language)
            entry = catalogue.series(series)
            return [
                Remedy(
                    kind="pin",
                    title=say(language, "pin", series=series, kernel=kernel),
                    steps=steps,
                    cures=tuple(cause.id for cause in causes),
                    proof="confirmed",
                    proof_detail=say(language, "pin_shown", build=release.host, series=series),
                    unless=say(language, "pin_unless", series=series, last=entry.last)
                    if entry and entry.last
                    else None,
                    undo=undo,
                    check=("uname -r", *check_host(situation, catalogue, release.branch), say(language, "names")),
                )
            ]
    return []


def patches(
    situation: Situation,
    findings: Sequence[Finding],
    facts: LogFacts,
    catalogue: Catalogue,
    library: Library,
    language: str,
) -> list[Remedy]:
    """The patch that the lines of the log allow, where every cause has edits."""
    from vgpu_doctor.patching.from_log import patch_from_findings

    if situation.build is None or not findings or any(not finding.signature.edits for finding in findings):
        return []
    made = patch_from_findings(findings, facts)
    if not made.text or len(made.cured) < len(findings):
        return []
    shown = {finding.id for finding in findings}
    more = (
        [one for one in open_changes(library, catalogue, situation.build, situation.series) if one.id not in shown]
        if situation.kind == "host" and situation.series
        else []
    )
    if any(not one.edits for one in more):
        return []
    file = (
        catalogue.package_file(situation.build)
        if situation.kind == "host"
        else f"NVIDIA-Linux-x86_64-{situation.build}.run"
    )
    custom = file.removesuffix(".run") + "-custom.run"
    level: ProofLevel = "built" if all(finding.signature.proof.level == "built" for finding in findings) else "reasoned"
    unless = [say(language, "patch_from_log")]
    if more:
        unless.append(say(language, "patch_more", ids=", ".join(one.id for one in more)))
    vgpu = situation.release.branch if situation.release else None
    return [
        Remedy(
            kind="patch",
            title=say(language, "patch", build=situation.build),
            steps=(
                say(language, "patch_save", file=file),
                f"sh ./{file} --apply-patch vgpu-doctor.patch",
                say(language, "tools"),
                build_tools(situation, catalogue),
                say(language, "stop_vms"),
                f"sh ./{custom} --dkms{tree_option(situation.build, situation, vgpu)}",
                say(language, "reboot"),
            ),
            cures=tuple(finding.id for finding in findings),
            proof=level,
            proof_detail=say(language, "patch_built" if level == "built" else "patch_reasoned"),
            unless="; ".join(unless),
            undo=(f"sh ./{custom} --uninstall",),
            check=check_host(situation, catalogue, vgpu),
            patch=made.text,
        )
    ]


def commands(situation: Situation, finding: Finding, catalogue: Catalogue, language: str) -> Remedy | None:
    """What the record itself knows to do on a host like this."""
    fitting = [one for one in finding.signature.remedies if _fits(one, situation)]
    if not fitting:
        return None
    recorded = max(fitting, key=lambda one: len(one.when))
    kernel = situation.kernel or "$(uname -r)"
    default = "proxmox-headers-$(uname -r)" if situation.on_proxmox else "linux-headers-$(uname -r)"
    headers = (catalogue.headers_package(situation.kernel) if situation.kernel else None) or default
    captures = finding.evidence[0].captures if finding.evidence else {}

    def filled(line: str) -> str:
        for name, value in (("kernel", kernel), ("headers_package", headers), ("driver", situation.build or "")):
            line = line.replace("{" + name + "}", value)
        for name, value in captures.items():
            if "{" + name + "}" in line and all(sign.isalnum() or sign in "._+:@%/-" for sign in value):
                line = line.replace("{" + name + "}", value)
        return line

    lines = {part: tuple(filled(line) for line in getattr(recorded, part)) for part in ("steps", "undo", "check")}
    return Remedy(
        kind="command",
        title=recorded.title.get(language, recorded.title["en"]),
        steps=lines["steps"],
        cures=(finding.id,),
        proof="confirmed" if finding.signature.proof.level != "reasoned" else "reasoned",
        undo=lines["undo"],
        check=lines["check"],
    )


def _fits(recorded: RecordedRemedy, situation: Situation) -> bool:
    facts = {
        "distribution": situation.distribution or ("pve" if situation.on_proxmox else None),
        "flavour": "vgpu-kvm" if situation.kind == "host" else "grid" if situation.kind == "guest" else "plain",
        "tree": situation.tree,
        "pve": situation.pve.major if situation.pve else None,
    }
    return all(facts.get(name) is None or facts[name] in value.split(",") for name, value in recorded.when.items())
