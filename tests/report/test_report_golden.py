"""What users read of a report, format by format: the files under ``golden``."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from sample_reports import EVENTFD, GOLDEN_SUFFIXES, IOMMU_OPS, REPORTS, SECURE_BOOT, keeps_contract, written

from vgpu_doctor.report.explain import write_explanation
from vgpu_doctor.report.masking import mask_report
from vgpu_doctor.report.writers import WRITERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from vgpu_doctor.model import Signature


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("form", GOLDEN_SUFFIXES)
def test_report_reads_as_recorded(form: str, name: str, check_golden: Callable[[str, str], None]) -> None:
    check_golden(f"{name}.{GOLDEN_SUFFIXES[form]}", written(REPORTS[name](), form))


def test_masked_report_reads_as_recorded(check_golden: Callable[[str, str], None]) -> None:
    check_golden("private-masked.txt", written(mask_report(REPORTS["private"]()), "text"))


@pytest.mark.parametrize("signature", [IOMMU_OPS, EVENTFD, SECURE_BOOT], ids=lambda signature: signature.id)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_explanation_reads_as_recorded(
    signature: Signature, language: str, check_golden: Callable[[str, str], None]
) -> None:
    out = io.StringIO()
    write_explanation(signature, out, language=language)
    check_golden(f"explain-{signature.id}-{language}.txt", out.getvalue())


def test_every_format_has_golden_files() -> None:
    assert set(GOLDEN_SUFFIXES) == set(WRITERS)


@pytest.mark.parametrize("name", REPORTS)
def test_json_keeps_the_contract(name: str) -> None:
    assert keeps_contract(written(REPORTS[name](), "json"))


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_results_point_to_rules_and_to_lines_of_the_log(name: str) -> None:
    report = REPORTS[name]()
    run = json.loads(written(report, "sarif"))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    lines = [
        location["physicalLocation"]["region"]["startLine"]
        for result in run["results"]
        for location in result.get("locations", [])
    ]
    diagnostics = [piece for finding in report.diagnosis.findings for piece in finding.evidence]
    assert lines == [piece.log_line for piece in (*diagnostics, *report.diagnosis.unrecognised)]
