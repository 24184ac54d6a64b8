"""The report as SARIF 2.1.0, for code hosts and editors that show findings in a file, here the log."""

# ruff: noqa: ARG001 - every writer takes the same arguments

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from vgpu_doctor.messages import phrase
from vgpu_doctor.report.safe import printable
from vgpu_doctor.report.wording import log_name, title_of, why_of

if TYPE_CHECKING:
    from typing import Any, TextIO

    from vgpu_doctor.model import Diagnostic, Finding
    from vgpu_doctor.report.rendering import RenderedReport

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
UNRECOGNISED = "unrecognised"  # the rule of what no signature explains


def write(report: RenderedReport, out: TextIO, *, colour: bool = False, width: int = 80) -> None:
    """Write one run, with a rule for every finding and a result for each of its diagnostics."""
    out.write(json.dumps(as_sarif(report), ensure_ascii=False, indent=2) + "\n")


def as_sarif(report: RenderedReport) -> dict[str, Any]:
    """Return the SARIF log object."""
    language, diagnosis = report.language, report.diagnosis
    rules = [_rule(finding, language) for finding in diagnosis.findings]
    results = [
        _result(finding.id, index, title_of(finding, language), diagnostic)
        for index, finding in enumerate(diagnosis.findings)
        for diagnostic in finding.evidence or (None,)
    ]
    if diagnosis.unrecognised:
        title = phrase(language, "unrecognised")
        results += [_result(UNRECOGNISED, len(rules), title, diagnostic) for diagnostic in diagnosis.unrecognised]
        rules.append({"id": UNRECOGNISED, "shortDescription": {"text": title}})
    driver = {"name": "vgpu-doctor", "rules": rules}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(finding: Finding, language: str) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": finding.id,
        "shortDescription": {"text": title_of(finding, language)},
        "fullDescription": {"text": why_of(finding, language)},
    }
    if finding.signature.references:
        rule["helpUri"] = finding.signature.references[0]
    return rule


def _result(rule: str, index: int, title: str, diagnostic: Diagnostic | None) -> dict[str, Any]:
    text = f"{title}: {printable(diagnostic.message)}" if diagnostic else title
    result: dict[str, Any] = {"ruleId": rule, "ruleIndex": index, "level": "error", "message": {"text": text}}
    if diagnostic:
        # As the user gave it, relative to their working directory.
        artifact = {"uri": quote(log_name(diagnostic))}
        region = {"startLine": max(diagnostic.log_line, 1)}
        result["locations"] = [{"physicalLocation": {"artifactLocation": artifact, "region": region}}]
    return result
