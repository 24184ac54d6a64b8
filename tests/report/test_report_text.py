"""The text that people read: what comes first, what is safe to copy, what it costs."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from sample_reports import REPORTS, seed_report, success_report, unknown_report, written

from vgpu_doctor.report.writers import WRITERS, writer


def test_first_line_is_the_verdict() -> None:
    first = written(seed_report(), "text").splitlines()[0]
    for part in ("550.54.16", "vGPU 17.1", "vgpu-kvm", "6.8.4-2-pve", "failed", "2 causes"):
        assert part in first


def test_evidence_keeps_the_caret_under_its_spot() -> None:
    lines = written(seed_report(), "text").splitlines()
    source = next(line for line in lines if "->iommu_ops" in line)
    caret = lines[lines.index(source) + 1]
    assert source[caret.index("^") :].startswith("->iommu_ops")


def test_commands_stand_on_lines_of_their_own() -> None:
    lines = [line.strip() for line in written(seed_report(), "text").splitlines()]
    for remedy in seed_report().remedies:
        for step in remedy.steps:
            if step.runs:
                assert set(step.text.split("\n")) <= set(lines)


def test_end_mark_of_a_here_document_is_not_indented() -> None:
    assert "\nEND\n" in written(seed_report(), "text")


def test_patch_can_be_copied_as_it_is() -> None:
    patch = seed_report().remedies[1].patch
    assert patch
    for form in ("text", "markdown", "bbcode"):
        assert patch.rstrip("\n") in written(seed_report(), form)


def test_several_releases_of_one_build_are_all_named() -> None:
    assert "16.4 or 16.5" in written(unknown_report(), "text")


def test_unknown_case_says_what_to_send() -> None:
    for form in ("text", "markdown", "bbcode", "html"):
        text = written(unknown_report(), form)
        assert "nv_new_helper" in text
        assert "lspci -nnk -d 10de:" in text


def test_success_is_one_line_and_its_notes() -> None:
    lines = [line for line in written(success_report(), "text").splitlines() if line]
    assert "succeeded" in lines[0]
    assert all(line.startswith("note: ") for line in lines[1:])


@pytest.mark.parametrize("form", ["markdown", "bbcode"])
def test_posted_answer_shows_at_most_five_lines_of_evidence(form: str) -> None:
    text = written(seed_report(), form)
    block = re.search(r"```text\n(.*?)\n```|\[CODE\](.*?)\[/CODE\]", text, re.DOTALL)
    assert block
    evidence = (block[1] or block[2]).splitlines()
    assert len(evidence) <= 5
    assert len(set(evidence)) == len(evidence)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [20, 60, 120])
def test_own_sentences_fit_the_width(name: str, width: int) -> None:
    for line in written(REPORTS[name](), "text", width=width).splitlines():
        if line.startswith(("note: ", "    = why", "    = seen", "   cures", "   proof")):
            assert len(line) <= max(width, 40) or " " not in line.strip().partition(": ")[2]


@pytest.mark.parametrize("name", REPORTS)
def test_colours_add_no_words(name: str) -> None:
    coloured = written(REPORTS[name](), "text", colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == written(REPORTS[name](), "text")


@pytest.mark.parametrize("form", WRITERS)
def test_there_is_a_writer_for_every_name(form: str) -> None:
    assert callable(writer(form))


def test_unknown_format_is_refused() -> None:
    with pytest.raises(KeyError):
        writer("word")


def test_plain_text_imports_nothing_heavy() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "import vgpu_doctor.report.text\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not set(found) & {"rich", "dataclasses", "textwrap", "unicodedata", "json", "html"}
