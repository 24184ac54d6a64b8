"""The whole lines around a place that may be put between ``#if`` and ``#endif``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vgpu_doctor.patching.source import Source

MOST_LINES = 200  # of one statement; a longer one is not doubled


def region_of(source: Source, first: int, last: int) -> tuple[int, int] | str:
    """The lines, from 0 and both inclusive, of the statement that holds the tokens from first to last.

    They hold whole comments, whole parentheses and whole preprocessor lines. A text instead of lines is the reason
    why there are none.
    """
    outer = first
    while source.parent[outer] >= 0 and source.tokens.texts[source.parent[outer]] != "{":
        outer = source.parent[outer]
    low, high = source.line_of(min(outer, first)), source.line_of(last)
    seen_low, seen_high = high + 1, high  # lines that were looked at already
    while True:
        low, high = _with_joined(source, low, high)
        if high >= len(source.lines) - 1 and len(source.lines) - 1 in source.tokens.joined:
            return "a comment or a backslash runs on at the end of the file"
        if high - low >= MOST_LINES:
            return f"the statement is longer than {MOST_LINES} lines"
        if (low, high) == (seen_low, seen_high):
            break
        new_low, new_high = low, high
        for token in source.tokens_of(low, high):
            partner = source.partner[token]
            if source.tokens.texts[token] in ("(", ")", "[", "]") and partner >= 0:
                line = source.line_of(partner)
                new_low, new_high = min(new_low, line), max(new_high, line)
        seen_low, seen_high = low, high
        low, high = new_low, new_high
    return (low, high) if _whole_conditionals(source, low, high) else "an #if begins or ends inside the statement"


def _with_joined(source: Source, low: int, high: int) -> tuple[int, int]:
    """The lines with those that a comment or a backslash ties to them."""
    joined = source.tokens.joined
    while low - 1 in joined:
        low -= 1
    while high in joined and high - low < MOST_LINES and high + 1 < len(source.lines):
        high += 1
    return low, high


def _whole_conditionals(source: Source, low: int, high: int) -> bool:
    """Whether every ``#if`` on these lines has its ``#endif`` there, and the other way round."""
    open_ones, before = 0, 0
    for token in source.tokens_of(low, high):
        number = source.directive[token]
        if number and number != before:
            word = source.tokens.texts[token + 1] if token + 1 < len(source.tokens.texts) else ""
            open_ones += word in ("if", "ifdef", "ifndef")
            if open_ones == 0 and word in ("elif", "else", "endif"):
                return False
            open_ones -= word == "endif"
        before = number
    return open_ones == 0
