"""A patch for the driver that the host has, offered only if it covers everything that the kernel asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.candidate import Candidate, Disruption
from vgpu_doctor.advice.drivers import old_driver
from vgpu_doctor.advice.steps import check_driver, install, installer_file
from vgpu_doctor.compat.release_table import open_changes
from vgpu_doctor.frozen import frozen
from vgpu_doctor.model import Message, Remedy, Step, say
from vgpu_doctor.versions import guard_allows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.advice.host_context import HostContext
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.model import Finding, LogFacts, ProofLevel, Signature
    from vgpu_doctor.signatures.index import Library

PATCH_FILE = "vgpu-doctor.patch"
MAX_CHANGES = 4  # no driver is known to run with a public patch for more


@frozen
class RefusedPatch:
    """The user-facing reason why no patch is offered, if there is one."""

    reason: Message | None


def patch(
    context: HostContext,
    findings: Sequence[Finding],
    facts: LogFacts,
    catalogue: Catalogue,
    library: Library,
) -> Candidate | RefusedPatch:
    """Return a patch for the findings and for every other change that the driver lacks on this kernel.

    If the lines that the log quotes are all it takes, the remedy carries the patch itself; otherwise its steps make
    the patch from the driver's source.
    """
    causes = [finding.signature for finding in findings]
    without = [cause.id for cause in causes if not cause.edits]
    if context.build is None or without:
        return RefusedPatch(say("no_patch_edits", ids=", ".join(without)) if without else None)
    if context.packaged:
        return RefusedPatch(say("no_patch_packaged"))
    idle = [cause.id for cause in causes if not _takes_effect(cause, context.kernel or context.series)]
    if idle or not context.series_predicts:
        names = ", ".join(idle or [cause.id for cause in causes])
        return RefusedPatch(say("no_patch_guard", ids=names, kernel=context.kernel))
    more = _more(context, causes, catalogue, library)
    unpatchable = [change.id for change in more if not change.edits or not _takes_effect(change, context.series)]
    if unpatchable:
        return RefusedPatch(
            say(
                "no_patch_open",
                build=context.build,
                series=context.series,
                ids=", ".join(unpatchable),
            )
        )
    if len(causes) + len(more) > MAX_CHANGES:
        names = ", ".join([*(cause.id for cause in causes), *(change.id for change in more)])
        return RefusedPatch(say("no_patch_many", build=context.build, series=context.series, ids=names))
    return _candidate(context, findings, more, facts, catalogue)


def _takes_effect(cause: Signature, kernel: str | None) -> bool:
    """Tell whether an edit changes anything on this kernel; its guard keeps the old text for all others."""
    return kernel is None or any(edit.guard is None or guard_allows(edit.guard, kernel) for edit in cause.edits)


def _more(context: HostContext, causes: Sequence[Signature], catalogue: Catalogue, library: Library) -> list[Signature]:
    """Return changes that the driver lacks, and whose errors the log does not show."""
    if context.build is None or context.series is None:
        return []
    release = context.release
    tree = context.tree_for(context.build, release.branch if release else None)
    shown = {cause.id for cause in causes}
    found = open_changes(library, catalogue, context.build, context.series, tree, host=context.kind == "host")
    return [change for change in found if change.id not in shown]


def _weakest(signatures: Sequence[Signature]) -> ProofLevel:
    """Return the proof of the whole patch, which is that of its least proved edit."""
    levels = {signature.proof.level for signature in signatures}
    return "reasoned" if "reasoned" in levels else "confirmed" if "confirmed" in levels else "built"


def _candidate(
    context: HostContext,
    findings: Sequence[Finding],
    more: Sequence[Signature],
    facts: LogFacts,
    catalogue: Catalogue,
) -> Candidate:
    from vgpu_doctor.patching.from_log import patch_from_findings

    build = context.build or ""
    file = installer_file(context, build, catalogue)
    made = patch_from_findings(findings, facts)
    quoted = bool(made.text) and len(made.cured) == len(findings)
    vgpu = context.release.branch if context.release else None
    level = _weakest([*(finding.signature for finding in findings), *more])
    kernel = context.kernel or "$(uname -r)"
    if more or not quoted:
        steps: list[Step] = [
            say("patch_from_source", file=file),
            f"vgpu-doctor patch --run {file} --for-kernel {kernel} -o {PATCH_FILE}",
        ]
        if more:
            steps.insert(1, say("patch_more", ids=", ".join(change.id for change in more)))
        if more and quoted:
            steps.append(say("patch_save_part", ids=", ".join(change.id for change in more)))
    else:
        steps = [say("patch_save", file=file)]
    custom = file.removesuffix(".run") + "-custom.run"
    remedy = Remedy(
        kind="patch",
        title=say("patch_tree" if facts.tree else "patch_driver", build=build, tree=facts.tree),
        steps=(
            *steps,
            f"sh ./{file} --apply-patch {PATCH_FILE}",
            *install(context, build, vgpu, catalogue, custom=True),
        ),
        cures=tuple(finding.id for finding in findings),
        proof=level,
        proof_detail=say(f"patch_{level}"),
        unless=(say("patch_condition", build=build),),
        undo=(f"sh ./{custom} --uninstall", *old_driver(context, catalogue)),
        check=check_driver(context, catalogue, vgpu),
        patch=made.text if quoted else None,
    )
    return Candidate(remedy, Disruption.PATCH)
