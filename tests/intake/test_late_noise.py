"""Noise that begins or ends in the middle of a paste is removed there, and nowhere else."""

from __future__ import annotations

from functools import cache
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from noise_forms import CUTTING, ONE_TO_ONE
from vgpu_doctor.engine import diagnose
from vgpu_doctor.intake.clean import clean_blocks
from vgpu_doctor.intake.decode import Block
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from vgpu_doctor.signatures.index import Library

SAMPLES = Path(__file__).parents[2] / "sample_logs"
CHAT = ["Hello,", "since the upgrade my card is not found any more. What I did:", ""]
KERNEL_LOG = [
    f"Apr 28 10:11:{second:02} pve kernel: [{second:5}.000000] NVRM: loading, step {second}" for second in range(30)
]


def lines_of(name: str) -> list[str]:
    return (SAMPLES / name).read_text().splitlines()


def build_steps(size: int) -> list[str]:
    """Return about so many characters of build steps, wider than any terminal."""
    folder = "/tmp/selfgz1/NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm/kernel/nvidia/some/deeper/folder/of/sources"
    lines = [
        f"   {step} [M]  {folder}/file-{'x' * (place % 37)}{place}.o"
        for place, step in zip(range(size // 100), cycle(("CC", "LD")))
    ]
    return ["nvidia-installer log file '/var/log/nvidia-installer.log'", "installer version: 550.54.16", *lines]


@cache
def library() -> Library:
    return load_library(system="/nonexistent")


def findings(lines: list[str]) -> list[tuple[str, int]]:
    text = "\n".join(lines) + "\n"
    diagnosis = diagnose([("paste", clean_blocks([Block(text, 1)]))], library())
    return sorted((finding.id, finding.evidence[0].log_line) for finding in diagnosis.findings)


NOISY = {**ONE_TO_ONE, **CUTTING}
MAKE_LOG = lines_of("dkms-3.2-make.log")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "size"), [*((name, 60_000) for name in NOISY), *((name, 200_000) for name in ("mail", "html", "mail-72"))]
)
def test_noise_that_begins_late_is_undone(name: str, size: int) -> None:
    before = [*CHAT, *build_steps(size), *KERNEL_LOG, ""]
    rows = NOISY[name](list(enumerate(MAKE_LOG, len(before) + 1)))
    numbers = [*range(1, len(before) + 1), *(number for number, _ in rows)]
    shown = findings([*before, *(text for _, text in rows)])
    assert [(cause, numbers[line - 1]) for cause, line in shown] == findings([*before, *MAKE_LOG])


@pytest.mark.slow
@pytest.mark.parametrize("size", [0, 60_000])
@pytest.mark.parametrize(
    "after", ["mail", "terminal-80", "mail-72", "html", "forum-code", "github", "cat-n", "lost-quotes"]
)
@pytest.mark.parametrize("name", ["mail", "terminal-80", "html", "journal"])
def test_one_noise_may_follow_another(name: str, after: str, size: int) -> None:
    first = NOISY[name](list(enumerate([*build_steps(40_000), *MAKE_LOG], 1)))
    between = [(0, text) for text in ["", "And here is the other one:", *build_steps(size), ""]]
    text = lines_of("550.54.16-debian-6.12.log")
    second = NOISY[after](list(enumerate(text, len(first) + len(between) + 1)))
    rows = [*first, *between, *second]
    plain = [*build_steps(40_000), *MAKE_LOG, *("" for _ in between), *text]
    shown = {cause for cause, _ in findings([text for _, text in rows])}
    assert shown == {cause for cause, _ in findings(plain)}
