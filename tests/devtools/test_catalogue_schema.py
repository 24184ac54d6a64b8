"""The catalogue's files fit the schemas that editors read, and lint finds what is wrong with them."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from vgpu_doctor.catalogue.load import load_raw, parse_catalogue
from vgpu_doctor.catalogue.schema import PARTS
from vgpu_doctor.cli.signatures import run_lint
from vgpu_doctor.devtools.json_schema import FILE, catalogue_schema, catalogue_schema_line
from vgpu_doctor.errors import RecordError

RECORDS = Path(__file__).parents[2] / "signatures"
FILES = sorted((RECORDS / "catalogue").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_fits_its_schema_and_names_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(catalogue_schema_line(path.stem) + "\n")
    content = yaml.load(text, Loader=yaml.CSafeLoader)
    errors = Draft202012Validator(catalogue_schema(path.stem)).iter_errors(content)
    assert not [error.message for error in errors]


def test_every_part_has_a_file() -> None:
    assert {path.stem for path in FILES} == {*PARTS, "fixes"}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("vgpu", "as_of"), 2026),
        (("vgpu", "more"), {}),
        (("vgpu", "releases", "rows"), []),
        (("vgpu", "releases", "sources"), "hearsay"),
        (("vgpu", "releases", "rows", 0, "host"), 470.63),
        (("vgpu", "releases", "rows", 0, "kernel", "confidence"), "sure"),
        (("vgpu", "guests", "rows", 0, "guests"), []),
        (("drivers", "branches", "rows", 0, "builds"), ["340.108 beta"]),
        (("kernels", "series", "rows", 0, "newest"), ["5.11.22-7-pve"]),
        (("gpus", "generations", "rows", 0, "boards"), [{"title": "K80"}]),
    ],
)
def test_schema_and_reader_refuse_the_same(place: tuple[str | int, ...], value: object) -> None:
    raw = copy.deepcopy(load_raw(RECORDS / "catalogue"))
    target: Any = raw
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    with pytest.raises(RecordError):
        parse_catalogue(raw).check()
    assert not Draft202012Validator(catalogue_schema(str(place[0]))).is_valid(raw[str(place[0])])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of records with a catalogue and one record."""
    record = "kernel/6.8/eventfd-signal-args.yaml"
    (tmp_path / record).parent.mkdir(parents=True)
    shutil.copy(RECORDS / record, tmp_path / record)
    shutil.copy(RECORDS / FILE, tmp_path / FILE)
    shutil.copytree(RECORDS / "catalogue", tmp_path / "catalogue")
    return tmp_path


def test_lint_has_nothing_to_say_of_the_shipped_catalogue(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_lint(folder) == 0
    assert capsys.readouterr().out == "1 records, 0 mistakes\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("vgpu", 'host: "470.63",', "host: 470.63,", "catalogue/vgpu.yaml: releases[0].host: found 470.63, wanted a"),
        ("vgpu", 'host: "470.63",', 'host: "535.54.06",', "catalogue/vgpu.yaml: releases.13.0.host: found"),
        ("gpus", "# yaml-language", "# language", "catalogue/gpus.yaml: line 1: is not # yaml-language-server"),
        ("gpus", "source: ", f"# {'x' * 120}\n  source: ", "catalogue/gpus.yaml: line 18: has 124 columns"),
        ("fixes", '"470": "470.63"', "470: 470.63", "fixes.yaml: since-470.63.470: found 470, wanted a driver branch"),
    ],
)
def test_lint_finds_mistakes_in_the_catalogue(
    file: str, old: str, new: str, complaint: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / f"catalogue/{file}.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert run_lint(folder) == 1
    assert complaint in capsys.readouterr().out


def test_lint_finds_a_file_that_is_no_part(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "catalogue/cpus.yaml").write_text("x: 1\n")
    assert run_lint(folder) == 1
    assert "catalogue/cpus.yaml: the file: is no part of the catalogue" in capsys.readouterr().out
