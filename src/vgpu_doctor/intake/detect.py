"""Cheap pre-check for paste artefacts. False positives are fine; false negatives are bugs.

It uses no regular expressions, so that a log as the tools wrote it pays neither for compiling them nor for importing
the modules that undo noise.
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
"""Texts that tools hardly ever write, by a character of them that is fast to search for."""
TAGS = tuple(f"</{name}>" for name in ("p", "div", "span", "pre", "code", "font", "li", "td", "a", "b", "i", "details"))
ENTITIES = ("&#", "&lt;", "&gt;", "&amp;", "&quot;", "&nbsp;", "&apos;", "quo;", "dash;", "hellip;")
FORUM_TAGS = tuple(f"[/{tag}]" for tag in ("code", "quote", "b", "i", "font", "size", "color", "spoiler"))
FORUM_OPENINGS = ("[code", "[quote", "[spoiler", "[icode")
"""In lower case, as are :data:`FORUM_TAGS`."""
FOREIGN_LETTERS = ("â€", "Â", "ï¼", "鈥", "→", "–>", "—>", "\ufffd")
BEFORE_UNQUOTED_NAME = ("has no member named ", "error: implicit declaration of function ", "arguments to function ")
MISREAD = (
    *("rnem", "rgurn", "cornp", "irnpl", "ssignrn", "rnany ", "frorn ", "waming", "enor", "err0r", "em0r"),
    *("p1icit", "ec1are", "inc1ude", "error: struct", "error: const s", "nvidia vgpu_vfio", "function\n"),
)
"""Parts of compiler messages as OCR misreads them."""
MAX_OCR_SIZE = 24 * 1024  # characters; nobody reads more than some screens from pictures
LOG_FILE_MARKS = (".log:", ".log-", ".txt:", ".out:", ".gz:")
TOOL_LINE_STARTS = ("  ", "/", "make", "In file", "In func", "ERROR: ", "WARNING: ", "cc1", "->", "[")
"""Beginnings of lines of tools; the rest of a line that was cut at a column hardly ever begins like this."""
MIN_WIDTH, MAX_WIDTH = 50, 250  # columns of a terminal or mail
MAX_MAIL_WIDTH = 100  # columns; mail is wrapped at 72 to 80, and quoting adds some
LOWERCASE_TOOL_STARTS = ("make", "cc1", "//", "nvidia-installer", "creation time", "installer version", "[ ")
"""Beginnings of lines of tools that are no sentences going on in lower case."""
CONTINUATION_WORDS = ("function", "named", "pointer type", "member")
"""Words near the beginning of what remains of a compiler message that was cut."""
SAMPLED_LINES = 120  # lines, spread evenly over a sample, in which prefixes are searched for
LETTERS = frozenset(string.ascii_letters + "_")


def detect_noise(sample: str, lines: Sequence[str]) -> bool:
    """Return whether a sample may hold noise; ``lines`` are the sample split at line feeds."""
    return any(detect_noise_kinds(sample, lines))


def detect_noise_kinds(sample: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield a word for each kind of noise that the sample may hold, the cheapest to find first."""
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
    """Return whether a name may have lost its quotes, or has another character in their place."""
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
    """Return whether words or numbers of compiler messages look misread by OCR."""
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
        if any(number and not number.isdigit() and not number.strip("0123456789OoIl|; ") for number in numbers):
            return True
        at = sample.find("error", at + 5)
    return False


def _has_prefixes(sample: str, lines: Sequence[str]) -> bool:
    """Return whether mail quoting, times, numbers or file names may stand before the lines."""
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
    """Return whether a line begins with a time unlike the kernel log's, or in another language."""
    english = start.isascii() and start[3:4] == " " and start[6:7] == " " and start[9:10] == ":"
    return english != line[: line.find(": ", len("Apr 27 20:16:44 ")) + 2].endswith(" kernel: ")


def _looks_wrapped(lines: Sequence[str]) -> bool:
    """Return whether lines may be cut at a column, or several of them be joined into one."""
    lengths = list(map(len, lines))
    return (
        any(line.endswith("=") for line in lines if 70 < len(line) < 78)  # soft line ends of quoted-printable
        or _has_screen_edge(lines, lengths)
        or _widest_lines_continue(lines, lengths)
        or _is_wrapped_between_words(lines)
        or _is_wrapped_by_old_installer(lines, lengths)
        or _has_cut_or_merged_message(lines)
    )


def _has_screen_edge(lines: Sequence[str], lengths: Sequence[int]) -> bool:
    """Return whether several lines of one length end in the mark of a pager, and hardly any line is longer."""
    marked = [len(line) for line in lines if line[-1:] in (">", "$")]
    return any(
        marked.count(width) > 2 and sum(length > width for length in lengths) * 8 <= len(lines) for width in marked[:20]
    )


def _widest_lines_continue(lines: Sequence[str], lengths: Sequence[int]) -> bool:
    """Return whether several of the longest lines, all of one length, are followed by lines unlike those of tools."""
    widest = max(lengths, default=0)
    if not MIN_WIDTH <= widest <= MAX_WIDTH or lengths.count(widest) <= 2:
        return False
    full = [(line, after) for line, after in zip(lines, [*lines[1:], ""], strict=True) if len(line) == widest]
    continued = sum(bool(after) and not after.startswith(TOOL_LINE_STARTS) for _, after in full)
    return continued > 1 and len({line for line, _ in full}) > 2


def _is_wrapped_between_words(lines: Sequence[str]) -> bool:
    """Return whether some lines between two that are too long for mail look wrapped by a mail program."""
    narrow: list[str] = []
    for line in lines:
        if len(line) > MAX_MAIL_WIDTH and " " in line.strip():
            if len(narrow) > 3 and _continues_in_lower_case(narrow):
                return True
            narrow = []
        else:
            narrow.append(line)
    return len(narrow) > 3 and _continues_in_lower_case(narrow)


def _continues_in_lower_case(lines: Sequence[str]) -> bool:
    """Return whether more than one long line is followed by a line that begins inside a sentence."""
    widest = max((len(line) for line in lines if " " in line.strip()), default=0)
    continued = 0
    is_long = False
    for line in lines if widest >= MIN_WIDTH else ():
        first = line[:1]
        if is_long and line and (first.islower() or first in "'/[‘" or not first.isascii()):
            continued += not line.startswith(LOWERCASE_TOOL_STARTS)
        is_long = not line.endswith(":") and (len(line) > widest - 22 or (is_long and " " not in line.strip()))
    return continued > 1


def _is_wrapped_by_old_installer(lines: Sequence[str], lengths: Sequence[int]) -> bool:
    """Return whether several indented lines end at column 79 and hardly any is longer."""
    if lengths.count(79) < 2:
        return False
    indented = [len(line) for line in lines if line[:3] in ("   ", "-> ")]
    return indented.count(79) > 1 and sum(1 for length in indented if length > 79) * 30 <= len(indented)


def _has_cut_or_merged_message(lines: Sequence[str]) -> bool:
    following = iter(lines)
    next(following, None)
    return any(
        ": " in line and (_is_cut_message(line, after) or _is_merged(line))
        for line, after in zip(lines, following, strict=False)
    )


def _is_cut_message(line: str, after: str) -> bool:
    """Return whether a message of the installer or of a compiler seems to continue in the line after it."""
    text = line.lstrip()
    if text.startswith(("ERROR: ", "WARNING: ")):
        return after.startswith(" " * (len(line) - len(text) + text.index(" ") + 1))
    return ("error: " in line or "warning: " in line) and (
        (line.count("'") + line.count("`") - line.count("n't ")) % 2 == 1
        or line.count("‘") != line.count("’")
        or (after[:1].islower() and any(word in after[:40] for word in CONTINUATION_WORDS))
        or (len(line) > 257 and line.startswith("   ") and after.startswith("   "))
    )


def _is_merged(line: str) -> bool:
    """Return whether a line may be several that lost their line feeds."""
    if len(line) < 160 or line.lstrip().startswith(("ERROR: ", "WARNING: ")):
        return False
    return line.count("make[") + line.count("error: ") + line.count("-> ") + line.count("NVRM: ") > 2
