"""Logs in, diagnosis out: the way through the rooms, without terminal, network or other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.diagnosis import Diagnoser
from vgpu_doctor.grammar.diagnostics import diagnostics
from vgpu_doctor.grammar.facts import FactCollector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vgpu_doctor.intake.cleaning import Block
    from vgpu_doctor.knowledge.library import Library
    from vgpu_doctor.model import Diagnosis


def diagnose(logs: Iterable[tuple[str, Iterable[Block]]], library: Library) -> Diagnosis:
    """What the logs of one host say together; each log comes with the name that the report shows."""
    diagnoser = Diagnoser(library)
    facts = []
    for name, blocks in logs:
        collector = FactCollector(name)
        for diagnostic in diagnostics(blocks, name, collector):
            diagnoser.add(diagnostic)
        facts.append(collector.facts())
    return diagnoser.diagnosis(facts)
