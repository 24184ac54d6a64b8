"""The plain calls of ``analyze`` mean the same to both readers of arguments."""

from __future__ import annotations

from typing import Any

import pytest
import typer.main

from vgpu_doctor.cli import app as commands
from vgpu_doctor.cli.quick import CHOICES, FOLDERS, NO_MASK, OPTIONS, plain_call
from vgpu_doctor.report.writers import WRITERS


def test_both_know_the_same_options_and_choices() -> None:
    command: Any = typer.main.get_command(commands.app)
    declared = {
        name for parameter in command.commands["analyze"].params for name in parameter.opts if name.startswith("-")
    }
    assert declared == {*OPTIONS, FOLDERS, NO_MASK}
    assert set(CHOICES["form"]) == {form.value for form in commands.Format} == set(WRITERS)
    assert set(CHOICES["colour"]) == {colour.value for colour in commands.Colour}


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
def test_a_plain_call_is_read_as_the_library_reads_it(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_every_other_call_is_left_to_the_library(arguments: list[str]) -> None:
    assert plain_call(arguments) is None
