"""What is done to a log on its way changes neither what is found nor the lines that are shown for it."""

from __future__ import annotations

import gzip
import itertools
import os
import random
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from noise_forms import CUTTING, ONE_TO_ONE, Form, Rows
from vgpu_doctor.engine import diagnose
from vgpu_doctor.intake.cleaning import cleaned
from vgpu_doctor.intake.unpasting import unpasted
from vgpu_doctor.knowledge.loading import load_library

if TYPE_CHECKING:
    from vgpu_doctor.knowledge.library import Library

ROOT = Path(__file__).parents[1]
CORPUS = Path(os.environ.get("CORPUS") or ROOT.parent / "shared" / "corpus")
LONGEST = 120_000  # bytes of a log that is taken whole; the cost must stay small

Found = list[tuple[str, int]]


def logs(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.name.endswith((".log", ".log.gz")))


SAMPLES = logs(ROOT / "sample_logs")
LABORATORY = logs(CORPUS / "lab") + logs(CORPUS / "public")
needs_corpus = pytest.mark.skipif(not LABORATORY, reason=f"there is no corpus at {CORPUS}")


@cache
def library() -> Library:
    return load_library(system="/nonexistent")


def found(text: str) -> Found:
    """The findings of a paste, each with the line that is shown first for it."""
    blocks = unpasted(cleaned([text.encode("utf-8", "replace")]))
    diagnosis = diagnose([("paste", blocks)], library())
    return sorted((finding.id, finding.evidence[0].log_line) for finding in diagnosis.findings)


@cache
def text_of(log: Path) -> str:
    raw = log.read_bytes()
    raw = gzip.decompress(raw) if log.suffix == ".gz" else raw
    if len(raw) > LONGEST:
        raw = raw[: raw.rindex(b"\n", 0, LONGEST) + 1]
    text = "".join(block.text for block in unpasted(cleaned([raw + b"\n"])))
    return text.rstrip("\n") + "\n"


@cache
def plain(log: Path) -> Found:
    return found(text_of(log))


def pasted(log: Path, *forms: Form) -> tuple[str, Rows]:
    rows: Rows = list(enumerate(text_of(log).split("\n")[:-1], start=1))
    for form in forms:
        rows = form(rows)
    return "\n".join(text for _, text in rows) + "\n", rows


def differences(log: Path, *names: str) -> str | None:
    """What a paste shows otherwise than the log; None where it shows the same."""
    forms = {**ONE_TO_ONE, **CUTTING}
    text, rows = pasted(log, *(forms[name] for name in names))
    shown = sorted((name, rows[line - 1][0]) for name, line in found(text))
    return None if shown == plain(log) else f"{log.name} as {' in '.join(names)}: {shown} is not {plain(log)}"


def turns(log: Path, of: list[tuple[str, ...]], count: int) -> list[tuple[str, ...]]:
    """Some of the forms for a log, other ones for each log, always the same."""
    return random.Random(zlib.crc32(log.name.encode())).sample(of, min(count, len(of)))


ALONE: list[tuple[str, ...]] = [(name,) for name in (*ONE_TO_ONE, *CUTTING)]
PAIRS: list[tuple[str, ...]] = [
    *((cut, form) for cut in ("terminal-80", "terminal-132") for form in ONE_TO_ONE),
    *((form, "quoted-printable") for form in ONE_TO_ONE),
    *itertools.permutations(ONE_TO_ONE, 2),
]


@pytest.mark.parametrize("log", SAMPLES, ids=lambda log: log.name)
def test_every_form_of_noise_leaves_the_findings_of_a_sample(log: Path) -> None:
    assert [wrong for names in ALONE if (wrong := differences(log, *names))] == []


@pytest.mark.parametrize("log", SAMPLES, ids=lambda log: log.name)
def test_pairs_of_noise_leave_the_findings_of_a_sample(log: Path) -> None:
    assert [wrong for names in turns(log, PAIRS, 12) if (wrong := differences(log, *names))] == []
