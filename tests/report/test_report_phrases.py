"""The languages of the reports say the same."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgpu_doctor.report.phrases import PHRASES, counted, in_language, phrase
from vgpu_doctor.report.wrapping import columns, wrap


@pytest.mark.parametrize("language", PHRASES)
def test_languages_have_the_same_sentences(language: str) -> None:
    assert list(PHRASES[language]) == list(PHRASES["en"])


@pytest.mark.parametrize("key", PHRASES["en"])
def test_sentences_take_the_same_values_in_every_language(key: str) -> None:
    def values(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text)} - {None}

    assert len({frozenset(values(PHRASES[language][key])) for language in PHRASES}) == 1


def test_counted_sentences_know_one_and_many() -> None:
    assert counted("en", "result", 1) == "1 cause found"
    assert counted("en", "result", 0) == "0 causes found"
    for key in PHRASES["en"]:
        if key.endswith("_one"):
            assert key.removesuffix("_one") + "_many" in PHRASES["en"]


def test_unknown_language_is_english() -> None:
    assert phrase("xx", "remedies") == phrase("en", "remedies")
    assert in_language("xx", {"en": "text"}) == "text"
    assert in_language("zh", {"en": "text", "zh": ""}) == "text"


@given(st.text(st.sampled_from("ab 内核（）。，x"), max_size=200), st.integers(10, 60))
def test_wrapped_text_fits_and_keeps_every_character(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    for line in lines:
        unbroken = " " not in line and not re.search("[内核]", line[1:-1])
        assert columns(line) <= width or unbroken or re.search(r"[（）。，]", line)


def test_chinese_is_wrapped_without_a_stop_at_the_start_of_a_line() -> None:
    lines = wrap("内核移走了操作，因此驱动无法编译。" * 3, 16)
    assert len(lines) > 3
    assert not any(line.startswith(("，", "。")) for line in lines)
