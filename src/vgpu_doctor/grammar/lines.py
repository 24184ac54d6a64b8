"""What one line of a log is, by itself: a complaint, a note, a piece of source, a scope, or nothing of interest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from vgpu_doctor.grammar import words
from vgpu_doctor.grammar.tables import UNKNOWN, automaton
from vgpu_doctor.model import Place
from vgpu_doctor.values import frozen, replace

LONGEST_MESSAGE = 4096  # characters; what a tool has to say is shorter, and hostile lines are not


@frozen
class LineShape:
    """One line, read without its neighbours."""

    role: Literal["complaint", "note", "excerpt", "scope", "chain"]
    tool: str = ""
    severity: str = ""
    kind: str = ""
    message: str = ""
    captures: Mapping[str, str] | None = None
    place: Place | None = None
    number: int | None = None  # of the source line that an excerpt shows


# The time and host that the kernel ring buffer, syslog or the journal put before a line.
KERNEL_TIME = r"(?:<\d+>)?(?:[a-z]+ *:[a-z]+ *: )?\[ *(?:\d+\.\d+|[+\d][\d.,]*|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4})\](?:\[ *[TC]\d+\])? ?"
SYSLOG_TIME = r"(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-][\d:]+)?) [\w.-]+ ([\w./()-]+)(?:\[\d+\])?: "
LOG_PREFIX = re.compile(rf"(?:{SYSLOG_TIME})?(?:{KERNEL_TIME})?")
# Who speaks in a kernel log or journal: the driver's core, or a daemon whose line came without time and host.
SPEAKER = re.compile(r"(?:NVRM: +|nvidia-(?:vgpu-mgr|vgpud|gridd|persistenced)\[\d+\]: )")

COMPILER = re.compile(r"([^\s:'\"()][^:\n'\"]*):(\d+):(?:(\d+):)? ([a-zA-Z][^:\n]{1,40}): ?(.*)")
PROGRAM = re.compile(
    r"((?:[\w./-]*/)?(?:[\w.]+-)*(?:gcc|cc1|cc1plus|cc|clang|as|collect2|g\+\+)(?:-[\d.]+)?): (?:([a-zA-Z][^:\n]{1,30}): )?(.*)"
)
ASSEMBLER = re.compile(r"([^\s:]+): (Error|Warning): (.*)")
SOURCE_NAMED = re.compile(r"\.[ch]:(?: \S|\d)")
EXCERPT = re.compile(r"(\d+)? *\|(?: .*|$)")
OBJTOOL = re.compile(r"([^\s:]+): (warning|error): objtool: (.*)")
OBJTOOL_OLD = re.compile(r"([^\s:]+\.o): objtool: (.*)")
MAKE = re.compile(r"(?:[\w./-]*/)?g?make(?:\[\d+\])?: (.*)")
MAKE_FILE = re.compile(r"[^\s:]+:\d+: (\*\*\* .*)")
LINKER = re.compile(
    r"(?:(?:[\w./-]*/)?(?:[\w-]+-)?ld(?:\.\w+)?: (.*)|([^\s:]+):?\([.\w]+\+0x[0-9a-f]+\): (undefined .*))"
)
SHELL = re.compile(
    r"(?:/bin/(?:ba|da)?sh|bash|sh|zsh|-bash|sudo|env|\./[\w./-]+|[\w./-]*/(?:fixdep|modpost|genksyms|ld-version\.sh|objtool|insn_sanity|[\w-]+\.sh))(?:: (?:line )?\d+)?: (.*)"
)
PREFIXED = re.compile(r"(ERROR|WARNING|FATAL|Error!|Warning|Error|DEPRECATED|E|W)(?:: | )(.*)")
KMOD = re.compile(r"(?:[\w./-]*/)?(?:modprobe|insmod|rmmod|depmod|dracut|mkinitcpio): .*")


def shape_of(line: str) -> LineShape | None:
    """What a line is, without the installer's indentation; None for what says nothing of interest."""
    text = line.strip()
    if len(text) > LONGEST_MESSAGE:
        text = text[:LONGEST_MESSAGE]
    if not text:
        return None
    prefix = LOG_PREFIX.match(text)
    from_kernel = False
    if prefix and prefix.end():
        from_kernel = prefix[1] in (None, "kernel")
        text = text[prefix.end() :].strip()
        if not text:
            return None
    first = text[0]
    if (first == "|" or first.isdigit()) and (excerpt := EXCERPT.fullmatch(text)):
        return LineShape("excerpt", number=int(excerpt[1][:9]) if excerpt[1] else None, message=line)
    if ":" in text:
        found = _by_frame(text, from_kernel)
        if not from_kernel and _may_be_translated(found, text):
            found = _translated(text) or found
        if found is not NOT_FRAMED:
            return found  # type: ignore[return-value]
    return _by_words(text, from_kernel)


NOT_FRAMED = object()


def _by_frame(text: str, from_kernel: bool) -> LineShape | None | object:
    """Lines whose form alone tells which tool wrote them."""
    if found := COMPILER.match(text):
        severity = words.SEVERITIES.get(found[4])
        if severity is not None:
            place = Place(found[1], int(found[2][:9]), int(found[3][:9]) if found[3] else None)
            if severity == "note":
                return _said("compiler", "note", found[5], "note", place)
            return _said("compiler", severity, _of_crash(found[4]) + found[5], "message", place)
        if found[4].startswith("in function"):
            return None
    if text.startswith(words.INCLUDED_FROM[0]) or (text.startswith(words.INCLUDED_FROM[1]) and text[-1] in ",:"):
        return LineShape("chain")
    if (at := text.find(": In ")) > 0 and text.startswith(words.IN_FUNCTION, at + 2):
        return LineShape("scope", message=text[at + 2 :].split(" ", 2)[-1].strip(words.QUOTES + " :\xa0"))
    if text.endswith(words.AT_TOP_LEVEL):
        return LineShape("scope")
    if "objtool: " in text and (found := OBJTOOL.match(text)):
        return _said("objtool", words.SEVERITIES[found[2]], found[3], "objtool", Place(found[1]))
    if "objtool: " in text and (found := OBJTOOL_OLD.match(text)):
        return _said("objtool", "warning", found[2], "objtool", Place(found[1]))
    if found := MAKE.match(text) or MAKE_FILE.match(text):
        return _said("make", "error" if found[1].startswith("*** ") else "message", found[1], "make")
    if found := PROGRAM.match(text):
        severity = words.SEVERITIES.get(found[2] or "")
        if severity is not None and severity != "note":
            if found[1].endswith("collect2"):
                return _said("linker", severity, found[3], "linker")
            return _said("compiler", severity, _of_crash(found[2]) + found[3], "message")
        if severity == "note":
            return None
    if found := LINKER.match(text):
        message = found[1] or found[3]
        severity = "warning" if message.startswith("warning: ") else "error"
        return _said("linker", severity, message.removeprefix("warning: ").removeprefix("error: "), "linker")
    if (found := ASSEMBLER.match(text)) and not from_kernel and not found[1].startswith("nvidia"):
        if said := _parsed("compiler", words.SEVERITIES[found[2]], found[3], "message", Place(found[1])):
            return said
    if found := SHELL.match(text):
        return _parsed("shell", "error", found[1], "shell")
    if KMOD.match(text):
        return _parsed("kernel", "error", text, "kernel")
    return NOT_FRAMED


def _of_crash(severity: str) -> str:
    """The severity where it is the message as well: what follows a crash is free text."""
    return f"{severity}: " if severity == "internal compiler error" else ""


def _may_be_translated(found: LineShape | object | None, text: str) -> bool:
    """Whether a line has the form of gcc's or make's, but not their English words."""
    if isinstance(found, LineShape):
        if found.tool not in ("compiler", "make", "linker") or found.kind not in (UNKNOWN, "makefile-error"):
            return False
        return found.severity in ("error", "fatal") or found.tool == "make" or not text.isascii()
    if found is not NOT_FRAMED:
        return False
    if not text.isascii() or (text[-1] in ":," and SOURCE_NAMED.search(text)):
        return True
    return bool(COMPILER.match(text) or ((program := PROGRAM.match(text)) and program[2]))


def _translated(text: str) -> LineShape | None:
    """What the English twin of a line is, with the message as the line has it."""
    from vgpu_doctor.grammar.localised import in_english

    english = in_english(text)
    if english is None:
        return None
    found = _by_frame(english[0], from_kernel=False)
    if not isinstance(found, LineShape) or (found.tool == "make" and found.kind in (UNKNOWN, "makefile-error")):
        return None
    return replace(found, message=english[1]) if found.role in ("complaint", "note") else found


def _by_words(text: str, from_kernel: bool) -> LineShape | None:
    """Lines that only their words can tell."""
    if text.startswith("-> "):
        return _parsed("installer", "message", text[3:].lstrip(), "installer")
    if not from_kernel and (found := PREFIXED.match(text)):
        return _prefixed(found[1], found[2])
    if (speaker := SPEAKER.match(text)) or from_kernel:
        return _parsed("kernel", "message", text[speaker.end() :] if speaker else text, "kernel")
    for tool, start in BY_WORDS:
        if said := _parsed(tool, "message", text, start):
            return said
    if any(quote in text for quote in "'‘") and (said := _parsed("compiler", "message", text, "message")):
        return said  # people post what gcc said without the place
    return None


BY_WORDS = (
    ("installer", "installer"),
    ("dkms", "dkms"),
    ("kernel", "kernel"),
    ("shell", "shell"),
    ("package", "packages"),
)
"""Which tools' words a line without any form is compared with, in this order."""


def _prefixed(prefix: str, rest: str) -> LineShape | None:
    """``ERROR: `` and its like: modpost, the installer, DKMS and apt all write it."""
    if rest.startswith("(dkms apport)"):
        # Ubuntu's crash reporter about its own packages, in every failed build
        return None
    severity = words.SEVERITIES.get(prefix.rstrip("!"), "error")
    if rest.startswith("modpost: "):
        return _said("modpost", severity, rest[9:], "modpost")
    if rest.startswith('"') or prefix == "FATAL":
        if said := _parsed("modpost", severity, rest, "modpost"):
            return said
    if prefix in ("Error!", "Warning"):
        if said := _parsed("dkms", severity, rest, "dkms"):
            return said
    if prefix in ("E", "W"):
        return _parsed("package", "error" if prefix == "E" else "warning", rest, "packages")
    for tool, start in (
        ("installer", "installer"),
        ("modpost", "modpost"),
        ("make", "make"),
        ("dkms", "dkms"),
        ("kernel", "kernel"),
        ("shell", "shell"),
    ):
        if said := _parsed(tool, severity, rest, start):
            return said
    if prefix in ("ERROR", "FATAL", "Error!"):
        return LineShape("complaint", "installer" if prefix == "ERROR" else "dkms", severity, UNKNOWN, rest, {})
    return None


GRAMMAR_OF = {
    "message": "compiler",
    "note": "compiler",
    "modpost": "tools",
    "objtool": "tools",
    "linker": "tools",
    "make": "tools",
    "shell": "tools",
    "installer": "installer",
    "dkms": "installer",
    "packages": "installer",
    "kernel": "kernel",
}


def _parsed(tool: str, severity: str, text: str, start: str, place: Place | None = None) -> LineShape | None:
    """The complaint that the grammar sees in a text, or None."""
    found = automaton(GRAMMAR_OF[start]).parse(text, start)
    if found is None:
        return None
    role: Literal["note", "complaint"] = "note" if start == "note" else "complaint"
    return LineShape(role, tool, severity, found[0], text, found[1], place)


def _said(tool: str, severity: str, text: str, start: str, place: Place | None = None) -> LineShape:
    """Like :func:`_parsed`; what the grammar cannot name is kept as unknown."""
    said = _parsed(tool, severity, text, start, place)
    role: Literal["note", "complaint"] = "note" if start == "note" else "complaint"
    return said or LineShape(role, tool, severity, UNKNOWN, text, {}, place)
