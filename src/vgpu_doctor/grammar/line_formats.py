"""Lines whose form alone tells which tool wrote them: a place and a severity, or the tool's own name in front."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.grammar import words
from vgpu_doctor.grammar.classified_lines import NOTHING, ClassifiedLine, parsed, said
from vgpu_doctor.model import Place

if TYPE_CHECKING:
    from collections.abc import Callable

COMPILER = re.compile(r"([^\s:'\"()][^:\n'\"]*):(\d+):(?:(\d+):)? ([a-zA-Z][^:\n]{1,40}): ?(.*)")
PROGRAM = re.compile(
    r"((?:[\w./-]*/)?(?:[\w.]+-)*(?:gcc|cc1|cc1plus|cc|clang|as|collect2|g\+\+)(?:-[\d.]+)?): "
    r"(?:([a-zA-Z][^:\n]{1,30}): )?(.*)"
)
ASSEMBLER = re.compile(r"([^\s:]+): (Error|Warning): (.*)")
OBJTOOL = re.compile(r"([^\s:]+): (warning|error): objtool: (.*)")
OBJTOOL_OLD = re.compile(r"([^\s:]+\.o): objtool: (.*)")
MAKE = re.compile(r"(?:[\w./-]*/)?g?make(?:\[\d+\])?: (.*)")
MAKE_FILE = re.compile(r"[^\s:]+:\d+: (\*\*\* .*)")
LINKER = re.compile(
    r"(?:(?:[\w./-]*/)?(?:[\w-]+-)?ld(?:\.\w+)?: (.*)|([^\s:]+):?\([.\w]+\+0x[0-9a-f]+\): (undefined .*))"
)
SHELL = re.compile(
    r"(?:/bin/(?:ba|da)?sh|bash|sh|zsh|-bash|sudo|env|\./[\w./-]+"
    r"|[\w./-]*/(?:fixdep|modpost|genksyms|ld-version\.sh|objtool|insn_sanity|[\w-]+\.sh))"
    r"(?:: (?:line )?\d+)?: (.*)"
)
REFUSED_BY_DRIVER = re.compile(r"(?:-?bash|zsh)(?:: line \d+)?: echo: write error: No space left on device")
"""What somebody typed into a file of sysfs came back: that the card is full says as much as that the disk is."""
KMOD = re.compile(r"(?:[\w./-]*/)?(?:modprobe|insmod|rmmod|depmod|dracut|mkinitcpio): .*")
MAX_DIGITS = 9  # digits of a line or column; more of them are no place


def by_format(text: str) -> ClassifiedLine | None:
    """Classify a line by its form.

    Return ``NOTHING`` for one that says nothing of interest, and None for one without such a form.
    """
    for read in LINE_FORMATS:
        if (classified := read(text)) is not None:
            return classified
    return None


def has_compiler_format(text: str) -> bool:
    """Return whether a line has place, severity and message as a compiler writes them, in whatever language."""
    return bool(COMPILER.match(text) or ((program := PROGRAM.match(text)) and program[2]))


def _compiler(text: str) -> ClassifiedLine | None:
    found = COMPILER.match(text)
    if found is None:
        return None
    file, line, column, word, message = found.groups()
    severity = words.SEVERITIES.get(word)
    if severity is None:
        return NOTHING if word.startswith("in function") else None
    place = Place(file, int(line[:MAX_DIGITS]), int(column[:MAX_DIGITS]) if column else None)
    if severity == "note":
        return said("compiler", severity, message, "note", place)
    return said("compiler", severity, _of_crash(word) + message, "message", place)


def _of_crash(word: str) -> str:
    """Return the severity where it belongs to the message: what follows a crash is free text."""
    return f"{word}: " if word == "internal compiler error" else ""


def _context(text: str) -> ClassifiedLine | None:
    """Read the function or the chain of includes to which the next complaints belong."""
    if text.startswith(words.INCLUDED_FROM[0]) or (text.startswith(words.INCLUDED_FROM[1]) and text[-1] in ",:"):
        return ClassifiedLine("chain")
    if (at := text.find(": In ")) > 0 and text.startswith(words.IN_FUNCTION, at + 2):
        return ClassifiedLine("scope", message=text[at + 2 :].split(" ", 2)[-1].strip(words.QUOTES + " :\xa0"))
    return ClassifiedLine("scope") if text.endswith(words.AT_TOP_LEVEL) else None


def _objtool(text: str) -> ClassifiedLine | None:
    if "objtool: " not in text:
        return None
    if found := OBJTOOL.match(text):
        return said("objtool", words.SEVERITIES[found[2]], found[3], "objtool", Place(found[1]))
    if found := OBJTOOL_OLD.match(text):
        return said("objtool", "warning", found[2], "objtool", Place(found[1]))
    return None


def _make(text: str) -> ClassifiedLine | None:
    found = MAKE.match(text) or MAKE_FILE.match(text)
    if found is None:
        return None
    return said("make", "error" if found[1].startswith("*** ") else "message", found[1], "make")


def _program(text: str) -> ClassifiedLine | None:
    """Read ``gcc: error: ...`` and its like, which have no place."""
    found = PROGRAM.match(text)
    severity = words.SEVERITIES.get(found[2] or "") if found else None
    if found is None or severity is None:
        return None
    if severity == "note":
        return NOTHING
    if found[1].endswith("collect2"):
        return said("linker", severity, found[3], "linker")
    return said("compiler", severity, _of_crash(found[2]) + found[3], "message")


def _linker(text: str) -> ClassifiedLine | None:
    found = LINKER.match(text)
    if found is None:
        return None
    message = found[1] or found[3]
    severity = "warning" if message.startswith("warning: ") else "error"
    return said("linker", severity, message.removeprefix("warning: ").removeprefix("error: "), "linker")


def _assembler(text: str) -> ClassifiedLine | None:
    found = ASSEMBLER.match(text)
    if found is None or found[1].startswith("nvidia"):
        return None
    return parsed("compiler", words.SEVERITIES[found[2]], found[3], "message", Place(found[1]))


def _shell(text: str) -> ClassifiedLine | None:
    found = SHELL.match(text)
    if found and REFUSED_BY_DRIVER.match(text):
        return NOTHING
    return (parsed("shell", "error", found[1], "shell") or NOTHING) if found else None


def _kmod(text: str) -> ClassifiedLine | None:
    return (parsed("kernel", "error", text, "kernel") or NOTHING) if KMOD.match(text) else None


LINE_FORMATS: tuple[Callable[[str], ClassifiedLine | None], ...] = (
    _compiler,
    _context,
    _objtool,
    _make,
    _program,
    _linker,
    _assembler,
    _shell,
    _kmod,
)
"""The readers of one form each, the most frequent first."""
