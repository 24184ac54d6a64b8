"""Classifies one line of a log by itself: a complaint, a note, a piece of source, a scope, or nothing of interest."""

from __future__ import annotations

import re

from vgpu_doctor.frozen import replace
from vgpu_doctor.grammar import words
from vgpu_doctor.grammar.classified_lines import NOTHING, ClassifiedLine, parsed, said
from vgpu_doctor.grammar.line_formats import by_format, has_compiler_format
from vgpu_doctor.grammar.tables import UNKNOWN

MAX_MESSAGE = 4096  # characters; what a tool has to say is shorter, and hostile lines are not

# The time and host that the kernel ring buffer, syslog or the journal put before a line.
KERNEL_TIME = (
    r"(?:<\d+>)?(?:[a-z]+ *:[a-z]+ *: )?"
    r"\[ *(?:\d+\.\d+|[+\d][\d.,]*|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4})\](?:\[ *[TC]\d+\])? ?"
)
SYSLOG_TIME = (
    r"(?:(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-][\d:]+)?) [\w.-]+ "
    r"|\d{4}/\d\d/\d\d [\d:]{8} (?=akmods))"  # Fedora's akmods names no host
    r"([\w./()-]+)(?:\[\d+\])?: "
)
LOG_PREFIX = re.compile(rf"(?:{SYSLOG_TIME})?(?:{KERNEL_TIME})?")
# Who speaks in a kernel log or journal: the driver's core, or a daemon whose line came without time and host.
SPEAKER = re.compile(r"(?:NVRM: +|nvidia-(?:vgpu-mgr|vgpud|gridd|persistenced)\[\d+\]: )")
EXCERPT = re.compile(r"(\d+)? *\|(?: .*|$)")
PREFIXED = re.compile(r"(ERROR|WARNING|FATAL|Error!|Warning|Error|DEPRECATED|E|W)(?:: | )(.*)")
SOURCE_NAMED = re.compile(r"\.[ch]:(?: \S|\d)")


def classify_line(line: str) -> ClassifiedLine | None:
    """Classify a line, whatever its indentation; return None for one that says nothing of interest."""
    text = line.strip()[:MAX_MESSAGE]
    prefix = LOG_PREFIX.match(text)
    from_kernel = False
    if prefix and prefix.end():
        from_kernel = prefix[1] in (None, "kernel")
        text = text[prefix.end() :].strip()
    if not text:
        return None
    if from_kernel:
        return _of_kernel(text)
    if (text[0] == "|" or text[0].isdigit()) and (excerpt := EXCERPT.fullmatch(text)):
        return ClassifiedLine("excerpt", number=int(excerpt[1][:9]) if excerpt[1] else None, message=line)
    if ":" in text:
        found = by_format(text)
        if _may_be_translated(found, text):
            found = _translated(text) or found
        if found is not None:
            return None if found is NOTHING else found
    return _by_words(text)


def _may_be_translated(found: ClassifiedLine | None, text: str) -> bool:
    """Return whether a line has the form of gcc's or make's, but not their English words."""
    if found is None:
        if not text.isascii() or (text[-1] in ":," and SOURCE_NAMED.search(text)):
            return True
        return has_compiler_format(text)
    if found.tool not in ("compiler", "make", "linker") or found.kind not in (UNKNOWN, "makefile-error"):
        return False
    return found.severity in ("error", "fatal") or found.tool == "make" or not text.isascii()


def _translated(text: str) -> ClassifiedLine | None:
    """Classify a line as its English translation, but keep the message as the line has it."""
    from vgpu_doctor.grammar.localised import in_english

    english = in_english(text)
    found = by_format(english[0]) if english else None
    if english is None or found is None or (found.tool == "make" and found.kind in (UNKNOWN, "makefile-error")):
        return None
    return replace(found, message=english[1]) if found.role in ("complaint", "note") else found


def _of_kernel(text: str) -> ClassifiedLine | None:
    """Classify a line of the kernel log, without its time."""
    speaker = SPEAKER.match(text)
    return parsed("kernel", "message", text[speaker.end() :] if speaker else text, "kernel")


BY_WORDS = (
    ("installer", "installer"),
    ("dkms", "dkms"),
    ("kernel", "kernel"),
    ("shell", "shell"),
    ("package", "packages"),
)
"""Which tools' words a line without any form is compared with, in this order."""

BEHIND_PREFIX = (
    ("installer", "installer"),
    ("modpost", "modpost"),
    ("make", "make"),
    ("dkms", "dkms"),
    ("kernel", "kernel"),
    ("shell", "shell"),
)
"""Which tools' words may stand behind ``ERROR: `` and its like, in this order."""


def _by_words(text: str) -> ClassifiedLine | None:
    """Classify a line that only its words can tell."""
    if text.startswith("-> "):
        return parsed("installer", "message", text[3:].lstrip(), "installer")
    if found := PREFIXED.match(text):
        return _prefixed(found[1], found[2])
    if SPEAKER.match(text):
        return _of_kernel(text)
    for tool, start in BY_WORDS:
        if classified := parsed(tool, "message", text, start):
            return classified
    if "'" in text or "‘" in text:
        # people post what gcc said without the place
        return parsed("compiler", "message", text, "message")
    return None


def _prefixed(prefix: str, rest: str) -> ClassifiedLine | None:
    """Classify what stands behind ``ERROR: `` and its like: modpost, the installer, DKMS and apt all write it."""
    if rest.startswith("(dkms apport)"):
        # Ubuntu's crash reporter about its own packages, in every failed build
        return None
    severity = words.SEVERITIES.get(prefix.rstrip("!"), "error")
    if rest.startswith("modpost: "):
        return said("modpost", severity, rest[9:], "modpost")
    if prefix in ("E", "W"):
        return parsed("package", "error" if prefix == "E" else "warning", rest, "packages")
    first = (
        "modpost" if rest.startswith('"') or prefix == "FATAL" else "dkms" if prefix in ("Error!", "Warning") else ""
    )
    for tool, start in sorted(BEHIND_PREFIX, key=lambda pair: pair[0] != first):
        if classified := parsed(tool, severity, rest, start):
            return classified
    if prefix in ("ERROR", "FATAL", "Error!"):
        return ClassifiedLine("complaint", "installer" if prefix == "ERROR" else "dkms", severity, UNKNOWN, rest, {})
    return None
