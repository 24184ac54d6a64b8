"""A report in one language: here, and nowhere before, the messages of an answer become sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen
from vgpu_doctor.messages import render
from vgpu_doctor.model import Message

if TYPE_CHECKING:
    from vgpu_doctor.model import Diagnosis, LogFacts, ProofLevel, Remedy, RemedyKind, Report, Step


@frozen
class RenderedStep:
    """A command, or a sentence between commands, in one language."""

    text: str
    runs: bool  # it is a command

    @property
    def line(self) -> str:
        """The step as a line of a shell script, in which a sentence is a comment."""
        return self.text if self.runs else f"# {self.text}"


@frozen
class RenderedRemedy:
    """A :class:`vgpu_doctor.model.Remedy` in one language."""

    kind: RemedyKind
    title: str
    steps: tuple[RenderedStep, ...]
    cures: tuple[str, ...]
    proof: ProofLevel
    proof_detail: str = ""
    unless: str = ""
    undo: tuple[RenderedStep, ...] = ()
    check: tuple[RenderedStep, ...] = ()
    patch: str | None = None
    build: str | None = None
    kernel: str | None = None


@frozen
class RenderedNote:
    """A sentence with the key of its message, which is the same in every language."""

    id: str
    text: str


@frozen
class RenderedReport:
    """Everything that a writer needs; a writer adds only form."""

    facts: LogFacts
    releases: tuple[str, ...]
    diagnosis: Diagnosis
    remedies: tuple[RenderedRemedy, ...]
    notes: tuple[RenderedNote, ...]
    language: str
    headline: str = ""
    catalogue: str = ""  # year and month of the catalogue
    summary: tuple[str, ...] = ()  # lines on host, table and evidence of a check, with empty lines between these


def rendered(report: Report, language: str) -> RenderedReport:
    """Return the report in a language, in English where that language lacks a message."""
    table = _table(report, language) if report.table else []
    host = [render(message, language) for message in report.host]
    return RenderedReport(
        facts=report.facts,
        releases=report.releases,
        diagnosis=report.diagnosis,
        remedies=tuple(_remedy(remedy, language) for remedy in report.remedies),
        notes=tuple(RenderedNote(note.key, render(note, language)) for note in report.notes),
        language=language,
        catalogue=report.catalogue,
        headline=render(report.headline, language) if report.headline else "",
        summary=(
            *host,
            *([""] if host else []),
            *table,
            *([""] if table else []),
            *(render(message, language) for message in report.evidence),
        ),
    )


def _table(report: Report, language: str) -> list[str]:
    from vgpu_doctor.report.wrapping import aligned  # only a check has a table

    return aligned([[_text(cell, language) for cell in row] for row in report.table])


def _remedy(remedy: Remedy, language: str) -> RenderedRemedy:
    return RenderedRemedy(
        kind=remedy.kind,
        title=render(remedy.title, language),
        steps=_steps(remedy.steps, language),
        cures=remedy.cures,
        proof=remedy.proof,
        proof_detail=render(remedy.proof_detail, language) if remedy.proof_detail else "",
        unless="; ".join(render(condition, language) for condition in remedy.unless),
        undo=_steps(remedy.undo, language),
        check=_steps(remedy.check, language),
        patch=remedy.patch,
        build=remedy.build,
        kernel=remedy.kernel,
    )


def _steps(steps: tuple[Step, ...], language: str) -> tuple[RenderedStep, ...]:
    return tuple(RenderedStep(_text(step, language), not isinstance(step, Message)) for step in steps)


def _text(value: str | Message, language: str) -> str:
    return render(value, language) if isinstance(value, Message) else value
