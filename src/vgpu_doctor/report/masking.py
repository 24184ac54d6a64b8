"""Mask a report for strangers: placeholders replace names, addresses and keys of the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.frozen import replace
from vgpu_doctor.model import Message
from vgpu_doctor.report.private import Mask

if TYPE_CHECKING:
    from vgpu_doctor.model import Diagnosis, Diagnostic, Finding, LogFacts, Note, Place
    from vgpu_doctor.report.rendering import RenderedRemedy, RenderedReport, RenderedStep


def mask_report(report: RenderedReport) -> RenderedReport:
    """Return the report with everything masked that comes from the log or is a file name of the user's.

    One value has one placeholder in the whole report. Patches stay as they are: they quote the driver's own source,
    and must apply.
    """
    mask = Mask()
    diagnosis = report.diagnosis
    return replace(
        report,
        facts=_facts(report.facts, mask),
        diagnosis=_diagnosis(diagnosis, mask),
        remedies=tuple(_remedy(remedy, mask) for remedy in report.remedies),
        notes=tuple(replace(note, text=mask.text(note.text)) for note in report.notes),
        headline=mask.text(report.headline),
        summary=tuple(map(mask.text, report.summary)),
    )


def _diagnosis(diagnosis: Diagnosis, mask: Mask) -> Diagnosis:
    return replace(
        diagnosis,
        facts=tuple(_facts(facts, mask) for facts in diagnosis.facts),
        findings=tuple(_finding(finding, mask) for finding in diagnosis.findings),
        unrecognised=tuple(_diagnostic(diagnostic, mask) for diagnostic in diagnosis.unrecognised),
        others=tuple(_diagnosis(other, mask) for other in diagnosis.others),
    )


def _facts(facts: LogFacts, mask: Mask) -> LogFacts:
    return replace(
        facts,
        log=mask.text(facts.log),
        distribution=_optional(facts.distribution, mask),
        compiler=_optional(facts.compiler, mask),
    )


def _finding(finding: Finding, mask: Mask) -> Finding:
    return replace(
        finding,
        signature=replace(finding.signature, origin=mask.text(finding.signature.origin)),
        evidence=tuple(_diagnostic(diagnostic, mask) for diagnostic in finding.evidence),
        basis=_message(finding.basis, mask) if finding.basis else None,
    )


def _diagnostic(diagnostic: Diagnostic, mask: Mask) -> Diagnostic:
    return replace(
        diagnostic,
        message=mask.text(diagnostic.message),
        captures={name: mask.text(value) for name, value in diagnostic.captures.items()},
        place=_place(diagnostic.place, mask),
        log=mask.text(diagnostic.log),
        function=_optional(diagnostic.function, mask),
        excerpt=tuple(map(mask.text, diagnostic.excerpt)),
        notes=tuple(_note(note, mask) for note in diagnostic.notes),
    )


def _note(note: Note, mask: Mask) -> Note:
    captures = {name: mask.text(value) for name, value in note.captures.items()}
    return replace(note, message=mask.text(note.message), place=_place(note.place, mask), captures=captures)


def _place(place: Place | None, mask: Mask) -> Place | None:
    return replace(place, file=mask.text(place.file)) if place else None


def _remedy(remedy: RenderedRemedy, mask: Mask) -> RenderedRemedy:
    """Mask only user names in paths: the addresses in a remedy are public, and its commands must run."""
    return replace(
        remedy,
        title=mask.paths(remedy.title),
        steps=_steps(remedy.steps, mask),
        undo=_steps(remedy.undo, mask),
        check=_steps(remedy.check, mask),
    )


def _steps(steps: tuple[RenderedStep, ...], mask: Mask) -> tuple[RenderedStep, ...]:
    return tuple(replace(step, text=mask.paths(step.text)) for step in steps)


def _message(message: Message, mask: Mask) -> Message:
    return replace(message, values={name: _value(value, mask) for name, value in message.values.items()})


def _value(value: object, mask: Mask) -> object:
    if isinstance(value, Message):
        return _message(value, mask)
    return mask.text(value) if isinstance(value, str) else value


def _optional(text: str | None, mask: Mask) -> str | None:
    return mask.text(text) if text else text
