"""Ranks what can be done: at most three ways, each of another kind, the recommended one first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.candidate import Disruption, Way
from vgpu_doctor.advice.drivers import vgpu_drivers
from vgpu_doctor.advice.guest_drivers import guest_drivers
from vgpu_doctor.advice.patches import NoPatch, patch
from vgpu_doctor.advice.phrases import say
from vgpu_doctor.advice.pins import pins
from vgpu_doctor.advice.plain_drivers import plain_drivers
from vgpu_doctor.advice.recorded import recorded, told_once
from vgpu_doctor.frozen import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.advice.situation import Situation
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.model import Finding, LogFacts, Remedy
    from vgpu_doctor.signatures.index import Library

MOST_WAYS = 3


@frozen
class Plans:
    """The ways that are shown, and what the reader should know of those that are not."""

    ways: tuple[Way, ...]
    no_patch: str = ""  # why there is no patch, where a driver or kernel has to change

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        return tuple(way.remedy for way in self.ways)


def plans(
    situation: Situation,
    findings: Sequence[Finding],
    facts: LogFacts,
    catalogue: Catalogue,
    library: Library,
    language: str,
) -> Plans:
    """Ways to a working host, each for all findings; one that leaves a finding says so.

    What commands cure comes first in each way. The least disruption goes first: a release of the own branch that was
    shown to work, a patch, another branch, an older kernel; a branch without support comes last.
    """
    done = [(finding, recorded(situation, finding, catalogue, language)) for finding in findings]
    commands = [(finding, remedy) for finding, remedy in done if remedy is not None]
    changes = [finding for finding, remedy in done if remedy is None and _is_change(finding)]
    helpless = tuple(finding.id for finding, remedy in done if remedy is None and not _is_change(finding))
    ways, no_patch = _changing(situation, changes, facts, catalogue, library, language) if changes else ([], "")
    if not ways:
        return Plans(tuple(_commands_alone(commands, findings, language)), no_patch)
    whole = [_behind(commands, replace(way, leaves=(*way.leaves, *helpless)), catalogue, language) for way in ways]
    whole.sort(key=lambda way: (bool(way.leaves), way.disruption))
    return Plans(tuple(_chosen(whole)), no_patch)


def _is_change(finding: Finding) -> bool:
    """Whether another driver, a patch or another kernel can cure it."""
    signature = finding.signature
    return bool(signature.kernel or signature.fixed_in or signature.edits)


def _changing(
    situation: Situation,
    findings: Sequence[Finding],
    facts: LogFacts,
    catalogue: Catalogue,
    library: Library,
    language: str,
) -> tuple[list[Way], str]:
    causes = [finding.signature for finding in findings]
    find = {"host": vgpu_drivers, "guest": guest_drivers, "plain": plain_drivers}[situation.kind]
    ways = list(find(situation, causes, catalogue, language))
    of_kernel = [cause for cause in causes if cause.kernel]
    if not ways and 0 < len(of_kernel) < len(causes):
        rest = tuple(cause.id for cause in causes if not cause.kernel)
        ways = [replace(way, leaves=rest) for way in find(situation, of_kernel, catalogue, language)]
    patched = patch(situation, findings, facts, catalogue, library, language)
    if isinstance(patched, Way):
        ways.append(patched)
    ways += pins(situation, causes, catalogue, language)
    return ways, patched.reason if isinstance(patched, NoPatch) else ""


def _behind(commands: Sequence[tuple[Finding, Remedy]], way: Way, catalogue: Catalogue, language: str) -> Way:
    """A way that begins with what commands cure, unless its driver cures that too, and says what it leaves."""
    cured = [
        finding for finding, _ in commands if way.build and catalogue.has_fix(way.build, finding.signature.fixed_in)
    ]
    first = told_once([remedy for finding, remedy in commands if finding not in cured])
    steps = [line for one in first for line in (say(language, "before", title=one.title), *one.steps)]
    cures = [*(name for one in first for name in one.cures), *way.remedy.cures, *(finding.id for finding in cured)]
    conditions = [way.remedy.unless] if way.remedy.unless else []
    if way.leaves:
        conditions.insert(0, say(language, "leaves", ids=", ".join(way.leaves)))
    remedy = replace(
        way.remedy,
        steps=(*steps, *way.remedy.steps),
        cures=tuple(dict.fromkeys(cures)),
        unless="; ".join(conditions) or None,
        undo=(*way.remedy.undo, *(line for one in reversed(first) for line in one.undo)),
    )
    return replace(way, remedy=remedy)


def _commands_alone(
    commands: Sequence[tuple[Finding, Remedy]], findings: Sequence[Finding], language: str
) -> list[Way]:
    """Commands where nothing else is to change: all of them belong together, so each says what it leaves."""
    told = told_once([remedy for _, remedy in commands])
    return [
        Way(
            replace(one, unless=say(language, "leaves", ids=", ".join(left))) if left else one,
            Disruption.COMMAND,
            leaves=left,
        )
        for one in told
        for left in [tuple(finding.id for finding in findings if finding.id not in one.cures)]
    ]


def _chosen(ways: Sequence[Way]) -> list[Way]:
    """The first of each kind, with a place kept for an older kernel: that one always can be tried."""
    kinds: dict[Disruption, Way] = {}
    for way in ways:
        kinds.setdefault(way.disruption, way)
    found = list(kinds.values())
    older = [way for way in found if way.disruption is Disruption.OLDER_KERNEL]
    if older and older[0] not in found[:MOST_WAYS]:
        return [*found[: MOST_WAYS - 1], *older]
    return found[:MOST_WAYS]
