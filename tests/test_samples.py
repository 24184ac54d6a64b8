"""Every sample log gives the causes that its label names, and the whole report that lies beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from vgpu_doctor.advice.case import report_of
from vgpu_doctor.advice.host_context import UserInput
from vgpu_doctor.catalogue.load import load_catalogue
from vgpu_doctor.engine import diagnose
from vgpu_doctor.intake.reading import read_log
from vgpu_doctor.report.rendering import rendered
from vgpu_doctor.report.writers import writer
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from collections.abc import Callable

    from vgpu_doctor.report.rendering import RenderedReport
    from vgpu_doctor.signatures.index import Library

SAMPLES = Path(__file__).parents[1] / "sample_logs"
LOGS = sorted(path for path in SAMPLES.iterdir() if path.name.endswith((".log", ".log.gz")))


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(system="/nonexistent")


def stem(log: Path) -> str:
    return log.name.removesuffix(".gz").removesuffix(".log")


def report(log: Path, library: Library) -> RenderedReport:
    diagnosis = diagnose([(f"sample_logs/{log.name}", read_log(str(log)))], library)
    return rendered(report_of(diagnosis, UserInput(), load_catalogue(), library, today="2026-11"), "en")


@pytest.mark.parametrize("log", LOGS, ids=stem)
def test_a_sample_is_diagnosed_as_labelled(log: Path, library: Library) -> None:
    label = yaml.safe_load((SAMPLES / f"{stem(log)}.yaml").read_text(encoding="utf-8"))
    made = report(log, library)
    assert sorted(finding.id for finding in made.diagnosis.findings) == sorted(label["causes"])
    assert made.facts.outcome == label["outcome"]


@pytest.mark.parametrize("log", LOGS, ids=stem)
def test_a_sample_gives_the_report_beside_it(
    log: Path, library: Library, tmp_path: Path, check_file: Callable[[Path, str], None]
) -> None:
    made = report(log, library)
    for form, suffix in (("json", "expected.json"), ("text", "expected.txt")):
        written = tmp_path / suffix
        with written.open("w", encoding="utf-8") as out:
            writer(form)(made, out)
        check_file(SAMPLES / f"{stem(log)}.{suffix}", written.read_text(encoding="utf-8"))


@pytest.mark.parametrize("log", LOGS, ids=stem)
def test_every_report_keeps_to_the_schema(log: Path, library: Library, tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    import vgpu_doctor.report

    schema = json.loads((Path(vgpu_doctor.report.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
    written = tmp_path / "report.json"
    with written.open("w", encoding="utf-8") as out:
        writer("json")(report(log, library), out)
    jsonschema.validate(json.loads(written.read_text(encoding="utf-8")), schema)


def test_no_expected_report_is_left_over() -> None:
    stems = {stem(log) for log in LOGS}
    left = [path.name for path in SAMPLES.glob("*.expected.*") if path.name.split(".expected.")[0] not in stems]
    assert left == []
