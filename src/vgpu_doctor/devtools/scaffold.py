"""Draft a record from what a log shows and no record knows, for a contributor to finish."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.devtools.json_schema import schema_line
from vgpu_doctor.versions import kernel_series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vgpu_doctor.model import Diagnostic, LogFacts

NAMING_CAPTURES = ("function", "member", "symbol", "name", "header", "macro", "type", "field", "option", "module")
"""Captures that name what a complaint is about, the most specific first."""

MAX_MATCHES = 5


def drafts(unrecognised: Iterable[Diagnostic], facts: LogFacts) -> Iterator[tuple[str, str]]:
    """Yield id and YAML text of a draft for each thing that is complained about, in the order of the log."""
    groups: dict[str, list[Diagnostic]] = {}
    for diagnostic in unrecognised:
        subject = next(
            (diagnostic.captures[name] for name in NAMING_CAPTURES if name in diagnostic.captures), diagnostic.kind
        )
        name = "-".join(re.findall(r"[a-z0-9]+", subject.lower()))[:60].strip("-") or "unnamed"
        groups.setdefault(name, []).append(diagnostic)
    for name, complaints in groups.items():
        yield name, _draft(name, complaints, facts)


def _draft(name: str, complaints: list[Diagnostic], facts: LogFacts) -> str:
    series = (kernel_series(facts.kernel) if facts.kernel else None) or "0.0"
    first = complaints[0]
    matches = dict.fromkeys(_match(diagnostic) for diagnostic in complaints)
    lines = [
        schema_line(f"kernel/{series}"),
        f"# signatures/kernel/<series>/{name}.yaml, or build/, install/, load/, vgpu/ (with one .. in the line above)",
        f"id: {name}",
        "title:",
        f"  en: TODO what changed, in one line  # {first.message[:80]}",
        "  zh: TODO",
        "why:",
        "  en: >-",
        "    TODO what the kernel changed, what the driver does, what follows.",
        "  zh: TODO",
        f"kernel:  # only below kernel/; the log is of {facts.kernel or 'no known kernel'}",
        f'  since: "{series}"  # TODO the series in which the change landed',
        "  # commit: 12 to 40 digits, mainline; leave it out rather than guess",
        "match:",
        *(f"  - {match}" for match in list(matches)[:MAX_MATCHES]),
        "# applies_to: {modules: open}  # or closed; package: host or display",
        "# stage: load  # or run, where it builds all the same",
        "fixed_in: {}  # by branch, the first build with the change; null is never; or a name in catalogue/fixes.yaml",
        "no_edit: TODO why, or edits; a guard is needed only for other kernels than those of since and later",
        "examples:",
        "  fires:",
        "    - |",
        *(f"      {line}" for line in _as_printed(first)),
        "  silent:",
        "    - |",
        "      TODO a similar message that must not fire",
    ]
    return "\n".join(lines) + "\n"


def _match(diagnostic: Diagnostic) -> str:
    parts = [f"kind: {diagnostic.kind}"]
    parts += [
        f"{name}: {_quoted(diagnostic.captures[name])}" for name in NAMING_CAPTURES if name in diagnostic.captures
    ][:2]
    if diagnostic.place:
        parts.append(f'file: "*/{diagnostic.place.file.rpartition("/")[2]}"')
    return "{" + ", ".join(parts) + "}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _as_printed(diagnostic: Diagnostic) -> Iterator[str]:
    if place := diagnostic.place:
        numbers = "".join(f":{number}" for number in (place.line, place.column) if number is not None)
        word = "fatal error" if diagnostic.severity == "fatal" else diagnostic.severity
        yield f"{place.file}{numbers}: {word}: {diagnostic.message}"
    else:
        yield diagnostic.message
    yield from diagnostic.excerpt
