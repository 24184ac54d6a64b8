"""The advice for typical hosts, whole, as files that were read by eye; and what must hold in each."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from advice_cases import BUILD_68, CASES, Case, advice, host_log, told
from vgpu_doctor.advice.host_context import UserInput
from vgpu_doctor.model import Diagnosis

if TYPE_CHECKING:
    from collections.abc import Callable

    from advice_cases import Told


@pytest.mark.parametrize("name", CASES)
def test_advice_reads_as_recorded(name: str, check_golden: Callable[[str, str], None]) -> None:
    check_golden(f"{name}.txt", told(advice(CASES[name])))


@pytest.mark.parametrize("name", ["a-17.0-on-6.8-ampere", "e-470-guest-on-6.12", "c-16.9-on-6.17"])
def test_advice_reads_as_recorded_in_chinese(name: str, check_golden: Callable[[str, str], None]) -> None:
    check_golden(f"{name}-zh.txt", told(advice(CASES[name], "zh")))


def kinds(report: Told) -> list[str]:
    return [remedy.kind for remedy in report.remedies]


def titles(report: Told) -> str:
    return "\n".join(remedy.title for remedy in report.remedies)


def test_pascal_is_never_sent_to_17() -> None:
    text = told(advice(CASES["b-16.5-on-6.8-pascal"]))
    assert "vGPU 16.14" in text
    assert not re.search(r"(Install|Change to) vGPU (17|18|19|20)", text)
    assert "Install vGPU 17" not in told(advice(CASES["pascal-on-17.1"]))


@pytest.mark.parametrize("name", ["c-16.9-on-6.17", "d-17.6-on-6.17"])
def test_many_open_changes_are_not_patched(name: str) -> None:
    report = advice(CASES[name])
    assert "patch" not in kinds(report)
    assert any("irq-bypass-args" in note for note in report.notes)


def test_16_9_on_6_17_goes_up_its_branch_or_back_to_6_14() -> None:
    report = advice(CASES["c-16.9-on-6.17"])
    assert kinds(report)[0] == "driver"
    assert "16.14" in report.remedies[0].title
    assert "6.14.11-9-pve" in titles(report)


def test_no_release_of_17_is_offered_for_6_17() -> None:
    assert not re.search(r"(Install|Change to) vGPU 17", titles(advice(CASES["d-17.6-on-6.17"])))


def test_a_kernel_that_proxmox_9_cannot_have_is_not_named() -> None:
    report = advice(CASES["j-17.1-on-pve-9"])
    assert "pin" not in kinds(report)
    assert any("Linux 6.5" in note and "Proxmox VE 9" in note for note in report.notes)


def test_a_guess_is_called_one() -> None:
    assert any("low confidence" in note for note in advice(CASES["g-19.1-on-6.17-ada"]).notes)


def test_the_patch_of_a_backport_kernel_is_refused() -> None:
    report = advice(CASES["k-rhel-9-backport"])
    assert "patch" not in kinds(report)
    assert any("No patch is offered" in note for note in report.notes)


def test_where_nothing_fits_the_report_says_so_and_what_to_post() -> None:
    report = advice(CASES["l-nothing-fits"])
    assert report.remedies == ()
    assert "int-conversion-gcc14" in report.notes[0]
    assert "lspci" in report.notes[1]


def test_secure_boot_is_not_to_be_switched_off() -> None:
    first = advice(CASES["h-secure-boot"]).remedies[0]
    assert "mokutil --import /var/lib/dkms/mok.pub" in first.steps
    assert not re.search(r"disable|switch off|turn off", " ".join((first.title, *first.steps)), re.IGNORECASE)


@pytest.mark.parametrize(
    ("name", "package"),
    [("i-headers-pve-7", "pve-headers-5.15.158-2-pve"), ("i-headers-pve-9", "proxmox-headers-6.14.11-3-pve")],
)
def test_headers_have_the_name_of_their_time(name: str, package: str) -> None:
    assert any(package in step.split() for step in advice(CASES[name]).remedies[0].steps)


def test_nothing_found_means_no_advice() -> None:
    from advice_cases import TODAY, library
    from vgpu_doctor.advice.case import report_of
    from vgpu_doctor.catalogue.load import load_catalogue

    facts = host_log("535.161.05", "6.8.4-2-pve")
    report = report_of(Diagnosis((facts,), (), (), 0, 0, 0), UserInput(), load_catalogue(), library(), today=TODAY)
    assert (report.remedies, report.notes) == ((), ())
    assert report.releases == ("16.4", "16.5")


@pytest.mark.parametrize(
    ("today", "words"),
    [("2026-07", "ends in 2026-07"), ("2026-08", "ended in 2026-07"), ("2025-12", None)],
)
def test_support_ends_or_ended_by_the_date(today: str, words: str | None) -> None:
    from vgpu_doctor.advice.support import support_condition
    from vgpu_doctor.catalogue.load import load_catalogue
    from vgpu_doctor.messages import render

    branch = load_catalogue().branch("535")
    assert branch is not None
    said = list(support_condition(branch, today))
    assert (words is None and not said) or (words is not None and words in render(said[0], "en"))


def test_another_branch_with_an_unknown_card_is_left_to_the_installer() -> None:
    report = advice(CASES["d-17.6-on-6.17"])
    assert [step for step in report.remedies[0].steps if step.startswith("sh ")] == [
        "sh ./NVIDIA-Linux-x86_64-580.178.05-vgpu-kvm.run --dkms"
    ]
    known = advice(Case(host_log("550.163.02", "6.17.13-1-pve"), ("extra-cflags-removed",), UserInput(gpu="T4")))
    assert any(step.endswith("--dkms -M proprietary") for step in known.remedies[0].steps)


def test_a_card_that_is_not_known_is_said() -> None:
    report = advice(Case(host_log("550.54.16", "6.8.4-2-pve"), BUILD_68, UserInput(gpu="RTX 6000")))
    assert any("'RTX 6000'" in note for note in report.notes)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_line_can_be_pasted(name: str, language: str) -> None:
    """Each line is a comment, or a command that a shell can read and that holds nothing to be filled in."""
    for remedy in advice(CASES[name], language).remedies:
        for line in (*remedy.steps, *remedy.undo, *remedy.check):
            assert "\n" not in line
            if line.startswith("# "):
                continue
            assert not re.search(r"<[a-z]|(?<!\$)\{[a-z_]+\}|\bNAME\b|\bRELEASE\b|\.\.\.", line), line
            read = subprocess.run(["sh", "-n", "-c", line], capture_output=True, text=True, check=False)
            assert (read.returncode, read.stderr) == (0, ""), line
