"""The report as one self-contained page without scripts, for light and dark screens and for paper."""

# ruff: noqa: ARG001 - every writer takes the same arguments

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

from vgpu_doctor.messages import phrase
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

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from vgpu_doctor.model import Diagnostic, Finding
    from vgpu_doctor.report.rendering import RenderedRemedy, RenderedReport

STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --ground: #fff; --soft: #f3f4f6; --line: #d0d7de; --bad: #b42318; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e8eb; --ground: #15181c; --soft: #1f242a; --line: #3a424b; --bad: #ff9b8f; }
}
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif;
  color: var(--text); background: var(--ground); }
h1 { font-size: 1.25rem; } h2 { font-size: 1.1rem; margin-top: 2rem; } h3 { font-size: 1rem; margin-top: 1.5rem; }
h2 code, .message { color: var(--bad); }
pre { padding: .6rem .8rem; overflow-x: auto; background: var(--soft); border: 1px solid var(--line);
  border-radius: .3rem; }
@media print {
  :root { --text: #000; --ground: #fff; --soft: #fff; --bad: #000; }
  body { max-width: none; margin: 0; } pre { white-space: pre-wrap; break-inside: avoid; }
}
"""


def write(report: RenderedReport, out: TextIO, *, colour: bool = False, width: int = 80) -> None:
    """Write a whole page; its security policy lets the browser use this style sheet and nothing else."""
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    title = escape(verdict(report))
    out.write(
        f'<!doctype html>\n<html lang="{escape(report.language)}">\n<head>\n<meta charset="utf-8">\n'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    )
    for part in _parts(report):
        out.write(part + "\n")
    out.write("</body>\n</html>\n")


def _parts(report: RenderedReport) -> Iterator[str]:
    language, diagnosis = report.language, report.diagnosis
    if report.summary:
        yield _code(printable(line, None) for line in report.summary)
    for finding in diagnosis.findings:
        yield from _finding(finding, language)
    if report.remedies:
        yield f"<h2>{phrase(language, 'remedies')}</h2>"
    elif diagnosis.findings:
        yield _paragraph(phrase(language, "no_remedy"))
    for number, remedy in enumerate(report.remedies, start=1):
        yield from _remedy(number, remedy, language)
    if diagnosis.unrecognised:
        yield f"<h2>{phrase(language, 'unrecognised')}</h2>"
    for diagnostic in diagnosis.unrecognised:
        yield from _evidence(diagnostic)
    if is_unknown(report):
        yield _paragraph(request(report))
        yield _list([*attachments(report), phrase(language, "attach_commands")])
        yield _code(commands(report))
    notes = notes_of(report)
    if notes:
        yield f"<h2>{phrase(language, 'notes')}</h2>"
        yield _list(note.text for note in notes)


def _finding(finding: Finding, language: str) -> Iterator[str]:
    yield f"<h2><code>{escape(finding.id)}</code> {escape(title_of(finding, language))}</h2>"
    yield _paragraph(why_of(finding, language))
    yield from (part for diagnostic in finding.evidence[:1] for part in _evidence(diagnostic))
    about = (
        misread(finding, language),
        seen(finding, language),
        predicted(finding, language),
        kernel_change(finding, language),
    )
    yield _list(sentence for sentence in about if sentence)


def _evidence(diagnostic: Diagnostic) -> Iterator[str]:
    rows = excerpt_rows(diagnostic, width=100)
    margin = max(len(number) for number, _ in rows)
    lines = [f"{log_place(diagnostic)}  {source_place(diagnostic.place)}".rstrip()]
    shown = [escape(line) for line in lines]
    for number, pieces in rows:
        text = "".join(
            f'<span class="message">{escape(text)}</span>' if style == "message" else escape(text)
            for style, text in pieces
        )
        shown.append(f"{number:>{margin}} | {text}")
    yield "<pre>" + "\n".join(shown) + "</pre>"


def _remedy(number: int, remedy: RenderedRemedy, language: str) -> Iterator[str]:
    yield f"<h3>{number}. {escape(printable(remedy.title, None))}</h3>"
    about = [proof_of(remedy, language)]
    if remedy.cures:
        about.insert(0, phrase(language, "cures", ids=", ".join(remedy.cures)))
    if remedy.unless:
        about.append(phrase(language, "unless", unless=printable(remedy.unless, None)))
    yield _list(about)
    for label, steps in (("", remedy.steps), ("undo", remedy.undo), ("check", remedy.check)):
        if steps:
            if label:
                yield _paragraph(phrase(language, label))
            yield _code(line for step in steps for line in verbatim(step.line))
    if remedy.patch:
        lines = verbatim(remedy.patch)
        yield _paragraph(phrase(language, "patch", count=len(lines)))
        yield _code(lines)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _list(texts: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def _code(lines: Iterable[str]) -> str:
    return "<pre>" + escape("\n".join(lines)) + "</pre>"
