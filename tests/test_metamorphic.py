"""What is done to a log on its way changes neither what is found nor the lines that are shown for it."""

from __future__ import annotations

import gzip
import itertools
import os
import random
import re
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from noise_forms import CUTTING, ONE_TO_ONE, Form, Rows
from vgpu_doctor.engine import diagnose
from vgpu_doctor.intake.clean import clean_blocks
from vgpu_doctor.intake.decode import decode_blocks
from vgpu_doctor.intake.detect import detect_noise
from vgpu_doctor.intake.line_patterns import count_tool_lines
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from vgpu_doctor.model import Diagnosis, Diagnostic
    from vgpu_doctor.signatures.index import Library

ROOT = Path(__file__).parents[1]
CORPUS = Path(os.environ.get("CORPUS") or ROOT.parent / "shared" / "corpus")
MAX_LOG_SIZE = 120_000  # bytes of a log that is taken whole; the cost must stay small
WHOLE = os.environ.get("METAMORPHIC") == "all"  # every form of noise for every log of the corpus: some minutes

Found = list[tuple[str, int]]


def logs(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.name.endswith((".log", ".log.gz")))


SAMPLES = logs(ROOT / "sample_logs")
LABORATORY = logs(CORPUS / "lab") + logs(CORPUS / "public")
needs_corpus = pytest.mark.skipif(not LABORATORY, reason=f"there is no corpus at {CORPUS}")


@cache
def library() -> Library:
    return load_library(system="/nonexistent")


def diagnosed(text: str) -> Diagnosis:
    text = text if text.endswith("\n") else text + "\n"
    return diagnose([("paste", clean_blocks(decode_blocks([text.encode("utf-8", "replace")])))], library())


def found(text: str) -> Found:
    """Return the findings of a paste, each with the number of its first line of evidence."""
    return sorted((finding.id, finding.evidence[0].log_line) for finding in diagnosed(text).findings)


@cache
def text_of(log: Path) -> str:
    raw = log.read_bytes()
    raw = gzip.decompress(raw) if log.suffix == ".gz" else raw
    if len(raw) > MAX_LOG_SIZE:
        raw = raw[: raw.rindex(b"\n", 0, MAX_LOG_SIZE) + 1]
    text = "".join(block.text for block in clean_blocks(decode_blocks([raw + b"\n"])))
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
    """Return how the findings of a paste differ from those of its log, None if they do not."""
    forms = {**ONE_TO_ONE, **CUTTING}
    text, rows = pasted(log, *(forms[name] for name in names))
    shown = sorted((name, rows[line - 1][0]) for name, line in found(text))
    return None if shown == plain(log) else f"{log.name} as {' in '.join(names)}: {shown} is not {plain(log)}"


def turns(log: Path, of: list[tuple[str, ...]], count: int) -> list[tuple[str, ...]]:
    """Return some of the forms, others for each log but always the same."""
    return random.Random(zlib.crc32(log.name.encode())).sample(of, min(count, len(of)))


ALONE: list[tuple[str, ...]] = [(name,) for name in (*ONE_TO_ONE, *CUTTING)]
PAIRS: list[tuple[str, ...]] = [
    *((cut, form) for cut in ("terminal-80", "terminal-132") for form in ONE_TO_ONE),
    *((form, "quoted-printable") for form in ONE_TO_ONE),
    *itertools.permutations(ONE_TO_ONE, 2),
]


@pytest.mark.slow
@pytest.mark.parametrize("log", SAMPLES, ids=lambda log: log.name)
def test_every_form_of_noise_leaves_the_findings_of_a_sample(log: Path) -> None:
    assert [wrong for names in ALONE if (wrong := differences(log, *names))] == []


@pytest.mark.slow
@pytest.mark.parametrize("log", SAMPLES, ids=lambda log: log.name)
def test_pairs_of_noise_leave_the_findings_of_a_sample(log: Path) -> None:
    assert [wrong for names in turns(log, PAIRS, 12) if (wrong := differences(log, *names))] == []


@pytest.mark.slow
@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize("part", range(4))
def test_noise_leaves_the_findings_of_the_corpus(part: int) -> None:
    wrong = [
        difference
        for log in LABORATORY[part::4]
        for names in (*turns(log, ALONE, len(ALONE) if WHOLE else 2), *turns(log, PAIRS, 25 if WHOLE else 1))
        if tells_enough(log, names) and (difference := differences(log, *names))
    ]
    assert wrong == []


def tells_enough(log: Path, names: tuple[str, ...]) -> bool:
    """Whether a log is long enough to show what was done to it: of one or two lines nobody can tell."""
    texts = text_of(log).split("\n")
    if any(name in CUTTING for name in names) and sum(1 for text in texts if len(text) > 80) < 20:
        return False
    return len(names) == 1 or count_tool_lines(texts) > 3


@pytest.mark.slow
@pytest.mark.parametrize("log", SAMPLES, ids=lambda log: log.name)
def test_a_log_that_breaks_off_shows_no_more_than_the_whole(log: Path) -> None:
    assert shown_only_by_a_part(log, 8) == []


@pytest.mark.slow
@needs_corpus
@pytest.mark.corpus
@pytest.mark.skipif(not WHOLE, reason="only with METAMORPHIC=all")
@pytest.mark.parametrize("part", range(4))
def test_a_log_of_the_corpus_that_breaks_off_shows_no_more_than_the_whole(part: int) -> None:
    assert [wrong for log in LABORATORY[part::4] for wrong in shown_only_by_a_part(log, 4)] == []


def follows(diagnostic: Diagnostic, causes: set[str]) -> bool:
    """Return whether one of these causes explains a diagnostic."""
    return any(entry.explains and entry.id in causes for entry in library().matches(diagnostic))


def shown_only_by_a_part(log: Path, cuts: int) -> list[str]:
    """What some parts of a log show that the whole does not, nor takes for what follows from a cause that it shows.

    A last resort may stand where its cause is cut off.
    """
    text = text_of(log)
    chance = random.Random(zlib.crc32(log.name.encode()))
    whole = {name for name, _ in plain(log)} | {name for name in library().ids if library()[name].last_resort}
    wrong = []
    for _ in range(cuts):
        start = chance.randrange(max(1, len(text) // 2)) if chance.random() < 0.5 else 0
        part = text[start : chance.randrange(start, len(text)) + 1]
        more = {
            finding.id
            for finding in diagnosed(part).findings
            if finding.id not in whole and not all(follows(diagnostic, whole) for diagnostic in finding.evidence)
        }
        if more:
            wrong.append(f"{log.name} from {start}, {len(part)} characters: {more}")
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize(
    "log", [log for log in SAMPLES if "make" in log.name or "pve" in log.name], ids=lambda log: log.name
)
def test_the_order_of_parallel_jobs_changes_no_finding(log: Path) -> None:
    """Whole lines of different compilers change places; those of one compiler keep their order."""
    lines = text_of(log).split("\n")[:-1]
    chance = random.Random(zlib.crc32(log.name.encode()))
    mixed = list(lines)
    for _ in range(len(lines)):
        place = chance.randrange(len(mixed) - 1)
        first, second = mixed[place : place + 2]
        if source_of(first) and source_of(second) and source_of(first) != source_of(second):
            mixed[place : place + 2] = second, first
    assert [name for name, _ in found("\n".join(mixed) + "\n")] == [name for name, _ in plain(log)]


def source_of(line: str) -> str | None:
    """Return the file that a diagnostic or a build step is about, without its suffix."""
    told = re.match(r"\s*(?:CC \[M\] +)?(\S+?)\.[co](?::\d+:\d+: .*)?$", line)
    return told[1] if told else None


def unchanged(log: Path) -> bool:
    raw = log.read_bytes()
    raw = gzip.decompress(raw) if log.suffix == ".gz" else raw
    before = list(decode_blocks([raw]))
    return list(clean_blocks(iter(before))) == before


@pytest.mark.parametrize("log", SAMPLES, ids=lambda log: log.name)
def test_a_log_without_noise_passes_as_it_is(log: Path) -> None:
    assert unchanged(log)


@pytest.mark.slow
@needs_corpus
@pytest.mark.corpus
def test_no_log_of_the_laboratory_is_changed() -> None:
    assert [log.name for log in logs(CORPUS / "lab") if not unchanged(log)] == []


def test_a_log_without_noise_pays_for_no_pattern() -> None:
    """Where no noise is detected, the modules that remove it are not even imported."""
    noisy = [log.name for log in SAMPLES if detect_noise(text_of(log), text_of(log).split("\n"))]
    assert len(noisy) * 5 < len(SAMPLES), noisy
