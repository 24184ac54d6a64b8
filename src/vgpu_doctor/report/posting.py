"""The report as a post for a forum thread: short, and the same blocks for every markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.messages import phrase
from vgpu_doctor.report.help_request import attachments, commands, is_unknown, request
from vgpu_doctor.report.safe import printable, verbatim
from vgpu_doctor.report.wording import (
    kernel_change,
    misread,
    notes_of,
    predicted,
    proof_of,
    seen,
    source_place,
    title_of,
    verdict,
    why_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Literal

    from vgpu_doctor.model import Diagnostic, Finding
    from vgpu_doctor.report.rendering import RenderedRemedy, RenderedReport, RenderedStep

    Kind = Literal["strong", "plain", "item", "log", "commands", "patch", "fold", "unfold"]
    Block = tuple[Kind, str]  # kind and text; the text of "fold" is its title, and it holds all blocks up to "unfold"

MAX_EVIDENCE = 5  # lines; a thread is read on telephones too


def blocks(report: RenderedReport) -> Iterator[Block]:
    """Yield verdict, evidence and the best remedy; then, folded, the explanations and other options."""
    language, findings = report.language, report.diagnosis.findings
    yield "strong", verdict(report)
    if report.summary:
        yield "log", "\n".join(printable(line, None) for line in report.summary)
    for finding in findings:
        yield "item", f"{finding.id}: {title_of(finding, language)}"
        if weak := misread(finding, language):
            yield "item", weak
    evidence = _evidence(findings) or report.diagnosis.unrecognised[:MAX_EVIDENCE]
    if evidence:
        yield _log(evidence)
    if report.remedies:
        yield from _remedy("remedy_best", report.remedies[0], language)
    elif findings:
        yield "plain", phrase(language, "no_remedy")
    if is_unknown(report):
        yield from _ask(report)
    for note in notes_of(report):
        yield "item", note.text
    folded = list(_folded(report))
    if folded:
        yield "fold", phrase(language, "fold")
        yield from folded
        yield "unfold", ""
    yield "plain", phrase(language, "made_by")


def _evidence(findings: Iterable[Finding]) -> list[Diagnostic]:
    """Return one diagnostic of every finding before a second of any, in log order."""
    findings = list(findings)
    first = [finding.evidence[0] for finding in findings if finding.evidence]
    further = [diagnostic for finding in findings for diagnostic in finding.evidence[1:]]
    chosen = (first + further)[:MAX_EVIDENCE]
    return sorted(chosen, key=lambda diagnostic: (diagnostic.log, diagnostic.log_line))


def _log(diagnostics: Iterable[Diagnostic]) -> Block:
    lines = []
    for diagnostic in diagnostics:
        place, message = source_place(diagnostic.place), printable(diagnostic.message)
        lines.append(f"{place}: {message}" if place else message)
    return "log", "\n".join(dict.fromkeys(lines))


def _remedy(key: str, remedy: RenderedRemedy, language: str) -> Iterator[Block]:
    yield "strong", phrase(language, key, title=printable(remedy.title, None))
    about = [proof_of(remedy, language)]
    if remedy.unless:
        about.append(phrase(language, "unless", unless=printable(remedy.unless, None)))
    for sentence in about:
        yield "item", sentence
    yield from _commands(remedy.steps)


def _undo_and_check(remedy: RenderedRemedy, language: str) -> Iterator[Block]:
    for label, steps in (("undo", remedy.undo), ("check", remedy.check)):
        if steps:
            yield "plain", phrase(language, label)
            yield from _commands(steps)


def _commands(steps: Iterable[RenderedStep]) -> Iterator[Block]:
    lines = [line for step in steps for line in verbatim(step.line)]
    if lines:
        yield "commands", "\n".join(lines)


def _ask(report: RenderedReport) -> Iterator[Block]:
    yield "plain", request(report)
    for text in (*attachments(report), phrase(report.language, "attach_commands")):
        yield "item", text
    yield "commands", "\n".join(commands(report))


def _folded(report: RenderedReport) -> Iterator[Block]:
    language, findings = report.language, report.diagnosis.findings
    for remedy in report.remedies[:1]:
        yield from _undo_and_check(remedy, language)
    for finding in findings:
        yield "strong", f"{finding.id}: {title_of(finding, language)}"
        sentences = (
            why_of(finding, language),
            kernel_change(finding, language),
            seen(finding, language),
            predicted(finding, language),
        )
        for sentence in sentences:
            if sentence:
                yield "item", sentence
    for number, remedy in enumerate(report.remedies):
        if number:
            yield from _remedy("remedy_other", remedy, language)
            yield from _undo_and_check(remedy, language)
        if remedy.patch:
            lines = verbatim(remedy.patch)
            yield "plain", phrase(language, "patch", count=len(lines))
            yield "patch", "\n".join(lines)
    if findings and report.diagnosis.unrecognised:
        yield "plain", phrase(language, "unrecognised")
        yield _log(report.diagnosis.unrecognised[:MAX_EVIDENCE])
