"""Splits a log that was pasted as one line, as some web sites and chats do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.intake.line_patterns import KBUILD_STEPS, SEVERITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.intake.stage import Line, Stage


MIN_MERGED_LENGTH = 160  # characters
LINE_BREAK = re.compile(
    r"(?<=\s)(?="
    r"-> [A-Z(]|(?:ERROR|WARNING|FATAL): \S|Error! \S|(?:[\w./-]{0,80}/)?g?make(?:\[\d+\])?: "
    rf"|[^\s:'\"]{{1,300}}\.(?:c|h|S):\d+:(?:\d+:)? {SEVERITY} |[^\s:'\"]{{1,300}}\.(?:c|h): In function "
    rf"|In file included from |(?:{KBUILD_STEPS}) +\[M\] |\d{{1,5}} +\| |\| +[\^~]|NVRM: |\[ *\d{{1,6}}\.\d{{6}}\] "
    r"|creation time: |installer version: |PATH: |Using: nvidia|executing: '|DKMS (?:\([\w.-]+\) )?make\.log for )"
)
SURE_START = re.compile(rf":\d+:(?:\d+:)? {SEVERITY} |\bmake(?:\[\d+\])?: |-> [A-Z]|NVRM: |\b(?:ERROR|WARNING): ")


def split_line(line: str) -> list[str]:
    """Return the lines that were merged into a line, or only the line itself."""
    if len(line) < MIN_MERGED_LENGTH or len(SURE_START.findall(line)) < 3:
        return [line]
    parts = [part.rstrip() for part in LINE_BREAK.split(line)]
    sure = sum(1 for part in parts if SURE_START.search(part[:400]))
    return [part for part in parts if part] if sure > 2 else [line]


def has_merged_lines(lines: Sequence[str]) -> bool:
    """Return whether any of these lines is several merged into one."""
    return any(len(line) >= MIN_MERGED_LENGTH and len(split_line(line)) > 1 for line in lines)


def split_stage() -> Stage:
    """Return a stage that splits merged lines; the parts keep the number of the line."""

    def stage(lines: list[Line], _last: bool) -> list[Line]:
        return [(number, part) for number, line in lines for part in split_line(line)]

    return stage
