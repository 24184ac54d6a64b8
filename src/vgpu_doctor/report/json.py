"""The report for programs, as ``report.schema.json`` beside this file describes it."""

# ruff: noqa: ARG001 - every writer takes the same arguments

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vgpu_doctor import __version__
from vgpu_doctor.report.safe import printable, verbatim
from vgpu_doctor.report.wording import notes_of, title_of, why_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TextIO

    from vgpu_doctor.model import Diagnostic, Finding
    from vgpu_doctor.report.rendering import RenderedRemedy, RenderedReport, RenderedStep

SCHEMA = "vgpu-doctor/report/2"
SCHEMA_FILE = "report.schema.json"  # beside this module


def write(report: RenderedReport, out: TextIO, *, colour: bool = False, width: int = 80) -> None:
    """Write one JSON object and a newline."""
    out.write(json.dumps(as_json(report), ensure_ascii=False, indent=2) + "\n")


def as_json(report: RenderedReport) -> dict[str, Any]:
    """Return the report in the names of the schema; every text in it is printable."""
    diagnosis = report.diagnosis
    return {
        "schema": SCHEMA,
        "tool": {"name": "vgpu-doctor", "version": __version__, "catalogue": report.catalogue},
        "log": _log(report),
        "findings": [_finding(finding, report.language) for finding in diagnosis.findings],
        "remedies": [_remedy(rank, remedy) for rank, remedy in enumerate(report.remedies, start=1)],
        "unrecognised": [_unrecognised(diagnostic) for diagnostic in diagnosis.unrecognised],
        "notes": [{"id": note.id, "text": note.text} for note in notes_of(report)],
    }


def _log(report: RenderedReport) -> dict[str, Any]:
    facts = report.facts
    return {
        "driver": {
            "version": _text(facts.driver),
            # Several releases can share one host build, and the log cannot tell them apart.
            "release": _text("/".join(report.releases)),
            "flavour": _text(facts.flavour),
            "tree": _text(facts.tree),
        },
        "kernel": {
            "release": _text(facts.kernel),
            "series": _series(facts.kernel),
            "distro": _text(facts.distribution),
        },
        "compiler": _text(facts.compiler),
        "tool": _text(facts.tool),
        "outcome": facts.outcome,
    }


def _finding(finding: Finding, language: str) -> dict[str, Any]:
    change = finding.signature.kernel
    return {
        "id": finding.id,
        "title": title_of(finding, language),
        "why": why_of(finding, language),
        "since": change.since if change else None,
        "commit": change.commit if change else None,
        "count": finding.count,
        "evidence": [_evidence(diagnostic) for diagnostic in finding.evidence],
        "consequences": finding.consequences,
        **({"misread": {printable(read): meant for read, meant in finding.misread.items()}} if finding.misread else {}),
    }


def _evidence(diagnostic: Diagnostic) -> dict[str, Any]:
    place = diagnostic.place
    return {
        "file": _text(place.file) if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "message": printable(diagnostic.message),
        "log_line": diagnostic.log_line,
    }


def _unrecognised(diagnostic: Diagnostic) -> dict[str, Any]:
    about = {"log": _text(diagnostic.log), "tool": diagnostic.tool, "kind": diagnostic.kind}
    return {**_evidence(diagnostic), **about}


def _remedy(rank: int, remedy: RenderedRemedy) -> dict[str, Any]:
    return {
        "kind": remedy.kind,
        "rank": rank,
        "title": printable(remedy.title, None),
        "steps": _steps(remedy.steps),
        "undo": _steps(remedy.undo),
        "verify": _steps(remedy.check),
        "cures": list(remedy.cures),
        "proof": remedy.proof,
        "build": remedy.build,
        "kernel": remedy.kernel,
        "unless": printable(remedy.unless, None) if remedy.unless else None,
        "patch": "\n".join([*verbatim(remedy.patch), ""]) if remedy.patch else None,
    }


def _steps(steps: Iterable[RenderedStep]) -> list[dict[str, str]]:
    return [{"run" if step.runs else "say": "\n".join(verbatim(step.text))} for step in steps]


def _text(value: str | None) -> str | None:
    return printable(value) if value else None


def _series(kernel: str | None) -> str | None:
    """Return the series of a kernel release, 6.8 for 6.8.4-2-pve; None if it has none."""
    parts = (kernel or "").split("-")[0].split(".")
    return ".".join(parts[:2]) if len(parts) > 1 and all(part.isdecimal() for part in parts[:2]) else None
