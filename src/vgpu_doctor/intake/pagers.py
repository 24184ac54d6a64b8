"""Removes what pagers and editors add: status lines, and marks where a line did not fit on the screen.

The rest of a marked line is lost. The word before the mark goes too, because it may be incomplete.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STATUS = re.compile(
    r"^ *(?:\(END\)|--More--(?: ?\(\d{1,3}%\))?|lines \d{1,9}-\d{1,9}(?:/\d{1,9})?(?: \(END\)| \d{1,3}%)?) *$",
    re.MULTILINE,
)
MORE_AHEAD = re.compile(r"^--More--(?: ?\(\d{1,3}%\))?", re.MULTILINE)
EMPTY_ROWS = re.compile(r"^~$", re.MULTILINE)
PROMPT = re.compile(r"^:$", re.MULTILINE)
MIN_SCREEN_WIDTH, MAX_SCREEN_WIDTH = 40, 400  # columns of a terminal
CUT_WORD = re.compile(r"[^\s'‘’\"]*[>$]$")
OPENED = re.compile(r"['‘\"]$")


def detect_pager_output(sample: str) -> Callable[[str], str] | None:
    """Return the change that removes a pager's or an editor's output, or None. It keeps the number of lines."""
    plain = _without_status(sample)
    edge = _screen_edge(plain.split("\n"))
    if plain == sample and edge is None:
        return None

    def change(text: str) -> str:
        text = _without_status(text)
        return "\n".join(_keep_whole_words(line, edge) for line in text.split("\n")) if edge else text

    return change


def _without_status(text: str) -> str:
    paged = STATUS.search(text) is not None or MORE_AHEAD.search(text) is not None
    if paged:
        text = PROMPT.sub("", MORE_AHEAD.sub("", STATUS.sub("", text)))
    return EMPTY_ROWS.sub("", text) if paged or len(EMPTY_ROWS.findall(text)) > 2 else text


def _screen_edge(lines: Sequence[str]) -> tuple[int, str] | None:
    """Return the columns of the screen and the mark at its edge, or None unless several lines end with one."""
    for mark in ">$":
        widths = Counter(len(line) for line in set(lines) if line.endswith(mark))
        width, count = max(widths.items(), key=lambda entry: entry[1], default=(0, 0))
        full = [line for line in lines if len(line.rstrip()) >= width]
        marked = sum(1 for line in full if len(line) == width and line.endswith(mark))
        if count > 2 and MIN_SCREEN_WIDTH <= width <= MAX_SCREEN_WIDTH and marked * 5 >= len(full) * 4:
            return width, mark
    return None


def _keep_whole_words(line: str, edge: tuple[int, str]) -> str:
    """Return a line that was cut up to its last word that is surely complete, any other as it is."""
    if (len(line), line[-1:]) != edge:
        return line
    return OPENED.sub("", CUT_WORD.sub("", line).rstrip()).rstrip()
