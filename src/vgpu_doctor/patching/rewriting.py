"""Turns places of an edit into changes of whole lines, with the guard where one is needed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.patching.tokens import HOLE
from vgpu_doctor.patching.unified_diff import Change, Line, split_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.model import Edit
    from vgpu_doctor.patching.pattern import Found
    from vgpu_doctor.patching.source import Source

SHARED_LINE = "the line holds more than the text beside which the new lines belong"
MAX_TOKENS_TO_IF = 200  # tokens between a statement and the if that it hangs on
UNBRACED = "the statement hangs on an if or a loop without braces; a line beside it would not"


class Rewriter:
    """Writes the new lines of one edit in one file, in the file's own way to end lines."""

    def __init__(self, source: Source, edit: Edit, new: str, old: str) -> None:
        """``new`` and ``old`` are the conditions of the preprocessor under which a text is compiled."""
        self._source = source
        self._edit = edit
        self._conditions = (new, old)
        self._lines = split_lines(source.text)
        self._end = "\r\n" if self._lines and self._lines[0].endswith("\r\n") else "\n"

    def change(self, places: Sequence[Found], low: int, high: int, *, guarded: bool) -> Change | str:
        """The change of the lines from low to high (from 0, inclusive) that hold the places, or why there is none."""
        old = [Line(text, low + number) for number, text in enumerate(self._lines[low : high + 1])]
        if self._edit.replace is not None:
            lines: list[Line] | str = self._replaced(places, old, guarded=guarded)
        else:
            lines = self._added(places, old, guarded=guarded)
        return lines if isinstance(lines, str) else Change(low, high + 1, tuple(lines))

    def _replaced(self, places: Sequence[Found], old: list[Line], *, guarded: bool) -> list[Line]:
        text = self._with_new_text(places, old)
        new = [Line(line) for line in split_lines(text)]
        if not guarded:
            return _kept_at_both_ends(old, new)
        empty = not text.strip()
        lines = [self._line(f"#if {self._conditions[empty]}")]
        lines += [] if empty else [*self._ended(new), self._line("#else")]
        return self._last_as_before([*lines, *self._ended(old), self._line("#endif")], old)

    def _added(self, places: Sequence[Found], old: list[Line], *, guarded: bool) -> list[Line] | str:
        place, before = places[0], self._edit.before is not None
        if self._hangs(place):
            return UNBRACED
        first, last = old[0].origin or 0, old[-1].origin or 0
        beside = self._source.tokens_of(first, last)
        rest = range(beside.start, place.first) if before else range(place.end, beside.stop)
        if len(places) > 1 or any(self._source.tokens.texts[token] in ("{", "}") for token in rest):
            return SHARED_LINE
        indent = re.match(r"[^\S\r\n]*", old[0].text)
        margin = indent[0] if indent else ""
        new = [
            self._line(text if text.startswith("#") else margin + text) for text in self._filled(place).split(self._end)
        ]
        if guarded:
            new = [self._line(f"#if {self._conditions[False]}"), *new, self._line("#endif")]
        return [*new, *old] if before else self._last_as_before([*self._ended(old), *new], old)

    def _with_new_text(self, places: Sequence[Found], old: list[Line]) -> str:
        """The lines with the new text; nothing where only blanks would stay of them."""
        source = self._source
        position = start = source.lines[old[0].origin or 0]
        end = start + sum(len(line.text) for line in old)
        pieces: list[str] = []
        for place in sorted(places, key=lambda place: place.first):
            pieces += [source.text[position : source.tokens.starts[place.first]], self._filled(place)]
            position = source.end_of(place.end - 1)
        text = "".join([*pieces, source.text[position:end]])
        return text if text.strip() else ""

    def _filled(self, place: Found) -> str:
        """The new text with what the holes stand for in the user's file."""

        def value(hole: re.Match[str]) -> str:
            if hole[0] == "$$":
                return "$"
            if hole[0] not in place.holes:
                return hole[0]
            first, end = place.holes[hole[0]]
            return self._source.text[self._source.tokens.starts[first] : self._source.end_of(end - 1)]

        text = self._edit.replace or self._edit.before or self._edit.after or ""
        if self._edit.replace is not None and self._hangs(place) and text.count(";") != 1:
            text = f"{{ {text} }}" if text else ";"
        return HOLE.sub(value, text.strip("\n").replace("\n", self._end))

    def _hangs(self, place: Found) -> bool:
        """Whether a place is the whole statement of an if or a loop: without one, the next would take its place."""
        source = self._source
        if source.language != "c" or source.directive[place.first] or source.tokens.texts[place.end - 1] != ";":
            return False
        reach = range(place.first - 1, max(-1, place.first - MAX_TOKENS_TO_IF), -1)
        before = [at for at in reach if not source.directive[at]]
        # what an #if holds between them may not be compiled
        around = [at for at in before if source.branch[at] is source.branch[place.first]]
        return any(at and source.tokens.texts[at[0]] in ("else", "do", ")") for at in (before, around))

    def _line(self, text: str) -> Line:
        return Line(text + self._end)

    def _ended(self, lines: list[Line]) -> list[Line]:
        """The lines, of which the last surely has its end."""
        if lines and not lines[-1].text.endswith("\n"):
            return [*lines[:-1], self._line(lines[-1].text)]
        return lines

    @staticmethod
    def _last_as_before(lines: list[Line], old: list[Line]) -> list[Line]:
        """The lines, of which the last has no end where the old last line had none."""
        if old[-1].text.endswith("\n"):
            return lines
        return [*lines[:-1], Line(lines[-1].text.rstrip("\r\n"))]


def _kept_at_both_ends(old: list[Line], new: list[Line]) -> list[Line]:
    """The new lines; those at both ends that are as before keep their place in the user's file."""
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head].text == new[head].text:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail].text == new[-1 - tail].text:
        tail += 1
    return [*old[:head], *new[head : len(new) - tail], *old[len(old) - tail :]]


MAX_STATEMENT_LINES = 200  # of one statement; a longer one is not doubled


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
        if high - low >= MAX_STATEMENT_LINES:
            return f"the statement is longer than {MAX_STATEMENT_LINES} lines"
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
    while high in joined and high - low < MAX_STATEMENT_LINES and high + 1 < len(source.lines):
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
