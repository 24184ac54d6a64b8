"""What bash is told to complete a line with is what the command-line library would tell it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import typer.main
from typer._completion_classes import BashComplete

from vgpu_doctor.cli import completion
from vgpu_doctor.cli.app import app
from vgpu_doctor.cli.completion import answer, completion_table

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def built_table(monkeypatch: pytest.MonkeyPatch) -> None:
    table = json.loads(json.dumps(completion_table()))
    monkeypatch.setattr(completion, "built", lambda _: table)


def commands(table: dict[str, Any], before: str = "vgpu-doctor") -> Iterator[tuple[str, dict[str, Any]]]:
    yield before, table
    for name, below in table["commands"].items():
        yield from commands(below, f"{before} {name}")


def lines() -> Iterator[str]:
    for command, table in commands(completion_table()):
        for begun in ("", "a", "s", "-", "--", "--f", "--s", "-o", "zz", "/etc"):
            yield f"{command} {begun}"
        for option in table["options"]:
            for name in option["names"]:
                yield f"{command} {name} "
                yield f"{command} {name} m"
                yield f"{command} {name} text --"
    yield from (
        "vgpu-doctor ana lyze",
        "vgpu-doctor signatures list --",
        "vgpu-doctor analyze a.log b.log --l",
        "vgpu-doctor analyze -- --l",
        "vgpu-doctor --version a",
        "vgpu-doctor nothing --f",
        "vgpu-doctor analyze --format=j",
        "vgpu-doctor analyze 'a b' --l",
    )


def from_library(line: str, place: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(place))
    command = typer.main.get_command(app)
    return BashComplete(command, {}, "vgpu-doctor", "_VGPU_DOCTOR_COMPLETE").complete().split("\n")


@pytest.mark.slow
def test_the_table_answers_as_the_library_does(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = 0
    for line in lines():
        place = len(line.split(" ")) - 1
        found = answer("complete_bash", line, str(place))
        if found is not None:
            answered += 1
            assert found.removesuffix("\n").split("\n") == from_library(line, place, monkeypatch), line
    assert answered > 200


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("vgpu-doctor an", "analyze\n"),
        ("vgpu-doctor analyze --fo", "--format\n"),
        ("vgpu-doctor analyze --format m", "markdown\n"),
        ("vgpu-doctor analyze /var/log/nv", "\n"),
        ("vgpu-doctor hook ", "install\nremove\nstatus\n"),
    ],
)
def test_the_common_cases_do_not_need_the_library(line: str, words: str) -> None:
    assert answer("complete_bash", line, str(len(line.split(" ")) - 1)) == words


@pytest.mark.parametrize(
    ("shell", "line", "place"),
    [
        ("complete_zsh", "vgpu-doctor an", "1"),
        ("complete_bash", "vgpu-doctor an", ""),
        ("complete_bash", "vgpu-doctor an", "9" * 4000),
        ("complete_bash", "vgpu-doctor an", "0"),
        ("complete_bash", "vgpu-doctor an", "-1"),
        ("complete_bash", "vgpu-doctor 'an", "1"),
    ],
)
def test_everything_else_is_left_to_the_library(shell: str, line: str, place: str) -> None:
    assert answer(shell, line, place) is None
