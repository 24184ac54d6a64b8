"""Notices whether a log may hold the noise of a paste, at next to no cost.

It may say yes too often, but where it says no, no change would fit. It uses no patterns, so that a log as the tools
wrote it pays neither for them nor for the modules that undo noise.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARKS = {
    "\\": ("\\033[", "\\_", "\\[", "\\]"),
    "`": ("```", "\n`", "`\n"),
    "~": ("\n~~~", "\n~\n~\n"),
    "<": ("<br", "<BR"),
    "[": ("m[K", "#033[", "^[[", "](", "]: ["),
    ";": ("8;;http",),
    "\n": ("(END)", "--More--", "\nlines "),
}
"""What no tool writes, or hardly, by a character of it that is quickly looked for."""
TAGS = tuple(f"</{name}>" for name in ("p", "div", "span", "pre", "code", "font", "li", "td", "a", "b", "i", "details"))
ENTITIES = ("&#", "&lt;", "&gt;", "&amp;", "&quot;", "&nbsp;", "&apos;", "quo;", "dash;", "hellip;")
FORUM_TAGS = tuple(f"[/{tag}]" for tag in ("code", "quote", "b", "i", "font", "size", "color", "spoiler"))
FORUM_OPENINGS = ("[code", "[quote", "[spoiler", "[icode")
"""In lower case, as those before."""
FOREIGN_LETTERS = ("â€", "Â", "ï¼", "鈥", "→", "–>", "—>", "\ufffd")
BEFORE_UNQUOTED_NAME = ("has no member named ", "error: implicit declaration of function ", "arguments to function ")
MISREAD = (
    *("rnem", "rgurn", "cornp", "irnpl", "ssignrn", "rnany ", "frorn ", "waming", "enor", "err0r", "em0r"),
    *("p1icit", "ec1are", "inc1ude", "error: struct", "error: const s", "nvidia vgpu_vfio", "function\n"),
)
"""Words of complaints as a machine reads them from a picture."""
MAX_OCR_SIZE = 24 * 1024  # characters; nobody makes a log of more out of pictures
LOG_FILE_MARKS = (".log:", ".log-", ".txt:", ".out:", ".gz:")
TOOL_LINE_STARTS = ("  ", "/", "make", "In file", "In func", "ERROR: ", "WARNING: ", "cc1", "->", "[")
"""Of lines that a tool wrote; one that was cut at a column seldom goes on so."""
MIN_WIDTH, MAX_WIDTH = 50, 250  # columns of a terminal or mail
MAX_MAIL_WIDTH = 100  # columns; who wraps between words wraps at 72 to 80, with room for quoting
LOWERCASE_TOOL_STARTS = ("make", "cc1", "//", "nvidia-installer", "creation time", "installer version", "[ ")
"""Of lines that a tool wrote, where what goes on in lower case is looked for."""
CONTINUATION_WORDS = ("function", "named", "pointer type", "member")
"""Words of what compilers often say, with which a row that was cut goes on."""
SAMPLED_LINES = 120  # lines, spread over a sample, that tell what stands before all of them
LETTERS = frozenset(string.ascii_letters + "_")


def detect_noise(sample: str, lines: Sequence[str]) -> bool:
    """Whether a log with this beginning may need a change; ``lines`` are those of the sample."""
    return any(detect_noise_kinds(sample, lines))


def detect_noise_kinds(sample: str, lines: Sequence[str]) -> Iterator[str]:
    """Why lines may need a change: a word for each reason, the cheapest to find first."""
    if (
        any(character in sample and any(text in sample for text in texts) for character, texts in MARKS.items())
        or ("\n**" in sample and "\n**" in sample.replace("\n***", ""))
        or "\n- ->" in sample
        or sample.startswith("- ->")
    ):
        yield "marks"
    if "</" in sample and any(text in sample for text in TAGS):
        yield "tags"
    if "&" in sample and any(text in sample for text in ENTITIES):
        yield "entities"
    lowered = sample.lower() if "[" in sample else ""
    if ("[/" in lowered and any(text in lowered for text in FORUM_TAGS)) or any(
        text in lowered for text in FORUM_OPENINGS
    ):
        yield "forum"
    if "=3D" in sample or "=E2=80" in sample:
        yield "quoted-printable"
    if not sample.isascii() and (
        any(text in sample for text in FOREIGN_LETTERS) or sample.count("‘") != sample.count("’")
    ):
        yield "letters"
    if _has_lost_quotes(sample):
        yield "words"
    if _looks_misread(sample):
        yield "misread"
    if _has_prefixes(sample, lines):
        yield "prefixes"
    if _looks_wrapped(lines):
        yield "wrapping"


def _has_lost_quotes(sample: str) -> bool:
    """A name without quotes, or a letter that stands for one."""
    if sample.count("ncompatible module") != sample.count("GPL-incompatible module "):
        return True
    for word in ("member named ", " function "):
        at = sample.find(word)
        while at >= 0:
            follows = sample[at + len(word) : at + len(word) + 1]
            if follows == "?" or (follows in LETTERS and sample.endswith(BEFORE_UNQUOTED_NAME, 0, at + len(word))):
                return True
            at = sample.find(word, at + 1)
    for phrase in ("from incompatible pointer type ", "has no member named ", "undeclared (first use in"):
        at = sample.find(phrase)
        while at >= 0:
            if not sample[sample.rfind("\n", 0, at) + 1 : at].strip():
                return True
            at = sample.find(phrase, at + 1)
    at = sample.find(" ?")
    while at >= 0:
        if sample[at + 2 : at + 3] in LETTERS:
            return True
        at = sample.find(" ?", at + 1)
    at = sample.find(" undeclared")
    return at > 0 and sample[at - 1] in LETTERS


def _looks_misread(sample: str) -> bool:
    """Whether words of complaints, or their numbers, look as if a machine had read them from a picture."""
    if len(sample) > MAX_OCR_SIZE:
        return False
    if any(text in sample for text in MISREAD):
        return True
    at = sample.find("_64-")
    while at > 0:
        if ". " in sample[at : at + 16] or "," in sample[at : at + 16]:
            return True
        at = sample.find("_64-", at + 4)
    at = sample.find("error")
    while at > 0:
        before = sample[max(0, at - 24, sample.rfind("\n", 0, at) + 1) : at]
        if before[-2:] != ": " and before.rstrip()[-1:] in (":", ";") and before.rstrip(" :;")[-1:].isdigit():
            return True
        numbers = before.split(":")[1:-1]
        if any(one and not one.isdigit() and not one.strip("0123456789OoIl|; ") for one in numbers):
            return True
        at = sample.find("error", at + 5)
    return False


def _has_prefixes(sample: str, lines: Sequence[str]) -> bool:
    """Whether mail quoting, times, numbers or file names may stand before the lines."""
    likely = quoted = 0
    named = any(name in sample for name in LOG_FILE_MARKS)
    for line in lines[:: len(lines) // SAMPLED_LINES or 1]:
        start = line.lstrip()[:24]
        first = start[:1]
        if first == ">":
            quoted += 1
        elif first in "0123456789":
            digits = start.lstrip("0123456789")
            likely += (
                bool(first) and not digits.startswith((" |", "  |")) and (digits[:1] in ":.)\t-" or digits[:1] == " ")
            )
        elif first == "[":
            inside, closed, _ = start.partition("] ")
            likely += (
                bool(closed and " " not in inside and inside[1:2].isalpha())
                or start[5:6] == "-"
                or start[3:4] == ":"
                or "s]" in start
            )
        elif first == "#":
            likely += start[1:2] in "#0123456789"
        else:
            likely += (
                _has_foreign_date(line, start)
                or (named and any(name in line for name in LOG_FILE_MARKS))
                or (" | " in line[:64] and first.isalpha())
            )
    return quoted > 0 or likely > 2


def _has_foreign_date(line: str, start: str) -> bool:
    """Whether a line begins with a time that the kernel's log does not write, or writes in another language."""
    english = start.isascii() and start[3:4] == " " and start[6:7] == " " and start[9:10] == ":"
    return english != line[: line.find(": ", len("Apr 27 20:16:44 ")) + 2].endswith(" kernel: ")


def _looks_wrapped(lines: Sequence[str]) -> bool:
    """Whether lines may be cut at a column, or several may be one."""
    lengths = list(map(len, lines))
    if any(line.endswith("=") for line in lines if 70 < len(line) < 78):
        return True
    marked = [len(line) for line in lines if line[-1:] in (">", "$")]
    if any(marked.count(width) > 2 and sum(one > width for one in lengths) * 8 <= len(lines) for width in marked[:20]):
        return True
    if _full_lines_go_on(lines, lengths):
        return True
    if _is_word_wrapped(lines):
        return True
    indented = [len(line) for line in lines if line[:3] in ("   ", "-> ")] if lengths.count(79) > 1 else []
    if indented.count(79) > 1 and sum(1 for length in indented if length > 79) * 30 <= len(indented):
        return True
    following = iter(lines)
    next(following, None)
    for line, after in zip(lines, following, strict=False):
        if ": " not in line:
            continue
        start = line.lstrip()
        if start.startswith(("ERROR: ", "WARNING: ")):
            if after.startswith(" " * (len(line) - len(start) + (7 if start[0] == "E" else 9))):
                return True
        elif (
            ("error: " in line or "warning: " in line)
            and (
                (line.count("'") + line.count("`") - line.count("n't ")) % 2
                or line.count("‘") != line.count("’")
                or (after[:1].islower() and any(word in after[:40] for word in CONTINUATION_WORDS))
                or (len(line) > 257 and line.startswith("   ") and after.startswith("   "))
            )
        ) or (
            len(line) >= 160
            and line.count("make[") + line.count("error: ") + line.count("-> ") + line.count("NVRM: ") > 2
        ):
            return True
    return False


def _full_lines_go_on(lines: Sequence[str], lengths: Sequence[int]) -> bool:
    """Whether several lines are as long as the longest, and go on in lines that do not begin as the tools' own do."""
    widest = max(lengths, default=0)
    if not MIN_WIDTH <= widest <= MAX_WIDTH or lengths.count(widest) <= 2:
        return False
    full = [(line, after) for line, after in zip(lines, [*lines[1:], ""], strict=True) if len(line) == widest]
    going_on = sum(bool(after) and not after.startswith(TOOL_LINE_STARTS) for _, after in full)
    return going_on > 1 and len({line for line, _ in full}) > 2


def _is_word_wrapped(lines: Sequence[str]) -> bool:
    """Whether lines go on in lower case behind several of the longest, between lines that are longer than mail's."""
    run: list[str] = []
    for line in lines:
        if len(line) > MAX_MAIL_WIDTH and " " in line.strip():
            if len(run) > 3 and _goes_on(run):
                return True
            run = []
        else:
            run.append(line)
    return len(run) > 3 and _goes_on(run)


def _goes_on(lines: Sequence[str]) -> bool:
    widest = max((len(line) for line in lines if " " in line.strip()), default=0)
    going_on = 0
    long = False
    for line in lines if widest >= MIN_WIDTH else ():
        first = line[:1]
        if long and line and (first.islower() or first in "'/[‘" or not first.isascii()):
            going_on += not line.startswith(LOWERCASE_TOOL_STARTS)
        long = not line.endswith(":") and (len(line) > widest - 22 or (long and " " not in line.strip()))
    return going_on > 1
