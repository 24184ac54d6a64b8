"""Removes what mail, CI systems, journals, editors and ``grep`` put before every line of a log.

A prefix is removed only where that leaves lines of tools that were not recognisable before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from vgpu_doctor.frozen import frozen
from vgpu_doctor.intake.line_patterns import TOOL_LINE, count_tool_lines

Peel = Callable[[str], str]

MAIL = re.compile(r"[ \t]{0,8}(?:> ?)+(?:(?=\S)|(?=\s)|$)")
DATE = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
SYSLOG_AHEAD = re.compile(r"(?!\d{1,7}[.)]? )[\w.-]+ [\w./()-]+(?:\[\d+\])?: ")
"""Host and program of a syslog line, whose time must stay: the grammar reads it."""
STAMPS = (
    re.compile(rf"[ \t]{{0,8}}(?:\[{DATE}\]|{DATE})(?: \d\d[OE][+ ]|:? ?)"),  # GitHub, GitLab, Jenkins, kubectl
    re.compile(r"[ \t]{0,8}\[? ?\d\d:\d\d:\d\d(?:[.,]\d{1,6})?\]? "),
    re.compile(r"[ \t]{0,8}#\d{1,4} \d{1,6}\.\d{1,3} "),  # buildkit
    re.compile(r"[ \t]{0,8}\[ *\d{1,6}s\] "),  # OBS
    re.compile(r"[ \t]{0,8}[A-Z][a-z]{2} [ \d]\d [\d:]{8} "),  # ts
    re.compile(r"[ \t]{0,8}(?!\d+ )[\w.-]{1,60} +\| "),  # docker compose
    re.compile(r"[ \t]{0,8}\[pod/[\w./-]{1,200}\] "),  # kubectl with the pod's name
)
ANNOTATION = re.compile(r"##\[(?:error|warning|group|endgroup|command|debug|section|notice)\]")
JOURNAL = re.compile(
    r"[ \t]{0,8}(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-][\d:]+)?) [\w.-]+ "
    r"(?!kernel: |nvidia-vgpu|nvidia-gridd|libvirtd)[\w./()-]+(?:\[\d+\])?: "
)
IN_FILE = re.compile(r"[ \t]{0,8}[\w./+-]{1,200}\.(?:log|txt|out)(?:\.\d+)?(?:\.gz)?[:-](?:\d{1,9}[:-])?")
NUMBER = re.compile(r"[ \t]{0,8}(\d{1,7})(?:([.)]) ?|([:\t-]| {1,3})(?: (?=\S)|(?=\S)|(?=\s)|$))")
LOCAL_DATE = re.compile(
    r"(?![A-Z][a-z]{2} [ \d]\d \d)(?:[^\W\d]{2,6}\.?|\d{1,2}月) +\d{1,2} (\d\d:\d\d:\d\d) "
    r"(?=[\w.-]+ [\w./()-]+(?:\[\d+\])?: )"
)


@frozen
class Prefix:
    """A prefix that was detected before the lines of a log."""

    pattern: re.Pattern[str]
    instead: str = ""  # its replacement, as a template of ``re``; for a local date, an English one
    counts: bool = False  # whether it is a line number

    def peel(self) -> Peel:
        """Return a function that removes the prefix; it must get the lines in order."""
        if self.counts:
            return _number_peeler()
        match, instead = self.pattern.match, self.instead

        def peel(line: str) -> str:
            found = match(line)
            return found.expand(instead) + line[found.end() :] if found else line

        return peel


def detect_prefix(lines: Sequence[str]) -> Prefix | None:
    """Return the outermost prefix of these lines, or None if none is certain."""
    filled = [line for line in lines if line.strip()]
    plain = count_tool_lines(filled)
    for pattern in (MAIL, *STAMPS, ANNOTATION, JOURNAL, IN_FILE):
        if _fits(pattern, filled, plain):
            return Prefix(pattern)
    if _counts_up(filled, plain):
        return Prefix(NUMBER, counts=True)
    if sum(1 for line in filled if LOCAL_DATE.match(line)) > 2:
        return Prefix(LOCAL_DATE, r"Jan  1 \1 ")
    return None


def _fits(pattern: re.Pattern[str], lines: Sequence[str], plain: int) -> bool:
    match = pattern.match
    ends = [found.end() if (found := match(line)) else 0 for line in lines]
    share = sum(1 for end in ends if end) / max(1, len(lines))
    if not share:
        return False
    if pattern in STAMPS:
        logged = sum(1 for line, end in zip(lines, ends, strict=True) if end and SYSLOG_AHEAD.match(line, end))
        if logged > share * len(lines) / 2:
            return False
    gained = sum(
        1
        for line, end in zip(lines, ends, strict=True)
        if end and TOOL_LINE.match(line, end) and not TOOL_LINE.match(line)
    )
    if share > 0.7 and len(lines) > 2 and pattern is not ANNOTATION:
        return True  # whatever is behind it: that may be another prefix
    return gained > 0 and (share >= 0.5 or gained > 2 or (pattern is MAIL and gained > plain // 8))


def _counts_up(lines: Sequence[str], plain: int, depth: int = 0) -> bool:
    """Return whether the lines begin with rising numbers of one form, most of them higher by one than the last."""
    last, steps, gained, mark = -1, 0, 0, None
    behind: list[str] = []
    for line in lines:
        found = NUMBER.match(line)
        separator = found and (found[2] or found[3].strip(" -:"))
        if found is None or (mark is not None and separator != mark):
            continue
        number = int(found[1])
        if number == last + 1 or (found[3] in (":", "-") and last < number < last + 1000):
            mark = separator
            steps += 1
            gained += TOOL_LINE.match(line, found.end()) is not None
        last = number
        behind.append(line[found.end() :])
    if steps > 1 and steps > 0.7 * (len(lines) - 1):
        # /proc/interrupts counts from 0
        whole = steps >= len(lines) - 1 and behind and lines[0].lstrip().startswith("1")
        return bool(whole) or gained > plain or (depth < 3 and _has_another_prefix(behind, depth))
    return steps > 3 and gained > plain and (steps * 2 >= len(lines) or gained > 2)


def _has_another_prefix(lines: Sequence[str], depth: int) -> bool:
    """Return whether these lines begin with another prefix."""
    plain = count_tool_lines(list(lines))
    if any(_fits(pattern, lines, plain) for pattern in (MAIL, *STAMPS, JOURNAL, IN_FILE)):
        return True
    return _counts_up(lines, plain, depth + 1)


def _number_peeler() -> Peel:
    last = -1

    def peel(line: str) -> str:
        nonlocal last
        found = NUMBER.match(line)
        if found is None or not (last == -1 or int(found[1]) == 1 or last < int(found[1]) <= last + 1000):
            return line
        last = int(found[1])
        return line[found.end() :] if found[3] != "\t" else line[line.index("\t") + 1 :]

    return peel
