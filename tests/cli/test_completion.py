"""What a shell is told to complete a line with."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, get_args

import pytest

from vgpu_doctor.cli.app import CheckFormat, Colour
from vgpu_doctor.host.hook_files import Mode
from vgpu_doctor.report.writers import Format
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from pathlib import Path


def completed(line: str, **environment: str) -> list[str]:
    """The words for the last, perhaps empty, word of a line, as the script of bash asks for them."""
    asked = {
        "_VGPU_DOCTOR_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-m", "vgpu_doctor"],
        env={**os.environ, **asked, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("vgpu-doctor an", ["analyze"]),
        ("vgpu-doctor analyze --fo", ["--format"]),
        ("vgpu-doctor analyze --format m", ["markdown"]),
        ("vgpu-doctor analyze /var/log/nv", []),
        ("vgpu-doctor hook ", ["install", "remove", "status"]),
        ("vgpu-doctor analyze --format ", list(get_args(Format))),
        ("vgpu-doctor check --format ", list(get_args(CheckFormat))),
        ("vgpu-doctor analyze --color ", list(get_args(Colour))),
        ("vgpu-doctor hook install --mode ", list(get_args(Mode))),
        ("vgpu-doctor explain --lang ", ["en", "zh"]),
        ("vgpu-doctor patch --tree kernel-", ["kernel-open"]),
        ("vgpu-doctor check --driver 17.1", ["17.1"]),
        ("vgpu-doctor check --pve 8.2", ["8.2"]),
        ("vgpu-doctor explain eventfd-signal-a", ["eventfd-signal-args"]),
    ],
)
def test_a_line_is_completed(line: str, words: list[str]) -> None:
    assert completed(line) == words


def test_every_signature_is_offered() -> None:
    assert completed("vgpu-doctor explain ") == load_library().ids


def test_a_broken_record_of_the_host_is_no_message_in_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vgpu_doctor.cli.completion import signature_ids

    (tmp_path / "broken.yaml").write_text("id: [")
    monkeypatch.setattr("vgpu_doctor.signatures.load.load_library.__defaults__", ((), str(tmp_path)))
    assert signature_ids() == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_its_script(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vgpu_doctor"],
        env={**os.environ, "_VGPU_DOCTOR_COMPLETE": f"source_{shell}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert f"_VGPU_DOCTOR_COMPLETE=complete_{shell}" in done.stdout
    assert done.stderr == ""
