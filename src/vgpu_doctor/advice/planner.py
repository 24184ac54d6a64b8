"""Rank what can be done: at most three candidates, each of another kind, the recommended one first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.candidate import Candidate, Disruption
from vgpu_doctor.advice.drivers import vgpu_drivers
from vgpu_doctor.advice.guest_drivers import guest_drivers
from vgpu_doctor.advice.patches import RefusedPatch, patch
from vgpu_doctor.advice.pins import pins
from vgpu_doctor.advice.plain_drivers import plain_drivers
from vgpu_doctor.advice.recorded import merge_duplicates, recorded
from vgpu_doctor.frozen import frozen, replace
from vgpu_doctor.model import Message, Step, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.advice.host_context import HostContext
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.model import Finding, LogFacts, Remedy
    from vgpu_doctor.signatures.index import Library

MAX_CANDIDATES = 3


@frozen
class Plans:
    """The candidates to show, and why a patch is not among them."""

    candidates: tuple[Candidate, ...]
    no_patch: Message | None = None  # why there is no patch, if a driver or kernel has to change

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        return tuple(candidate.remedy for candidate in self.candidates)


def plans(
    context: HostContext,
    findings: Sequence[Finding],
    facts: LogFacts,
    catalogue: Catalogue,
    library: Library,
) -> Plans:
    """Return the best candidates, each for all findings; one that leaves a finding says so.

    Commands that cure a finding come first in each candidate. Candidates are ordered by disruption: a release of the
    host's branch that is known to work, a patch, another branch, an older kernel; a branch without support comes last.
    """
    done = [(finding, recorded(context, finding, catalogue)) for finding in findings]
    commands = [(finding, remedy) for finding, remedy in done if remedy is not None]
    changes = [finding for finding, remedy in done if remedy is None and _is_change(finding)]
    helpless = tuple(finding.id for finding, remedy in done if remedy is None and not _is_change(finding))
    candidates, no_patch = _changing(context, changes, facts, catalogue, library) if changes else ([], None)
    if not candidates:
        return Plans(tuple(_commands_alone(commands, findings)), no_patch)
    whole = [
        _with_commands(commands, replace(candidate, leaves=(*candidate.leaves, *helpless)), catalogue)
        for candidate in candidates
    ]
    whole.sort(key=lambda candidate: (bool(candidate.leaves), candidate.disruption))
    return Plans(tuple(_chosen(whole)), no_patch)


def _is_change(finding: Finding) -> bool:
    """Tell whether another driver, a patch or another kernel can cure it."""
    signature = finding.signature
    return bool(signature.kernel or signature.fixed_in or signature.edits)


def _changing(
    context: HostContext,
    findings: Sequence[Finding],
    facts: LogFacts,
    catalogue: Catalogue,
    library: Library,
) -> tuple[list[Candidate], Message | None]:
    causes = [finding.signature for finding in findings]
    find = {"host": vgpu_drivers, "guest": guest_drivers, "plain": plain_drivers}[context.kind]
    candidates = list(find(context, causes, catalogue))
    of_kernel = [cause for cause in causes if cause.kernel]
    if not candidates and 0 < len(of_kernel) < len(causes):
        rest = tuple(cause.id for cause in causes if not cause.kernel)
        candidates = [replace(candidate, leaves=rest) for candidate in find(context, of_kernel, catalogue)]
    patched = patch(context, findings, facts, catalogue, library)
    if isinstance(patched, Candidate):
        candidates.append(patched)
    candidates += pins(context, causes, catalogue)
    return candidates, patched.reason if isinstance(patched, RefusedPatch) else None


def _with_commands(commands: Sequence[tuple[Finding, Remedy]], candidate: Candidate, catalogue: Catalogue) -> Candidate:
    """Put the commands that cure other findings first, unless its driver cures these too; say what it leaves."""
    cured = [
        finding
        for finding, _ in commands
        if candidate.remedy.build and catalogue.has_fix(candidate.remedy.build, finding.signature.fixed_in)
    ]
    first = merge_duplicates([remedy for finding, remedy in commands if finding not in cured])
    steps: list[Step] = [step for remedy in first for step in (say("do_first", title=remedy.title), *remedy.steps)]
    cures = [
        *(name for remedy in first for name in remedy.cures),
        *candidate.remedy.cures,
        *(finding.id for finding in cured),
    ]
    conditions = list(candidate.remedy.unless)
    if candidate.leaves:
        conditions.insert(0, say("leaves", ids=", ".join(candidate.leaves)))
    remedy = replace(
        candidate.remedy,
        steps=(*steps, *candidate.remedy.steps),
        cures=tuple(dict.fromkeys(cures)),
        unless=tuple(conditions),
        undo=(*candidate.remedy.undo, *(step for remedy in reversed(first) for step in remedy.undo)),
    )
    return replace(candidate, remedy=remedy)


def _commands_alone(commands: Sequence[tuple[Finding, Remedy]], findings: Sequence[Finding]) -> list[Candidate]:
    """Return the remedies of a case that commands cure; each says which findings it leaves to the others."""
    distinct = merge_duplicates([remedy for _, remedy in commands])
    return [
        Candidate(
            replace(remedy, unless=(say("leaves", ids=", ".join(left)),)) if left else remedy,
            Disruption.COMMAND,
            leaves=left,
        )
        for remedy in distinct
        for left in [tuple(finding.id for finding in findings if finding.id not in remedy.cures)]
    ]


def _chosen(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the first of each kind; an older kernel keeps a place, since that can always be tried."""
    kinds: dict[Disruption, Candidate] = {}
    for candidate in candidates:
        kinds.setdefault(candidate.disruption, candidate)
    found = list(kinds.values())
    older = [candidate for candidate in found if candidate.disruption is Disruption.OLDER_KERNEL]
    if older and older[0] not in found[:MAX_CANDIDATES]:
        return [*found[: MAX_CANDIDATES - 1], *older]
    return found[:MAX_CANDIDATES]
