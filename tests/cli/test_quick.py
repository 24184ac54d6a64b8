"""The plain calls of ``analyze`` mean the same to both readers of arguments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main

from build_package_data import built_files
from vgpu_doctor.cli import app as commands
from vgpu_doctor.cli import quick
from vgpu_doctor.cli.quick import FILE, option_table, plain_call
from vgpu_doctor.report.writers import WRITERS, Format

SIGNATURES = Path(__file__).parents[2] / "signatures"


@pytest.fixture(params=["packaged", "derived"])
def table(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the options from the package, and as a checkout derives them."""
    packaged = json.loads(json.dumps(option_table())) if request.param == "packaged" else None
    monkeypatch.setattr(quick, "built", {FILE: packaged}.__getitem__)


def test_the_packaged_options_are_those_of_the_command() -> None:
    packaged = json.loads(built_files(SIGNATURES)[FILE])
    assert packaged == option_table()
    command: Any = typer.main.get_command(commands.app)
    declared = {
        name for parameter in command.commands["analyze"].params for name in parameter.opts if name.startswith("-")
    }
    assert {name for option in packaged for name in option["names"]} == declared
    choices = {option["parameter"]: option["choices"] for option in packaged}
    assert set(choices["form"]) == set(get_args(Format)) == set(WRITERS)
    assert set(choices["colour"]) == set(get_args(commands.Colour))


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze"],
        ["analyze", "-"],
        ["analyze", "a.log", "b.log", "--format", "json", "--no-mask"],
        ["analyze", "--format=markdown", "a.log", "--lang", "zh", "--gpu", "RTX A5000", "--pve=8.2"],
        ["analyze", "-f", "html", "--driver", "17.1", "--kernel", "6.8", "--color", "never", "-"],
        ["analyze", "--signatures", "one", "--signatures", "two", "a.log"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("table")
def test_a_plain_call_is_read_as_typer_reads_it(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[dict[str, Any]] = []

    def run_analyze(logs: list[str], **parameters: Any) -> int:
        calls.append({"logs": logs, **parameters, "folders": [str(folder) for folder in parameters["folders"]]})
        return 0

    monkeypatch.setattr("vgpu_doctor.cli.analyze.run_analyze", run_analyze)
    commands.app(arguments, standalone_mode=False)
    assert plain_call(arguments) == calls[0]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--help"],
        ["explain", "x"],
        ["analyze", "--help"],
        ["analyze", "--format", "pdf"],
        ["analyze", "--format"],
        ["analyze", "--format", "--lang"],
        ["analyze", "--", "-x"],
        ["analyze", "-fjson"],
        ["analyze", "--no-mask=1"],
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
@pytest.mark.usefixtures("table")
def test_every_other_call_is_left_to_typer(arguments: list[str]) -> None:
    assert plain_call(arguments) is None
