"""``vgpu-doctor schema`` as programs use it."""

from __future__ import annotations

import json
import subprocess
import sys

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]


def run(*arguments: str, stdin: str = "") -> str:
    command = [sys.executable, "-m", "vgpu_doctor", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120, check=False).stdout


def test_the_printed_schema_is_the_one_that_reports_keep() -> None:
    schema = json.loads(run("schema"))
    Draft202012Validator.check_schema(schema)
    error = "nvidia/nv-pci.c:225:29: error: 'const struct bus_type' has no member named 'iommu_ops'\n"
    for report in (
        json.loads(run("analyze", "-", "--format", "json", stdin=error)),
        json.loads(run("check", "--driver", "17.1", "--kernel", "6.8", "--format", "json")),
    ):
        Draft202012Validator(schema).validate(report)
        assert report["schema"] == schema["properties"]["schema"]["const"]
