"""Joins the rows of lines that a terminal, a mail program or an installer cut at a column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from vgpu_doctor.intake.cut_rows import (
    CONTINUATIONS,
    had_no_room,
    is_cut_path,
    is_installer_cut,
    is_open_diagnostic,
    separator_in_phrase,
)
from vgpu_doctor.intake.line_patterns import CONTINUATION_INDENTS, DIAGNOSTIC_START, LINE_START, TOOL_LINE

if TYPE_CHECKING:
    from vgpu_doctor.intake.stage import Line, Stage
    from vgpu_doctor.intake.wrapping import LineTest, Wrap

MAX_ROWS = 64  # rows that can be one line
TORN_DIAGNOSTIC = re.compile(
    r"(?:[^\s:'\"]{1,300}:\d+:(?:\d+:)? [^\s:]{1,20}"
    r"|[a-z][\w./-]{0,80}:(?: [^\s:]{1,300}:(?: No| No space| No space left| No space left on)?)?)\Z"
)
"""The beginning of a diagnostic that was cut inside a severity of two words ("fatal error") or behind its program."""


def unwrap_stage(
    wrap: Wrap, is_line_start: LineTest = LINE_START.match, is_tool_line: LineTest = TOOL_LINE.match
) -> Stage:
    """Return a stage that joins the rows of a line; the line keeps the number of its first row."""
    joiner = _Joiner(wrap, is_line_start, is_tool_line)
    held: Line | None = None  # the line that may still continue
    previous = ""
    count = 0

    def stage(lines: list[Line], last: bool) -> list[Line]:
        nonlocal held, previous, count
        complete: list[Line] = []
        may_continue = wrap.may_apply_to([text for _, text in lines])
        for number, row in lines:
            rest = joiner.continuation(held[1], previous, row) if held and may_continue and count < MAX_ROWS else None
            if held is None or rest is None:
                if held is not None:
                    complete.append(held)
                held, count = (number, row), 0
            else:
                held, count = (held[0], held[1] + rest), count + 1
            previous = row
        if last and held is not None:
            complete.append(held)
            held = None
        return complete

    return stage


class _Decision(Enum):
    """What a rule says that does not join a row."""

    NEW_LINE = "the row begins a line of its own"
    UNDECIDED = "the next rule decides"


NEW_LINE, UNDECIDED = _Decision.NEW_LINE, _Decision.UNDECIDED


class _Rows(NamedTuple):
    """A row that is not blank, and what stands before it."""

    line: str  # what has been joined so far
    previous: str  # its last row, as it stands in the log
    row: str
    text: str  # the row without its indentation
    indent: int  # columns


Rule = Callable[[_Rows], "str | _Decision"]
"""Returns what is to be appended to the line, or a decision."""


class _Joiner:
    """Decides whether rows continue the line before them: the first rule that knows counts."""

    def __init__(self, wrap: Wrap, is_line_start: LineTest, is_tool_line: LineTest) -> None:
        self._wrap = wrap
        self._is_line_start = is_line_start
        self._is_tool_line = is_tool_line
        self._rules = tuple(self._rules_for(wrap))

    def _rules_for(self, wrap: Wrap) -> Iterator[Rule]:
        if wrap.messages:
            yield self._installer_message
        yield self._continuation_words
        if wrap.hard and wrap.sure:
            yield self._path
        yield self._line_start
        yield self._phrase
        if wrap.indented:
            yield self._installer_output
            return
        if wrap.long_lines:
            yield self._long_line
        if wrap.hard:
            yield self._cut_anywhere
        if wrap.words:
            yield self._cut_between_words

    def continuation(self, line: str, previous: str, row: str) -> str | None:
        """Return what a row adds to the line before it, or None where it begins a line of its own."""
        text = row.lstrip()
        if not text:
            return None
        rows = _Rows(line, previous, row, text, len(row) - len(text))
        for rule in self._rules:
            result = rule(rows)
            if result is not UNDECIDED:
                return result if isinstance(result, str) else None
        return None

    def _installer_message(self, rows: _Rows) -> str | _Decision:
        message = rows.line.lstrip()
        prefix = next((prefix for prefix in CONTINUATION_INDENTS if message.startswith(prefix)), None)
        if prefix is None or rows.indent != len(rows.line) - len(message) + CONTINUATION_INDENTS[prefix]:
            return UNDECIDED
        if prefix == "-> " and LINE_START.match(rows.row):
            return UNDECIDED
        if prefix == "-> " and self._wrap.indented and len(rows.previous) == self._wrap.hard:
            return rows.text  # questions are cut anywhere
        return " " + rows.text if had_no_room(rows.previous.rstrip(), rows.row, self._wrap.messages) else UNDECIDED

    def _continuation_words(self, rows: _Rows) -> str | _Decision:
        return " " + rows.text if rows.text.startswith(CONTINUATIONS) and rows.previous.strip() else UNDECIDED

    def _path(self, rows: _Rows) -> str | _Decision:
        cut = len(rows.previous) == self._wrap.hard and is_cut_path(rows.previous, rows.row)
        return rows.row if cut else UNDECIDED

    def _line_start(self, rows: _Rows) -> _Decision:
        return NEW_LINE if self._is_line_start(rows.row) else UNDECIDED

    def _phrase(self, rows: _Rows) -> str | _Decision:
        separator = separator_in_phrase(rows.previous, rows.row)
        return UNDECIDED if separator is None else separator + rows.text

    def _installer_output(self, rows: _Rows) -> str | _Decision:
        """Join output of commands in the log of an old installer, which took up to one blank out at the cut."""
        line, previous, row, width = rows.line, rows.previous, rows.row, self._wrap.hard
        if rows.indent < 3:
            return NEW_LINE
        if len(previous) == width:
            return row[3:]
        is_kernel_message = line.startswith(("   [", "-> ")) and had_no_room(previous.rstrip(), row, width)
        lost_blank = len(previous) == width - 1 and row[3:4] != " " and DIAGNOSTIC_START.match(line.lstrip())
        return " " + row[3:] if is_kernel_message or lost_blank else NEW_LINE

    def _long_line(self, rows: _Rows) -> str | _Decision:
        return rows.row[3:] if is_installer_cut(rows.previous, rows.row) else UNDECIDED

    def _cut_anywhere(self, rows: _Rows) -> str | _Decision:
        if not (self._wrap.sure or is_open_diagnostic(rows.line)):
            return UNDECIDED
        if len(rows.previous) == self._wrap.hard:
            return rows.row
        # the blank at the cut was the last character of the row, and was stripped
        lost_blank = len(rows.previous.rstrip()) == self._wrap.hard - 1 and not rows.indent
        return " " + rows.row if lost_blank and self._is_tool_line(rows.line) else UNDECIDED

    def _cut_between_words(self, rows: _Rows) -> str | _Decision:
        if rows.indent or not had_no_room(rows.previous.rstrip(), rows.row, self._wrap.words):
            return NEW_LINE
        may_continue = is_open_diagnostic(rows.line) or (self._wrap.sure and self._may_be_cut(rows.line))
        return " " + rows.row if may_continue else NEW_LINE

    def _may_be_cut(self, line: str) -> bool:
        """Return whether a line is of a form that mail programs are known to have cut."""
        if self._is_tool_line(line) or TORN_DIAGNOSTIC.match(line.lstrip()):
            return True
        return line.lstrip(" 0123456789").startswith("|")  # source that gcc quotes
