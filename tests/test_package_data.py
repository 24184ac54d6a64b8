"""What is made ahead for the package says the same as the files it is made from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from build_package_data import built_files
from vgpu_doctor import package_data as built
from vgpu_doctor.grammar.tables import automaton
from vgpu_doctor.signatures.load import load_library
from vgpu_doctor.signatures.yaml_folder import read_folder

SIGNATURES = Path(__file__).parents[1] / "signatures"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("built")
    for name, content in built_files(SIGNATURES).items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return made


def test_compiled_records_are_the_records(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built, "FOLDER", str(folder))
    library = load_library(system="/nonexistent")
    written = {signature.id: signature for _, signature in read_folder(SIGNATURES)}
    assert library.ids == sorted(written)
    for name, signature in written.items():
        compiled = library[name]
        assert {**vars(compiled), "origin": ""} == {**vars(signature), "origin": ""}


def test_records_of_a_folder_go_before_compiled_ones(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "FOLDER", str(folder))
    own = tmp_path / "kernel" / "6.8" / "eventfd-signal-args.yaml"
    own.parent.mkdir(parents=True)
    shipped = (SIGNATURES / "kernel" / "6.8" / "eventfd-signal-args.yaml").read_text(encoding="utf-8")
    own.write_text(shipped.replace("eventfd_signal() lost its counter argument", "my own words"), encoding="utf-8")
    library = load_library([tmp_path], system="/nonexistent")
    assert library["eventfd-signal-args"].title["en"] == "my own words"
    assert library.overridden("eventfd-signal-args")
    assert not library.overridden("iommu-ops-removed")


def test_compiled_tables_parse(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built, "FOLDER", str(folder))
    automaton.cache_clear()
    try:
        found = automaton("compiler").parse("too many arguments to function 'f'", "message")
    finally:
        automaton.cache_clear()
    assert found == ("too-many-arguments", {"function": "f"})


def test_nothing_that_runs_code_is_built(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert path.is_dir() or path.suffix in (".json", ".jsonl")
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
