"""Records are all there is to a cause: the program names none, and a new one needs no Python."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from vgpu_doctor.advice.host_context import UserInput
from vgpu_doctor.catalogue.load import load_catalogue
from vgpu_doctor.cli.check import run_check
from vgpu_doctor.cli.patch import run_patch
from vgpu_doctor.compat.predict import predict
from vgpu_doctor.compat.release_table import answer, table_rows
from vgpu_doctor.compat.verdict import Question
from vgpu_doctor.devtools.json_schema import record_schema, schema_line, schemas
from vgpu_doctor.devtools.lint import complaints_about
from vgpu_doctor.devtools.scaffold import drafts
from vgpu_doctor.engine import diagnose
from vgpu_doctor.errors import RecordError
from vgpu_doctor.intake.reading import read_log
from vgpu_doctor.model import Diagnostic, LogFacts
from vgpu_doctor.signatures.load import load_library
from vgpu_doctor.signatures.schema import parse_signature

SOURCE = Path(__file__).parents[2] / "src/vgpu_doctor"
RELEASE, BUILD, KERNEL = "20.2", "595.91.04", "7.2"

RECORD = """\
id: frobnicate-removed
title: {en: frobnicate() is gone}
why: {en: Linux 7.2 removed frobnicate().}
kernel: {since: "7.2"}
SCOPE
match:
  - {kind: implicit-function, function: frobnicate}
fixed_in: {"595": null}
edits:
  - in: nvidia/*.c
    find: frobnicate($ALL)
    replace: frobnicate_all($ALL)
    guard: ">=7.2"
examples: {}
"""
LOG = """\
/tmp/selfgz1/NVIDIA-Linux-x86_64-595.91.04-vgpu-kvm/kernel/nvidia/nv.c: In function 'nv_probe':
/tmp/selfgz1/NVIDIA-Linux-x86_64-595.91.04-vgpu-kvm/kernel/nvidia/nv.c:10:5: error: implicit declaration of function 'frobnicate'
   10 |     frobnicate(device);
      |     ^~~~~~~~~~
"""


def records_with(folder: Path, scope: str) -> Path:
    """A folder that holds the record, below that of its series."""
    file = folder / "records/kernel/7.2/frobnicate-removed.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(RECORD.replace("SCOPE", scope))
    return folder / "records"


def test_the_program_names_no_record() -> None:
    ids = "|".join(name for name in load_library(system="/nonexistent").ids if "-" in name)
    named = re.compile(rf"[\"'](?:{ids})[\"']|startswith\(\(?[\"'](?:drm|gpl-symbol)-?[\"']|(?:OPEN|HOST)_CHANGES\b")
    found = [
        f"{path.relative_to(SOURCE)}: {match[0]}"
        for path in SOURCE.rglob("*.py")
        for match in named.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not found


@pytest.mark.parametrize("scope", ["", "applies_to: {modules: open}", "applies_to: {package: host}", "stage: load"])
def test_a_new_record_is_found_in_a_log_and_gives_a_patch(scope: str, tmp_path: Path) -> None:
    folder = records_with(tmp_path, scope)
    log = tmp_path / "build.log"
    log.write_text(LOG)
    diagnosis = diagnose([(log.name, read_log(str(log)))], load_library([folder], system="/nonexistent"))
    assert [finding.id for finding in diagnosis.findings] == ["frobnicate-removed"]
    patch = tmp_path / "cure.patch"
    assert run_patch([str(log)], output=patch, folders=[folder]) == 0
    assert "+    frobnicate_all(device);" in patch.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("scope", "trees", "kinds"),
    [
        ("", {"kernel", "kernel-open"}, {"host", "plain"}),
        ("applies_to: {modules: open}", {"kernel-open"}, {"host", "plain"}),
        ("applies_to: {package: host}", {"kernel", "kernel-open"}, {"host"}),
        ("applies_to: {package: display}", {"kernel", "kernel-open"}, {"plain"}),
    ],
)
def test_a_new_record_is_foreseen_where_it_applies(
    scope: str, trees: set[str], kinds: set[str], tmp_path: Path
) -> None:
    library, catalogue = load_library([records_with(tmp_path, scope)], system="/nonexistent"), load_catalogue()
    for tree in ("kernel", "kernel-open"):
        for kind in ("host", "plain"):
            question = Question(build=BUILD, kind=kind, kernel=KERNEL, tree=tree)
            ids = predict(question, catalogue, library).ids
            assert ("frobnicate-removed" in ids) == (tree in trees and kind in kinds), (tree, kind)


def test_a_new_record_is_in_the_table_and_in_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = records_with(tmp_path, "applies_to: {package: host}")
    library, catalogue = load_library([folder], system="/nonexistent"), load_catalogue()
    release = next(release for release in catalogue.releases if release.release == RELEASE)
    assert "frobnicate-removed" in answer(catalogue, release, KERNEL, library=library).because
    row = next(row for row in table_rows(catalogue, library) if row[0] == RELEASE)
    assert "frobnicate-removed" in row[-1] or not row[-1].startswith(KERNEL)
    assert run_check(UserInput(driver=RELEASE, kernel=KERNEL, root=tmp_path), form="json", folders=[folder]) == 1
    assert "frobnicate-removed" in capsys.readouterr().out


@pytest.mark.parametrize("generation", ["ampere", "blackwell"])
def test_the_table_knows_which_modules_a_gpu_needs(generation: str, tmp_path: Path) -> None:
    library = load_library([records_with(tmp_path, "applies_to: {modules: open}")], system="/nonexistent")
    catalogue = load_catalogue()
    release = next(release for release in catalogue.releases if release.release == RELEASE)
    gpu = catalogue.generation(generation)
    assert gpu is not None
    is_open = gpu.host_tree(release.branch) == "kernel-open"
    assert ("frobnicate-removed" in answer(catalogue, release, KERNEL, gpu, library).because) == is_open


def test_the_stage_follows_from_the_area_and_can_be_named(tmp_path: Path) -> None:
    library = load_library([records_with(tmp_path, "stage: run")], system="/nonexistent")
    assert library["frobnicate-removed"].stage == "run"
    for name in library.ids:
        area = library.area(name)
        if area in ("build", "install", "load"):
            assert library[name].stage == ("load" if area == "load" else "build"), name


RECORDS = Path(__file__).parents[2] / "signatures"
WRITTEN = sorted(path for path in RECORDS.rglob("*.yaml") if path.parent.name != "catalogue")


@pytest.mark.parametrize("file", schemas())
def test_the_schemas_for_editors_are_current_and_valid(file: str) -> None:
    schema = json.loads((RECORDS / file).read_text(encoding="utf-8"))
    assert schema == schemas()[file], "make docs writes it"
    Draft202012Validator.check_schema(schema)


def test_every_record_fits_the_schema_and_names_it() -> None:
    validator = Draft202012Validator(record_schema())
    for path in WRITTEN:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(schema_line(path.parent.relative_to(RECORDS).as_posix()) + "\n"), path
        errors = [error.message for error in validator.iter_errors(yaml.load(text, Loader=yaml.CSafeLoader))]
        assert not errors, path


@pytest.mark.parametrize(
    "wrong",
    [
        "titel: x",
        "stage: never",
        'fixed_in: {"535": soon}',
        "applies_to: {modules: all}",
        "edits: [{in: a, find: b, guard: x}]",
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(wrong: str) -> None:
    record = yaml.safe_load(RECORD.replace("SCOPE", "")) | yaml.safe_load(wrong)
    with pytest.raises(RecordError):
        parse_signature(record, "kernel/7.2", "x.yaml")
    assert not Draft202012Validator(record_schema()).is_valid(record)


def test_builds_have_a_name_where_the_folder_gives_them_one(tmp_path: Path) -> None:
    folder = records_with(tmp_path, "")
    file = folder / "kernel/7.2/frobnicate-removed.yaml"
    file.write_text(file.read_text().replace('fixed_in: {"595": null}', "fixed_in: first-fix"))
    with pytest.raises(RecordError, match="first-fix"):
        load_library([folder], system="/nonexistent")
    (folder / "catalogue").mkdir()
    (folder / "catalogue/fixes.yaml").write_text('first-fix: {"595": "595.71.03"}\n')
    record = load_library([folder], system="/nonexistent")["frobnicate-removed"]
    assert record.fixed_in == {"595": "595.71.03"}


def test_guard_and_commit_link_follow_from_the_change() -> None:
    record = yaml.safe_load(RECORD.replace("SCOPE", ""))
    del record["edits"][0]["guard"]
    record["kernel"]["commit"] = "3652117f854819a148ff"
    record["references"] = ["https://example.org/1"]
    signature = parse_signature(record, "kernel/7.2", "x.yaml")
    assert [edit.guard for edit in signature.edits] == [">=7.2"]
    assert signature.references == ("https://git.kernel.org/linus/3652117f8548", "https://example.org/1")
    record["edits"][0]["guard"] = "every"
    assert parse_signature(record, "kernel/7.2", "x.yaml").edits[0].guard is None


def test_a_draft_fits_the_schema() -> None:
    complaint = Diagnostic("compiler", "error", "implicit-function", "no frob", 1, {"function": "frob"})
    ((_, draft),) = drafts([complaint], LogFacts(kernel="7.2.1"))
    record = yaml.safe_load(draft)
    assert draft.startswith(schema_line("kernel/7.2"))
    assert not list(Draft202012Validator(record_schema()).iter_errors(record))
    assert parse_signature(record, "kernel/7.2", "x.yaml").kernel is not None


def test_lint_finds_long_lines_but_for_logs_and_code(tmp_path: Path) -> None:
    folder = records_with(tmp_path, "# " + "x" * 119)
    file = folder / "kernel/7.2/frobnicate-removed.yaml"
    long_line = "y" * 130
    file.write_text(file.read_text().replace("examples: {}", f"examples:\n  fires:\n    - |\n      {long_line}"))
    library = load_library([folder], system="/nonexistent")
    complaints = list(complaints_about([library["frobnicate-removed"]], library, load_catalogue()))
    assert [complaint for complaint in complaints if "columns" in complaint] == [
        f"{file}: line 5: has 121 columns, more than 120"
    ]
