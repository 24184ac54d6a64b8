"""Detects at which column the lines of a log were cut, and how.

Old installers (up to 285.05.09) wrap their log at column 79: their own messages between words, the output of commands
anywhere, and they indent what follows by the width of the prefix. Terminals cut anywhere, mail programs between words.
Installers of any age cut lines of more than 254 bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from vgpu_doctor.frozen import frozen
from vgpu_doctor.intake.cut_rows import (
    CONTINUATIONS,
    had_no_room,
    is_cut_path,
    is_installer_cut,
    is_open_diagnostic,
    separator_in_phrase,
)
from vgpu_doctor.intake.detect import MAX_MAIL_WIDTH, MAX_WIDTH, MIN_WIDTH
from vgpu_doctor.intake.line_patterns import CONTINUATION_INDENTS, LINE_START, TOOL_LINE

LineTest = Callable[[str], object]

INSTALLER_WIDTH = 79  # columns


@frozen
class Wrap:
    """How the lines of a log are cut. A width of 0 means: not in this way."""

    hard: int = 0  # columns at which lines are cut anywhere
    words: int = 0  # columns at which lines are cut between words
    indented: bool = False  # command output, too, continues behind three blanks, as in logs of old installers
    messages: int = 0  # columns at which the installer's own messages are wrapped, and indented
    sure: bool = True  # otherwise only rows that end inside a quotation are joined
    long_lines: bool = False  # the installer cut lines of more than 254 bytes

    def may_apply_to(self, rows: Sequence[str]) -> bool:
        """Return False where so many rows are wider that the cutting has ended."""
        if not self.sure:
            return True
        widest = self.hard or self.words * 5 // 4
        return sum(1 for row in rows if len(row.rstrip()) > widest and " " in row.strip()) * 8 <= len(rows)


def detect_wrap(
    lines: Sequence[str], is_line_start: LineTest = LINE_START.match, is_tool_line: LineTest = TOOL_LINE.match
) -> Wrap | None:
    """Return how these lines are wrapped, or None where there is too little to show it."""
    rows = [line.rstrip() for line in lines]
    messages = _message_width(rows)
    if _is_wrapped_by_old_installer(rows, 1 if messages else 2, is_line_start):
        return Wrap(hard=INSTALLER_WIDTH, indented=True, messages=INSTALLER_WIDTH)
    widest = max(map(len, rows), default=0)
    mail = max((len(row) for row in rows if " " in row.strip()), default=0)
    full, short = _count_row_ends(rows, mail, is_line_start, is_tool_line)
    widest_rows = cuts = 0
    for row, following in pairwise(rows):
        if len(row) == widest:
            widest_rows += 1
            cuts += not is_line_start(following) or is_cut_path(row, following)
    if MIN_WIDTH <= mail <= MAX_MAIL_WIDTH and full > 1 and full >= short and full >= cuts:
        return Wrap(words=mail, messages=messages)
    if MIN_WIDTH <= widest <= MAX_WIDTH and cuts > 2 and cuts * 10 >= widest_rows * 7:
        return Wrap(hard=widest, messages=messages)
    long_lines = any(is_installer_cut(row, following) for row, following in pairwise(rows))
    torn = any(row.lstrip().startswith(CONTINUATIONS) for row in rows) or any(
        _is_torn_quotation(row, following, widest, mail, is_line_start)
        or separator_in_phrase(row, following) is not None
        for row, following in pairwise(rows)
    )
    if messages or long_lines or torn:
        return Wrap(widest * torn, mail * torn, messages=messages, sure=False, long_lines=long_lines)
    return None


def _is_wrapped_by_old_installer(rows: Sequence[str], min_cuts: int, is_line_start: LineTest) -> bool:
    """Return whether hardly any row of an installer is wider than 79 columns and enough of them are cut there."""
    lengths = [len(row) for row in rows if row.startswith(("   ", "-> ", "ERROR: ", "WARNING: "))]
    if sum(1 for length in lengths if length > INSTALLER_WIDTH) * 30 > len(lengths):
        return False
    cuts = sum(
        1
        for row, following in pairwise(rows)
        if len(row) == INSTALLER_WIDTH
        and following.startswith("   ")
        and row.startswith(("   ", "-> "))
        and not is_line_start(following)
    )
    return cuts >= min_cuts


def _message_width(rows: Sequence[str]) -> int:
    """Return the columns at which messages of the installer are wrapped and indented, 0 where they are not."""
    width = 0
    groups: list[list[str]] = []
    indent = -1
    for row in rows:
        text = row.lstrip()
        column = len(row) - len(text)
        if text.startswith(("ERROR: ", "WARNING: ")):
            indent = column + CONTINUATION_INDENTS[text.partition(" ")[0] + " "]
            groups.append([row])
        elif column == indent and text:
            groups[-1].append(row)
        else:
            indent = -1
    for group in groups:
        widest = max(map(len, group))
        if (
            len(group) > 1
            and widest >= MIN_WIDTH
            and all(had_no_room(row, following, widest) for row, following in pairwise(group))
        ):
            width = max(width, widest)
    return width


def _count_row_ends(
    rows: Sequence[str], width: int, is_line_start: LineTest, is_tool_line: LineTest
) -> tuple[int, int]:
    """Return how many rows of tools' lines end because the next word had no room, and how many end before that."""
    full = short = 0
    continuing = False
    for row, following in pairwise(rows):
        continuing = continuing or is_tool_line(row) is not None
        if not following.strip() or following[0] in " \t" or is_line_start(following):
            continuing = False
        elif continuing and not had_no_room(row, following, width):
            short += 1
            continuing = False
        elif continuing and len(row) < width - 1:
            full += 1
    return full, short


def _is_torn_quotation(row: str, following: str, hard: int, words: int, is_line_start: LineTest) -> bool:
    """Return whether a diagnostic breaks off inside a quotation, at a column where a wrap would break it."""
    if not is_open_diagnostic(row) or not following.strip() or is_line_start(following):
        return False
    if len(row) == hard:
        return True
    return len(row) <= MAX_MAIL_WIDTH and following[0] != " " and had_no_room(row, following, words)
