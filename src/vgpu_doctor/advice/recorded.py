"""Remedies that a record brings itself, filled in for one host."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.advice.steps import headers_of
from vgpu_doctor.frozen import replace
from vgpu_doctor.model import Remedy, Step, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.advice.host_context import HostContext
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.model import Finding, RecordedRemedy

_PLACEHOLDER = re.compile(r"(?<!\$)\{[a-z_]+\}")


def recorded(context: HostContext, finding: Finding, catalogue: Catalogue) -> Remedy | None:
    """Return the remedy of a finding's record that fits this host best; None if there is none."""
    ranked = [(rank, remedy) for remedy in finding.signature.remedies if (rank := _rank(remedy, context)) is not None]
    if not ranked:
        return None
    chosen = max(ranked, key=lambda pair: pair[0])[1]
    values = {
        "kernel": context.kernel or "$(uname -r)",
        "headers_package": headers_of(context, catalogue) or "",
        "driver": context.build or "",
        **_safe(finding),
    }
    return Remedy(
        kind="command",
        title=say("text", text={language: _filled(text, values) for language, text in chosen.title.items()}),
        steps=_lines(chosen.steps, values),
        cures=(finding.id,),
        proof="confirmed" if finding.signature.proof.confirmed else "reasoned",
        undo=_lines(chosen.undo, values),
        check=_lines(chosen.check, values),
    )


def merge_duplicates(remedies: Sequence[Remedy]) -> list[Remedy]:
    """Merge remedies that have the same steps into one that cures all their findings."""
    kept: list[Remedy] = []
    for remedy in remedies:
        place = next((place for place, twin in enumerate(kept) if twin.steps == remedy.steps), None)
        if place is None:
            kept.append(remedy)
        else:
            kept[place] = replace(kept[place], cures=kept[place].cures + remedy.cures)
    return kept


def _safe(finding: Finding) -> dict[str, str]:
    """Return what the log names and a command may contain: plain names, never a path or shell syntax."""
    captures = finding.evidence[0].captures if finding.evidence else {}
    return {name: value for name, value in captures.items() if re.fullmatch(r"\w[\w.+:@-]*", value, re.ASCII)}


def _filled(line: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        if value:
            line = line.replace("{" + name + "}", value)
    return line


def _lines(lines: Sequence[str], values: dict[str, str]) -> tuple[Step, ...]:
    """Fill placeholders; a command that keeps one becomes a sentence, so that nobody runs it as it stands."""
    filled = (_filled(line, values) for line in lines)
    return tuple(
        say("text", text=line.removeprefix("# ")) if line.startswith("# ") or _PLACEHOLDER.search(line) else line
        for line in filled
    )


def _rank(remedy: RecordedRemedy, context: HostContext) -> tuple[int, int, bool] | None:
    """Return how well a remedy fits this host, more being better; None if a fact that it asks for does not hold.

    A host of unknown distribution counts as Debian, but only to choose between equals.
    """
    facts = {
        "distribution": context.distribution or ("pve" if context.on_proxmox else None),
        "flavour": "vgpu-kvm" if context.kind == "host" else "grid" if context.kind == "guest" else "plain",
        "tree": context.tree,
        "tool": context.tool,
        "pve": context.pve.major if context.pve else None,
    }
    known = [facts.get(name) in value.split(",") for name, value in remedy.when.items() if facts.get(name)]
    if not all(known):
        return None
    presumed = facts["distribution"] or "debian"
    return sum(known), len(known) - len(remedy.when), presumed in remedy.when.get("distribution", presumed).split(",")
