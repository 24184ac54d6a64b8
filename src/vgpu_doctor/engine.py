"""Logs in, diagnosis out, without terminal, network or other programs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from vgpu_doctor.diagnosis import Diagnoser
from vgpu_doctor.frozen import replace
from vgpu_doctor.grammar.diagnostics import diagnostics
from vgpu_doctor.grammar.installs import Install, installs_of
from vgpu_doctor.grammar.log_facts import FactCollector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vgpu_doctor.intake.decode import Block
    from vgpu_doctor.model import Diagnosis, LogFacts
    from vgpu_doctor.signatures.index import Library


def diagnose(logs: Iterable[tuple[str, Iterable[Block]]], library: Library) -> Diagnosis:
    """Diagnose the logs of one host together; each comes with the name that the report shows.

    If they are from several installs (another driver, another kernel), each is diagnosed alone. The answer is the
    last one that failed for a known reason; the others are added to it.
    """
    installs = [Install()]
    cases: dict[Install, tuple[Diagnoser, list[LogFacts]]] = {}
    for name, blocks in logs:
        for install, pieces in groupby(installs_of(blocks, installs), key=lambda piece: piece[0]):
            diagnoser, facts = cases.setdefault(install, (Diagnoser(library), []))
            collector = FactCollector(name)
            for diagnostic in diagnostics(_counted(pieces, collector), name, collector):
                diagnoser.add(diagnostic)
            facts.append(collector.facts())
    found = [
        diagnoser.diagnosis(facts) for diagnoser, facts in (cases[install] for install in installs if install in cases)
    ]
    if not found:
        return Diagnoser(library).diagnosis(())
    main = max(range(len(found)), key=lambda index: (*_weight(found[index]), index))
    return replace(found[main], others=tuple(found[:main] + found[main + 1 :])) if len(found) > 1 else found[main]


def _counted(pieces: Iterable[tuple[Install, Block]], collector: FactCollector) -> Iterator[Block]:
    for number, (_, block) in enumerate(pieces):
        if not number:
            collector.begins_at(block.number_of(0))
        yield block


def _weight(diagnosis: Diagnosis) -> tuple[bool, bool]:
    failed = any(facts.outcome == "failed" for facts in diagnosis.facts)
    known = bool(diagnosis.findings)
    return failed and known, failed or known
