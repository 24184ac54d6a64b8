"""What a record itself knows to do, made fit for one host."""

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

_HOLE = re.compile(r"(?<!\$)\{[a-z_]+\}")


def recorded(context: HostContext, finding: Finding, catalogue: Catalogue) -> Remedy | None:
    """The remedy of a finding's record that fits this host best; None if there is none."""
    ranked = [(rank, one) for one in finding.signature.remedies if (rank := _rank(one, context)) is not None]
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


def told_once(remedies: Sequence[Remedy]) -> list[Remedy]:
    """Remedies of several findings, those with the same steps as one."""
    kept: list[Remedy] = []
    for remedy in remedies:
        place = next((place for place, twin in enumerate(kept) if twin.steps == remedy.steps), None)
        if place is None:
            kept.append(remedy)
        else:
            kept[place] = replace(kept[place], cures=kept[place].cures + remedy.cures)
    return kept


def _safe(finding: Finding) -> dict[str, str]:
    """What the log says, as far as it can stand in a command: names, and no path of the log's choosing."""
    captures = finding.evidence[0].captures if finding.evidence else {}
    return {name: value for name, value in captures.items() if re.fullmatch(r"\w[\w.+:@-]*", value, re.ASCII)}


def _filled(line: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        if value:
            line = line.replace("{" + name + "}", value)
    return line


def _lines(lines: Sequence[str], values: dict[str, str]) -> tuple[Step, ...]:
    """Lines with their holes filled; a command that keeps a hole becomes a comment, so that nobody runs it as it is."""
    filled = (_filled(line, values) for line in lines)
    return tuple(
        say("text", text=line.removeprefix("# ")) if line.startswith("# ") or _HOLE.search(line) else line
        for line in filled
    )


def _rank(one: RecordedRemedy, context: HostContext) -> tuple[int, int, bool] | None:
    """How well a remedy is meant for this host, by the facts that it asks for; None if one of them does not hold.

    A host that says nothing of its distribution is taken for Debian's kind, but only to choose between equals.
    """
    facts = {
        "distribution": context.distribution or ("pve" if context.on_proxmox else None),
        "flavour": "vgpu-kvm" if context.kind == "host" else "grid" if context.kind == "guest" else "plain",
        "tree": context.tree,
        "tool": context.tool,
        "pve": context.pve.major if context.pve else None,
    }
    known = [facts.get(name) in value.split(",") for name, value in one.when.items() if facts.get(name)]
    if not all(known):
        return None
    presumed = facts["distribution"] or "debian"
    return sum(known), len(known) - len(one.when), presumed in one.when.get("distribution", presumed).split(",")
