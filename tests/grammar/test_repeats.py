"""What a log prints again, and what it prints without saying anything, may be passed over: the result is the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vgpu_doctor.grammar.diagnostics import diagnostics
from vgpu_doctor.grammar.lines import classify_line
from vgpu_doctor.grammar.log_facts import FactCollector
from vgpu_doctor.grammar.scanning import PASSED_OVER, Repeats
from vgpu_doctor.intake import reading
from vgpu_doctor.intake.reading import read_log

if TYPE_CHECKING:
    from vgpu_doctor.model import Diagnostic

SAMPLES = sorted((Path(__file__).parents[2] / "sample_logs").glob("*.log"))


def complaints(log: Path) -> list[Diagnostic]:
    return list(diagnostics(read_log(str(log)), "log", FactCollector("log")))


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("piece", [4096, 20_000])
def test_passing_over_repeated_blocks_changes_nothing(
    sample: Path, piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK_SIZE", piece)
    log = tmp_path / "repeated.log"
    log.write_bytes((sample.read_bytes().rstrip(b"\n") + b"\n") * 4)
    shortened = complaints(log)
    monkeypatch.setattr(Repeats, "holds_nothing_new", lambda *_: False)
    assert shortened == complaints(log)


def test_repeated_blocks_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[bool] = []
    honest = Repeats.holds_nothing_new

    def watched(repeats: Repeats, text: str) -> bool:
        answers.append(honest(repeats, text))
        return answers[-1]

    monkeypatch.setattr(reading, "CHUNK_SIZE", 4096)
    monkeypatch.setattr(Repeats, "holds_nothing_new", watched)
    sample = next(path for path in SAMPLES if path.stem == "550.54.16-debian-6.12")
    log = tmp_path / "repeated.log"
    log.write_bytes(sample.read_bytes() * 4)
    complaints(log)
    assert sum(answers) >= 4


def test_a_line_that_is_passed_over_says_nothing_to_the_parser() -> None:
    for sample in SAMPLES:
        for line in sample.read_text(encoding="utf-8", errors="replace").split("\n"):
            if PASSED_OVER.fullmatch(f"{line}\n"):
                assert classify_line(line) is None, line


@settings(max_examples=500, deadline=None)
@given(st.from_regex(PASSED_OVER, fullmatch=True, alphabet=st.characters(codec="utf-8", max_codepoint=0x2FFF)))
@pytest.mark.slow
def test_whatever_is_passed_over_says_nothing_to_the_parser(text: str) -> None:
    for line in text.split("\n"):
        assert classify_line(line) is None, line
