"""Patterns of the lines that tools write, good enough to judge whether removing noise made a log better."""

from __future__ import annotations

import re

KBUILD_STEPS = "CC|LD|AR|AS|MODPOST|SYMLINK|CONFTEST:|OBJTOOL|BTF|SIGN|CLEAN|HOSTCC|UPD|CHK|CALL"
SEVERITY = r"[^\W\d_][^\s:：]{0,20}(?: [^\s:：]{1,20})?[ \u00a0]?[:：]"
"""The severity before a diagnostic, in any language, with its colon."""
DIAGNOSTIC_START = re.compile(rf"[^\s:'\"]{{1,300}}:\d+:(?:\d+:)? {SEVERITY}")
"""Place and severity, with which a diagnostic of a compiler starts."""

TOOL_LINE_FORMS = (
    r"-> \S"
    r"|(?:ERROR|WARNING|FATAL|DEPRECATED): \S"
    r"|Error! \S"
    r"|(?:[\w./-]{0,80}/)?g?make(?:\[\d+\])?: \S"
    rf"|{DIAGNOSTIC_START.pattern}"
    r"|[^\s:'\"]{1,300}\.(?:c|h|S|o|ko)(?::\d+)*: (?:In function|At top level|warning: objtool|error: objtool)"
    r"|In file included from \S"
    r"|[^\s:'\"]{1,300}\.s: (?:Assembler messages|Fatal error):"
    r"|[^\s:'\"]{1,300}\.sh: \d+: \S"
    rf"|(?:{KBUILD_STEPS}) +(?:\[M\] +)?[\w./-]+(?: |$)"
    r"|nvidia-installer (?:log file '|command line:)|creation time: |installer version: |Using: nvidia-installer"
    r"|executing: '"
    r"|NVRM: |NVIDIA-SMI has failed|nvidia(?:-\w+)?: [a-zA-Z]"
    r"|[^\s:'\"]{1,300}\.(?:c|h|S):\d+:(?:\d+:)?$"
    r"|\[ *\d{1,6}\.\d{6}\] ?|\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}\] "
    r"|[A-Z][a-z]{2} [ \d]\d [\d:]{8} [\w.-]+ kernel: "
    r"|DKMS (?:\([\w.-]+\) )?make\.log for "
    r"|(?:(?:[\w./-]{0,80}[/-])?(?:gcc|cc1|ld|collect2|modprobe|insmod|depmod)(?:-[\d.]+)?|/bin/sh): \S"
)
TOOL_LINE = re.compile(rf"\s*+(?:{TOOL_LINE_FORMS})")
"""A line that nothing but a build, the installer or the driver writes."""

LINE_START = re.compile(
    rf"\s*+(?:{TOOL_LINE_FORMS}"
    r"|\d* +\|"  # gcc's margin
    r"|from [^\s:]+:\d+"
    r"|\d{1,9}[:.)] "
    r"|\*\*\* |\+ |\$ |# |> |``"
    r"|[\w.-]+@[\w.-]+[:~ ]"
    r"|\[ *\d+\.\d+\]|\[[A-Z][a-z]{2} [A-Z]|<\d>"
    r"|(?:[A-Z][a-z]{2} [ \d]\d|\d{4}-\d\d-\d\d)[ T]\d\d:"
    r"|(?:[/\w.-]{0,80}[/-])?(?:gcc|cc|clang|ld|make)(?:-[\d.]+)? -"
    r"|(?=[\d./-]*[a-zA-Z_])[\w./-]{1,300}:\d+:"
    r"|(?:Building|Cleaning|Consult|Please install|Using|PATH:|DKMS|NVIDIA:|Verifying|Uncompressing|Setting up) "
    r"|(?:dpkg|cc1:|Error) "
    r"|(?:cat|cp|ln|mkdir|mv|rm|sed|tee|touch):(?: |$)"
    r"|$)"
)
"""A line that is not the rest of the line before it."""

CONTINUATION_INDENTS = {"ERROR: ": 7, "WARNING: ": 9, "-> ": 3}
"""Columns by which the installer indents the rest of its own messages, by their prefix."""


def count_tool_lines(lines: list[str]) -> int:
    """Return how many lines are of a form that only tools write."""
    return sum(1 for line in lines if TOOL_LINE.match(line))


def has_open_quote(text: str) -> bool:
    """Return whether a quotation begins in a text and does not end in it."""
    if text.count("‘") != text.count("’"):
        return True
    return (text.count("'") + text.count("`")) % 2 == 1
