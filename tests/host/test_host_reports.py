"""Compare the whole report for every fake root with the files under ``golden``."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from fake_roots import HOSTS
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from vgpu_doctor.advice.host_context import UserInput
from vgpu_doctor.cli.check import run_check
from vgpu_doctor.cli.start import exit_code_of
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TODAY = "2026-11"
CODES = {
    "pve-7.4-vgpu-16.0": 0,
    "pve-8.1-to-8.2-vgpu-16.4": 1,
    "pve-8.1-patched": 0,
    "pve-8.1-held-and-pinned": 0,
    "pve-8.4-vgpu-17.6": 0,
    "pve-8.4-two-drivers": 1,
    "pve-8.4-half-installed-kernel": 0,
    "pve-9.1-vgpu-18.4": 1,
    "pve-9.1-vgpu-19.5": 0,
    "debian-12-plain-driver": 1,
    "no-driver": 0,
    "ubuntu-24.04-vgpu-17.2": 1,
    "rhel-9.4-vgpu-17.1": 0,
    "nearly-nothing-known": 1,
}


SEARCHED = re.compile(r"(?:searched\s+for|内\s*核\s*的)\s+(\d+)\s+(?:changes\s+of\s+this\s+kernel|项\s*变\s*更)")
"""How many changes the source was searched for: the number grows with the records, and may move the end of its line."""


def without_count(text: str) -> str:
    return SEARCHED.sub(lambda found: " ".join(found[0].replace(found[1], "N").split()), text)


def checked(root: Path, capsys: pytest.CaptureFixture[str], **options: str) -> tuple[int, str]:
    """Return the exit code and the output of a check of a folder, whose own name is replaced by /host."""
    code = run_check(UserInput(root=root), language=options.pop("language", "en"), today=TODAY, **options)  # type: ignore[arg-type]
    return code, without_count(capsys.readouterr().out.replace(str(root), "/host"))


@pytest.mark.parametrize("name", HOSTS)
def test_host_is_reported_as_recorded(
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    check_golden: Callable[[str, str], None],
) -> None:
    root = HOSTS[name](tmp_path / "r").write()
    code, text = checked(root, capsys)
    check_golden(f"{name}.txt", text)
    assert code == CODES[name]


@pytest.mark.parametrize("name", HOSTS)
def test_json_keeps_the_contract_and_says_the_same(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = HOSTS[name](tmp_path / "r").write()
    code, text = checked(root, capsys, form="json")
    report = json.loads(text)
    schema = json.loads((files("vgpu_doctor.report") / "report.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(report)
    verdicts = [verdict["verdict"] for verdict in report["check"]["verdicts"] if verdict["decisive"]]
    expected = 1 if {"fails", "unusable"} & set(verdicts) else 3 if "unknown" in verdicts else 0
    assert code == expected


@pytest.mark.parametrize("name", HOSTS)
def test_nothing_on_the_host_is_changed(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = HOSTS[name](tmp_path / "r").write()
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.exists()}
    checked(root, capsys)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.exists()} == before


@pytest.mark.parametrize("form", ["prometheus", "markdown"])
def test_other_forms_read_as_recorded(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], check_golden: Callable[[str, str], None]
) -> None:
    root = HOSTS["pve-8.1-to-8.2-vgpu-16.4"](tmp_path / "r").write()
    _, text = checked(root, capsys, form=form)
    check_golden(f"pve-8.1-to-8.2-vgpu-16.4.{form}", text)


def test_host_is_reported_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], check_golden: Callable[[str, str], None]
) -> None:
    root = HOSTS["pve-8.1-to-8.2-vgpu-16.4"](tmp_path / "r").write()
    _, text = checked(root, capsys, language="zh")
    check_golden("pve-8.1-to-8.2-vgpu-16.4.zh.txt", text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_says_for_how_many_changes_the_source_was_searched(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = HOSTS["pve-8.1-patched"](tmp_path / "r").write()
    run_check(UserInput(root=root), language=language, today=TODAY)
    found = SEARCHED.search(capsys.readouterr().out)
    assert found
    assert 0 < int(found[1]) <= len(load_library(system="/nonexistent").ids)


def test_a_folder_without_a_system_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(lambda: run_check(UserInput(root=tmp_path), language="en")) == 2
    assert "no system in" in capsys.readouterr().err


def test_links_of_a_mounted_disk_stay_on_that_disk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    host = HOSTS["pve-8.4-vgpu-17.6"](tmp_path / "r")
    root = host.write()
    (root / "etc/os-release").unlink()
    (root / "etc/os-release").symlink_to("/usr/lib/os-release")
    (root / "proc/driver/nvidia/version").unlink()
    (root / "proc/driver/nvidia/version").symlink_to("../../../../../../../../../../../../etc/hostname")
    (root / "etc/hostname").write_text("NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.163.02  Tue\n")
    code, text = checked(root, capsys)
    assert code == 0
    assert "550.163.02" in text
