"""Joins what a terminal, a mail program or an old installer has cut at a column.

Old installers (up to 285.05.09) wrap their log at column 79: words of a message, anywhere in the output of a command,
and indent what follows by the width of the prefix. A terminal cuts anywhere, mail between words. The installer of any
age cuts lines of more than 254 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from vgpu_doctor.frozen import frozen
from vgpu_doctor.intake.detect import MAX_MAIL_WIDTH, MAX_WIDTH, MIN_WIDTH
from vgpu_doctor.intake.line_patterns import (
    CONTINUATION_INDENTS,
    DIAGNOSTIC_START,
    LINE_START,
    TOOL_LINE,
    has_open_quote,
)

Line = tuple[int, str]
IsStart = Callable[[str], object]

INSTALLER_WIDTH = 79  # columns
INSTALLER_CUT = 255  # bytes of a line that the installer may cut, without its indentation
MAX_ROWS = 64  # rows that can be one line


CONTINUATIONS = (
    "from incompatible pointer type ",
    "has no member named ",
    "undeclared (first use in this function",
    "but argument is of type ",
    "makes pointer from integer without",
    "makes integer from pointer without",
    "discards ‘const’ qualifier",
)
"""How a line never starts, but what a compiler says may go on."""
PHRASES = (
    "too many arguments to function ",
    "too few arguments to function ",
    "implicit declaration of function ",
    "has no member named ",
    "undeclared (first use in this function)",
    "undeclared here (not in a function)",
    "from incompatible pointer type ",
    "assignment of read-only member ",
    ": No such file or directory",
)
"""What gcc says often, and in one line; a row that breaks off in it goes on in the next, whatever the width."""


PATH_END = re.compile(r"(?:^|[ '\[])[\w.+-]{0,200}/[\w./+:-]{0,300}(?<!\.[och])$")
PATH_REST = re.compile(
    r"(?!(?:ERROR|WARNING|NVRM|nvidia|make|gcc|cc1|ld|modprobe)\b)"
    r"(?:[\w.+-]{0,80}(?:/[\w.+-]{1,80}){0,12}:(?:\d|\s)|\d{1,6},)"
)
TORN_DIAGNOSTIC = re.compile(
    r"(?:[^\s:'\"]{1,300}:\d+:(?:\d+:)? [^\s:]{1,20}"
    r"|[a-z][\w./-]{0,80}:(?: [^\s:]{1,300}:(?: No| No space| No space left| No space left on)?)?)\Z"
)
"""How a complaint begins whose severity of two words ("fatal error") was parted, or which parted behind its program."""


@frozen
class Wrap:
    """How the lines of a log are cut. A width of 0 is none."""

    hard: int = 0  # columns at which lines are cut anywhere
    words: int = 0  # columns at which lines are cut between words
    indented: bool = False  # command output too goes on behind three blanks, as in old installer logs
    messages: int = 0  # columns at which the installer's own messages are wrapped, and indented
    sure: bool = True  # otherwise only what is in the middle of a quotation is joined
    pieces: bool = False  # lines of more than 254 bytes are cut

    def allows(self, rows: Sequence[str]) -> bool:
        """Whether these rows may be cut like this: where many are wider, who cut the ones before has ended."""
        if not self.sure:
            return True
        widest = self.hard or self.words * 5 // 4
        return sum(1 for row in rows if len(row.rstrip()) > widest and " " in row.strip()) * 8 <= len(rows)


def detect_wrap(
    lines: Sequence[str], is_line_start: IsStart = LINE_START.match, is_tool_line: IsStart = TOOL_LINE.match
) -> Wrap | None:
    """How these lines are wrapped, or None where that cannot be shown."""
    rows = [line.rstrip() for line in lines]
    messages = _message_width(rows)
    pieces = any(_is_installer_cut(row, following) for row, following in pairwise(rows))
    widest = max(map(len, rows), default=0)
    own = [len(row) for row in rows if row.startswith(("   ", "-> ", "ERROR: ", "WARNING: "))]
    if sum(1 for length in own if length > INSTALLER_WIDTH) * 30 <= len(own) and _count_cuts(
        rows, INSTALLER_WIDTH, "   ", is_line_start
    ) >= (1 if messages else 2):
        return Wrap(hard=INSTALLER_WIDTH, indented=True, messages=INSTALLER_WIDTH)
    mail = max((len(row) for row in rows if " " in row.strip()), default=0)
    early, parted = _count_row_ends(rows, mail, is_line_start, is_tool_line)
    cuts = full = 0
    for row, after in pairwise(rows):
        if len(row) == widest:
            full += 1
            cuts += not is_line_start(after) or _is_within_path(row, after)
    if MIN_WIDTH <= mail <= MAX_MAIL_WIDTH and early > 1 and early >= parted and early >= cuts:
        return Wrap(words=mail, messages=messages)
    if MIN_WIDTH <= widest <= MAX_WIDTH and cuts > 2 and cuts * 10 >= full * 7:
        return Wrap(hard=widest, messages=messages)
    unsure = any(row.lstrip().startswith(CONTINUATIONS) for row in rows) or any(
        _is_torn_quotation(row, following, widest, mail, is_line_start) or _phrase_glue(row, following) is not None
        for row, following in pairwise(rows)
    )
    if messages or pieces or unsure:
        return Wrap(hard=widest * unsure, words=mail * unsure, messages=messages, sure=False, pieces=pieces)
    return None


def _message_width(rows: Sequence[str]) -> int:
    """The width at which messages of the installer are wrapped and indented; 0 where they are not."""
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
            and all(_is_full(row, after, widest) for row, after in pairwise(group))
        ):
            width = max(width, widest)
    return width


def _is_full(row: str, following: str, width: int) -> bool:
    """Whether the first word of the next row had no room in this one."""
    return len(row) + 1 + len(following.split(None, 1)[0]) > width


def _count_cuts(rows: Sequence[str], width: int, indent: str, is_line_start: IsStart) -> int:
    return sum(
        1
        for row, after in pairwise(rows)
        if len(row) == width
        and after.startswith(indent)
        and row.startswith((indent, "-> "))
        and not is_line_start(after)
    )


def _count_row_ends(rows: Sequence[str], width: int, is_line_start: IsStart, is_tool_line: IsStart) -> tuple[int, int]:
    """How many rows of lines of a form of their own end since the next word had no room, and how many before."""
    full = early = 0
    going = False
    for row, following in pairwise(rows):
        going = going or is_tool_line(row) is not None
        if not following.strip() or following[0] in " \t" or is_line_start(following):
            going = False
        elif going and not _is_full(row, following, width):
            early += 1
            going = False
        elif going and len(row) < width - 1:
            full += 1
    return full, early


def _is_torn_quotation(row: str, following: str, hard: int, words: int, is_line_start: IsStart) -> bool:
    """Whether a row is a complaint that breaks off within a quotation, where a wrap would break it."""
    if (
        not DIAGNOSTIC_START.match(row.lstrip())
        or not has_open_quote(row)
        or not following.strip()
        or is_line_start(following)
    ):
        return False
    return len(row) == hard or (len(row) <= MAX_MAIL_WIDTH and following[0] != " " and _is_full(row, following, words))


def _phrase_glue(row: str, following: str) -> str | None:
    """What a cut took out of the middle of a phrase, a blank or nothing; None where no phrase spans both rows."""
    if not DIAGNOSTIC_START.match(row.lstrip()):
        return None
    for phrase in PHRASES:
        begins = row[max(0, row.rfind(phrase[:4])) :]
        rest = phrase[len(begins) :]
        if len(rest) > 3 and phrase.startswith(begins) and following.lstrip().startswith(rest.lstrip()):
            return " " if rest[0] == " " else ""
    return None


def _is_installer_cut(row: str, following: str) -> bool:
    if len(row) < INSTALLER_CUT + 3 or not row.startswith("   ") or not following.startswith("   "):
        return False
    if following[3:4] in ("", " ") or LINE_START.match(following) or not DIAGNOSTIC_START.match(row.lstrip()):
        return False
    return len(row.encode("utf-8", "replace")) <= 1278 + 3


def unwrap_stage(
    wrap: Wrap, is_line_start: IsStart = LINE_START.match, is_tool_line: IsStart = TOOL_LINE.match
) -> Callable[[list[Line], bool], list[Line]]:
    """A stage that joins the rows of one line; the line has the number of its first row."""
    held: Line | None = None  # what may still go on
    previous = ""
    count = 0

    def stage(lines: list[Line], last: bool) -> list[Line]:
        nonlocal held, previous, count
        joined: list[Line] = []
        may_go_on = wrap.allows([text for _, text in lines])
        for number, text in lines:
            part = (
                _continued(wrap, held[1], previous, text, is_line_start, is_tool_line)
                if held and may_go_on and count < MAX_ROWS
                else None
            )
            if held is None or part is None:
                if held is not None:
                    joined.append(held)
                held, count = (number, text), 0
            else:
                held, count = (held[0], held[1] + part), count + 1
            previous = text
        if last and held is not None:
            joined.append(held)
            held = None
        return joined

    return stage


def _continued(
    wrap: Wrap, line: str, previous: str, row: str, is_line_start: IsStart, is_tool_line: IsStart
) -> str | None:
    """What a row adds to the line before it; None where it is a line of its own."""
    text = row.lstrip()
    if not text:
        return None
    indent = len(row) - len(text)
    if wrap.messages and (glue := _message_glue(wrap, line, previous, row, indent)) is not None:
        return glue + text
    if text.startswith(CONTINUATIONS) and previous.strip():
        return " " + text
    if wrap.hard and wrap.sure and len(previous) == wrap.hard and _is_within_path(previous, row):
        return row
    if is_line_start(row):
        return None
    if (glue := _phrase_glue(previous, row)) is not None:
        return glue + text
    if wrap.indented:
        glue = _installer_glue(wrap.hard, line, previous, row) if indent >= 3 else None
        return None if glue is None else glue + row[3:]
    if wrap.pieces and _is_installer_cut(previous, row):
        return row[3:]
    if wrap.hard and (wrap.sure or _is_open(line)):
        if len(previous) == wrap.hard:
            return row
        if len(previous.rstrip()) == wrap.hard - 1 and not indent and is_tool_line(line):
            return " " + row
    goes_on = is_tool_line(line) or _is_excerpt(line) or TORN_DIAGNOSTIC.match(line.lstrip())
    if wrap.words and not indent and (_is_open(line) or (wrap.sure and goes_on)):
        return " " + row if _is_full(previous.rstrip(), row, wrap.words) else None
    return None


def _message_glue(wrap: Wrap, line: str, previous: str, row: str, indent: int) -> str | None:
    head = line.lstrip()
    start = next((start for start in CONTINUATION_INDENTS if head.startswith(start)), None)
    if start is None or indent != len(line) - len(head) + CONTINUATION_INDENTS[start]:
        return None
    if start == "-> " and LINE_START.match(row):
        return None
    if start == "-> " and wrap.indented and len(previous) == wrap.hard:
        return ""  # questions are cut anywhere
    return " " if _is_full(previous.rstrip(), row, wrap.messages) else None


def _installer_glue(width: int, line: str, previous: str, row: str) -> str | None:
    """What parted two rows of an old installer's log: nothing, a blank, or more than a cut (None)."""
    if len(previous) == width:
        return ""
    kernel_message = line.startswith(("   [", "-> ")) and _is_full(previous.rstrip(), row, width)
    lost_blank = len(previous) == width - 1 and row[3:4] != " " and DIAGNOSTIC_START.match(line.lstrip()) is not None
    return " " if kernel_message or lost_blank else None


def _is_within_path(row: str, following: str) -> bool:
    """Whether a file name goes on in the next row, up to a line number."""
    return PATH_END.search(row) is not None and PATH_REST.match(following) is not None


def _is_open(line: str) -> bool:
    return DIAGNOSTIC_START.match(line.lstrip()) is not None and has_open_quote(line)


def _is_excerpt(line: str) -> bool:
    return line.lstrip(" 0123456789").startswith("|")
