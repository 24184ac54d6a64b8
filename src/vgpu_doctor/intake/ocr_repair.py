"""Repairs what OCR misread in the position, severity and fixed words of compiler diagnostics; names stay as they are.

A misread name is weak evidence, and only the signatures can tell how weak.
"""

from __future__ import annotations

import re

from vgpu_doctor.confusables import skeleton
from vgpu_doctor.intake.quoting import DIAGNOSTIC

MISREAD_START = re.compile(
    r"^([ \t]*)(?=[\w./~])((?:[\w.+~-]{0,80}(?: ?/ ?| (?=[\d_]))){0,24}[\w.+-]{1,80}?) ?(\.[chS])"
    r" ?[:;] ?([\dOoIl|]{1,5}) ?[:;] ?(?:([\dOoIl|]{1,4}) ?[:;] ?)?((?:[fF]ata[l1I|] )?[a-z0-9]{4,8}) ?[:;] ?(?=\S)",
    re.MULTILINE,
)
VERSION = re.compile(r"(?:_64-|nvidia[-/])\d{3}[.,]\d{2,3}[.,] ?(?=\d\d)")
WORD = re.compile(r"(?<![\w'‘’\"_-])[A-Za-z0-9|]{4,20}(?![\w'‘’\"_-])")
DIGITS = str.maketrans("OoIl|", "00111")
SEVERITIES = {skeleton(word): word for word in ("error", "warning", "note", "fatal error")}
SEVERITIES.update(dict.fromkeys(("enor", "emor", "eror", "errer", "errar", "ertor"), "error"))
WORDS = """
    anonymous argument arguments array assignment before cast character compound conflicting declaration declared
    dereferencing directory discards element expected expression file first from function given identifier implicit
    included incompatible incomplete initialization initializer integer invalid location lvalue macro makes many member
    modpost module named object only operation parameter passed passing pointer previous qualifier read redefinition
    request requires return returning returns static struct structure symbol target this type types undeclared undefined
    union unknown unused used uses value void without
""".split()  # noqa: SIM905 - a column of words is read more easily
QUOTED = tuple(
    (re.compile(pattern.replace("Q", "[\"'`‘’“”*°]?").replace("NAME", r"(\w(?:[\w ]{0,80}\w)?)")), quoted)
    for pattern, quoted in (
        (
            r"^Q((?:const )?(?:struct|union|class) NAME)Q has no member named QNAMEQ(?=[; ]|$)",
            r"‘\1’ has no member named ‘\3’",
        ),
        (r"^(implicit declaration of function|too (?:many|few) arguments to function) QNAMEQ(?=[; ]|$)", r"\1 ‘\2’"),
        (r"^(conflicting types for|unknown type name|redefinition of) QNAMEQ(?=[; ]|$)", r"\1 ‘\2’"),
        (r"^(assignment of read-only (?:member|variable|location)) QNAMEQ$", r"\1 ‘\2’"),
        (r"^QNAMEQ undeclared(?= here| \()", r"‘\1’ undeclared"),
    )
)
"""Messages of gcc that quote names, with quotes that may be lost or misread, and how gcc prints them."""
UNCLOSED = re.compile(r"\((?:not in a function|first use in this function)$")
PAIRED_QUOTES = re.compile(r"[^'\"`‘’“”]*(?:['‘][^'\"`‘’“”]*['’][^'\"`‘’“”]*)+")
"""Messages that the grammar reads as they are. A mismatched pair is left, since it shows that the line was misread."""
WORD_BY_SKELETON = {skeleton(word): word for word in WORDS}


def repair_positions(text: str) -> str:
    """Write position and severity of diagnostics in a text as compilers do, keeping the number of lines."""
    return MISREAD_START.sub(_repair_start, VERSION.sub(lambda found: found[0].replace(",", ".").rstrip(), text))


def repair_messages(text: str) -> str:
    """Write fixed words and quotes of diagnostics in a text as compilers do, keeping the number of lines."""
    text = text.replace("nvidia vgpu_vfio", "nvidia_vgpu_vfio")
    return DIAGNOSTIC.sub(lambda found: found[1] + _repair_message(found[2]), text)


def _repair_start(found: re.Match[str]) -> str:
    indent, path, suffix, line, column, word = found.groups()
    severity = SEVERITIES.get(skeleton(word)) or SEVERITIES.get(word)
    if severity is None and word[:4] in ("fata", "Fata"):
        severity = "fatal error"
    numbers = [number.translate(DIGITS) for number in (line, column) if number]
    if severity is None or any(number[0] == "0" for number in numbers):
        return found[0]
    return indent + ":".join([path.replace(" ", "") + suffix, *numbers, f" {severity}: "])


def _repair_message(message: str) -> str:
    message = UNCLOSED.sub(r"\g<0>)", WORD.sub(_repair_word, message))
    if PAIRED_QUOTES.fullmatch(message) and not message.startswith(("const ", "struct ")):
        return message
    for pattern, quoted in QUOTED:
        message, count = pattern.subn(quoted, message)
        if count:
            break
    return message


def _repair_word(found: re.Match[str]) -> str:
    return WORD_BY_SKELETON.get(skeleton(found[0]), found[0])
