"""Ranks what can be done: at most three ways, each of another kind, each for all findings at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vgpu_doctor.advice import remedies
from vgpu_doctor.advice.phrases import say
from vgpu_doctor.advice.situation import Situation
from vgpu_doctor.knowledge.catalogue import Catalogue
from vgpu_doctor.knowledge.library import Library
from vgpu_doctor.model import Finding, LogFacts, Remedy

MOST_PLANS = 3


def plans(
    situation: Situation,
    findings: Sequence[Finding],
    facts: LogFacts,
    catalogue: Catalogue,
    library: Library,
    language: str,
) -> tuple[Remedy, ...]:
    """Ways to a working host, the recommended one first.

    A release that NVIDIA fixed and somebody ran goes before a patch, a patch before another driver branch, and all of
    them before an older kernel; what commands cure is done first in each way.
    """
    by_change = [finding for finding in findings if finding.signature.kernel and not finding.signature.remedies]
    by_command = [finding for finding in findings if finding not in by_change]
    done = [(finding, remedies.commands(situation, finding, catalogue, language)) for finding in by_command]
    first = [remedy for _, remedy in done if remedy is not None]
    if not by_change:
        return tuple(_without_repeats(first))
    causes = [finding.signature for finding in by_change]
    find_drivers = remedies.vgpu_drivers if situation.releases else remedies.plain_drivers
    own_branch, other_branch = find_drivers(situation, causes, catalogue, language)
    patched = remedies.patches(situation, by_change, facts, catalogue, library, language)
    pinned = remedies.pins(situation, causes, catalogue, language)
    ranked = own_branch + patched + other_branch + pinned
    chosen: list[Remedy] = []
    for remedy in ranked:
        if len(chosen) < MOST_PLANS and (remedy.kind == "pin" or not _full(chosen, ranked)):
            chosen.append(remedy)
    return tuple(_behind(first, remedy, language) for remedy in chosen) or tuple(_without_repeats(first))


def _full(chosen: Sequence[Remedy], ranked: Sequence[Remedy]) -> bool:
    """Whether only the place for a pin is left: going back to an older kernel is always one of the ways shown."""
    return len(chosen) == MOST_PLANS - 1 and any(remedy.kind == "pin" for remedy in ranked)


def _behind(first: Sequence[Remedy], remedy: Remedy, language: str) -> Remedy:
    """A way that begins with what commands cure."""
    if not first:
        return remedy
    steps = [line for one in first for line in (say(language, "before", title=one.title), *one.steps)]
    cures = tuple(dict.fromkeys((*(name for one in first for name in one.cures), *remedy.cures)))
    return replace(remedy, steps=(*steps, *remedy.steps), cures=cures)


def _without_repeats(found: Sequence[Remedy]) -> list[Remedy]:
    """Remedies of several findings, with those that are the same told once."""
    kept: dict[tuple[str, ...], Remedy] = {}
    for remedy in found:
        twin = kept.get(remedy.steps)
        kept[remedy.steps] = replace(twin, cures=twin.cures + remedy.cures) if twin else remedy
    return list(kept.values())
