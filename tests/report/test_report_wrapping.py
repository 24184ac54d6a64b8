"""Sentences fit the width of a page, in every script."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from vgpu_doctor.report.wrapping import columns, wrap


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
