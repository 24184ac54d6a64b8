"""Lay a report out as lines of styled pieces, for both plain and coloured text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.messages import counted, phrase
from vgpu_doctor.report.excerpt import excerpt_rows
from vgpu_doctor.report.help_request import attachments, commands, is_unknown, request
from vgpu_doctor.report.safe import printable, verbatim
from vgpu_doctor.report.wording import (
    kernel_change,
    log_place,
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
from vgpu_doctor.report.wrapping import columns, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vgpu_doctor.model import Diagnostic, Finding
    from vgpu_doctor.report.excerpt import Line
    from vgpu_doctor.report.rendering import RenderedRemedy, RenderedReport

MAX_UNRECOGNISED = 10  # more of them help no reader
MIN_MARGIN = 3  # columns for the line numbers of a source
MIN_WIDTH = 40  # columns; a narrower terminal breaks the lines itself


def report_lines(report: RenderedReport, width: int) -> Iterator[Line]:
    """Yield the whole report, with our own sentences wrapped to ``width``; log text and commands are never wrapped."""
    width = max(width, MIN_WIDTH)
    yield (("verdict", verdict(report)),)
    for number, line in enumerate(report.summary):
        if not number:
            yield ()
        yield from _summary(printable(line, None), width)
    for finding in report.diagnosis.findings:
        yield ()
        yield from _finding(finding, report.language, width)
    yield from _remedies(report, width)
    yield from _unrecognised(report, width)
    for number, note in enumerate(notes_of(report)):
        if not number:
            yield ()
        yield from _sentence("note", "", phrase(report.language, "note", note=note.text), width, hang=6)
    # Last and not indented: a whole patch would push the other remedies out of sight, and must copy cleanly.
    for number, remedy in enumerate(report.remedies, start=1):
        if remedy.patch:
            yield from heading(phrase(report.language, "patch_of", number=number))
            yield ()
            yield from ((("patch", line),) for line in verbatim(remedy.patch))


def _summary(line: str, width: int) -> Iterator[Line]:
    """Wrap a sentence, and leave a row of a table as it is."""
    if columns(line) + 2 <= width or "  " in line:
        yield (("", f"  {line}"),)
    else:
        yield from _sentence("", "  ", line, width, hang=4)


def heading(text: str) -> Iterator[Line]:
    """Yield the heading of a section."""
    yield ()
    yield (("heading", text),)


def sentences(texts: Iterable[str], width: int, indent: int = 2) -> Iterator[Line]:
    """Yield each text wrapped and indented by ``indent`` columns."""
    for text in texts:
        yield from _sentence("", " " * indent, text, width)


def step_lines(steps: Iterable[str], indent: int, width: int) -> Iterator[Line]:
    """Yield each command unwrapped on its own line, and each sentence between them as a comment, safe to paste.

    A command of several lines is not indented, because the delimiter of a here-document must start its line.
    """
    blanks = " " * indent
    for step in steps:
        lines = verbatim(step)
        if len(lines) == 1 and step.startswith("# "):
            for text in wrap(lines[0][2:], width - indent - 2):
                yield (("", blanks), ("comment", f"# {text}"))
        else:
            for text in lines:
                yield (("", blanks if len(lines) == 1 else ""), ("command", text))


def _sentence(style: str, prefix: str, text: str, width: int, hang: int | None = None) -> Iterator[Line]:
    """Wrap the text after ``prefix``; further lines align with the first, or are indented by ``hang`` columns."""
    further = " " * (len(prefix) if hang is None else hang)
    for number, line in enumerate(wrap(text, width - max(len(prefix), len(further)))):
        yield (("margin", further if number else prefix), (style, line))


def _finding(finding: Finding, language: str, width: int) -> Iterator[Line]:
    yield (("error", f"error[{finding.id}]"), ("title", f": {title_of(finding, language)}"))
    margin = MIN_MARGIN
    if finding.evidence:
        margin, lines = _evidence(finding.evidence[0], width)
        yield from lines
        yield (("margin", f"{' ' * margin} |"),)
    sentences_of_finding = (
        misread(finding, language),
        seen(finding, language),
        predicted(finding, language),
        phrase(language, "why", why=why_of(finding, language)),
        kernel_change(finding, language),
    )
    for sentence in sentences_of_finding:
        if sentence:
            yield from _sentence("", f"{' ' * margin} = ", sentence, width)


def _evidence(diagnostic: Diagnostic, width: int) -> tuple[int, list[Line]]:
    """Return the width of the margin, and the lines that show the place and the source."""
    rows = excerpt_rows(diagnostic, width - MIN_MARGIN - 3)
    margin = max(MIN_MARGIN, *(len(number) for number, _ in rows))
    source = source_place(diagnostic.place)
    place = ("place", f" {log_place(diagnostic)}")
    lines: list[Line] = [(("margin", f"{' ' * margin}-->"), place, ("source", f"  {source}" if source else ""))]
    lines.append((("margin", f"{' ' * margin} |"),))
    lines += [(("margin", f"{number:>{margin}} | "), *pieces) for number, pieces in rows]
    return margin, lines


def _remedies(report: RenderedReport, width: int) -> Iterator[Line]:
    language = report.language
    if report.remedies:
        yield from heading(phrase(language, "remedies"))
    elif report.diagnosis.findings:
        yield ()
        yield from sentences([phrase(language, "no_remedy")], width, indent=0)
    for number, remedy in enumerate(report.remedies, start=1):
        yield ()
        yield from _remedy(number, remedy, language, width)


def _remedy(number: int, remedy: RenderedRemedy, language: str, width: int) -> Iterator[Line]:
    prefix = f"{number}. "
    indent = len(prefix)
    yield from _sentence("title", prefix, printable(remedy.title, None), width)
    about = [proof_of(remedy, language)]
    if remedy.cures:
        about.insert(0, phrase(language, "cures", ids=", ".join(remedy.cures)))
    if remedy.patch:
        about.append(phrase(language, "patch_below", count=len(verbatim(remedy.patch))))
    if remedy.unless:
        about.append(phrase(language, "unless", unless=printable(remedy.unless, None)))
    yield from sentences(about, width, indent)
    for key, steps in (("", remedy.steps), ("undo", remedy.undo), ("check", remedy.check)):
        if steps:
            yield ()
            if key:
                yield from sentences([phrase(language, key)], width, indent)
            yield from step_lines((step.line for step in steps), indent + 2, width)


def _unrecognised(report: RenderedReport, width: int) -> Iterator[Line]:
    language, diagnosis = report.language, report.diagnosis
    shown = diagnosis.unrecognised[:MAX_UNRECOGNISED]
    if shown:
        count = max(diagnosis.unrecognised_count, len(diagnosis.unrecognised))
        key = "unrecognised" if count == len(shown) else "unrecognised_of"
        yield from heading(phrase(language, key, shown=len(shown), count=count))
    for diagnostic in shown:
        yield ()
        yield from _evidence(diagnostic, width)[1]
    if is_unknown(report):
        if diagnosis.consequences:
            yield ()
            yield from sentences([counted(language, "follow_all", diagnosis.consequences)], width, indent=0)
        yield ()
        yield from sentences([request(report)], width, indent=0)
        yield from sentences((f"- {text}" for text in attachments(report)), width)
        yield from sentences([f"- {phrase(language, 'attach_commands')}"], width)
        yield from step_lines(commands(report), 6, width)
