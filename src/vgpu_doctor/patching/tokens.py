"""Split a source file into tokens, so that C can be found in it without a compiler.

There are three languages: C, make (Kbuild, Makefile) and shell. Comments and blanks are not tokens; a string is one
token in C. In shell and make a string is plain text, because ``conftest.sh`` keeps its C inside strings.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

Language = Literal["c", "make", "shell"]

C = re.compile(
    r"""
    (?P<newline>\n)
  | (?P<splice>\\[^\S\n]*+\n)
  | (?P<blank>[^\S\n]++)
  | (?P<comment>//(?>[^\\\n]|\\(?:[^\S\n]*+\n|.)?)*+|/\*(?>[^*]|\*(?!/))*+(?:\*/)?)
  | (?P<token>
        "(?>[^"\\\n]|\\(?:\r?\n|.)?)*+"?
      | '(?>[^'\\\n]|\\(?:\r?\n|.)?)*+'?
      | [A-Za-z_]\w*+
      | \.?\d(?>[eEpP][+-]|[\w.])*+
      | \.\.\.|<<=|>>=|->|\+\+|--|<<|>>|[<>=!+*/%&|^-]=|&&|\|\||\#\#
      | .
    )
    """,
    re.VERBOSE,
)
MAKE = re.compile(
    r"(?P<newline>\n)|(?P<splice>\\\r?\n)|(?P<blank>[^\S\n]++)|(?P<comment>\#(?>[^\\\n]|\\(?:\r?\n|.)?)*+)"
    r"|(?P<token>\\\#|\w++|.)"
)
SHELL = re.compile(
    r"(?P<newline>\n)|(?P<splice>\\\r?\n)|(?P<blank>[^\S\n]++)|(?P<comment>(?<![^\s;&|(])\#[^\n]*+)"
    r"|(?P<token>\\.|\w++|.)"
)
HOLE = re.compile(r"\$\$|\$[A-Z][A-Z0-9_]*+")


@frozen
class Tokens:
    """Tokens of one text, in order; position ``n`` of each list is about token ``n``."""

    texts: list[str]
    starts: list[int]  # offsets in the text
    joined: set[int]  # lines, from 0, that a comment, a string or a backslash ties to the next


def language_of(path: str) -> Language:
    """Return the language of a file by its name; what is neither make nor shell is C."""
    name = path.rpartition("/")[2]
    if name.startswith(("Kbuild", "Makefile", "makefile")) or name.endswith((".Kbuild", ".mk")):
        return "make"
    return "shell" if name.endswith((".sh", ".conf")) else "c"


def tokenise(text: str, language: Language) -> Tokens:
    """Return the tokens of a text; takes time linear in its length, whatever it holds."""
    texts: list[str] = []
    starts: list[int] = []
    joined: set[int] = set()
    line = 0
    for kind, piece, start in _pieces(text, language):
        if kind == "token":
            texts.append(piece)
            starts.append(start)
        elif kind == "newline":
            line += 1
            continue
        if "\n" in piece:
            after = line + piece.count("\n")
            joined.update(range(line, after))
            line = after
        if kind == "comment" and piece.startswith("/*") and not piece.endswith("*/", 2):
            joined.add(line)  # an open comment swallows whatever is added after it
    if text.rstrip().endswith("\\") and not text.endswith("\n"):
        joined.add(line)
    return Tokens(texts, starts, joined)


def _pieces(text: str, language: Language) -> Iterator[tuple[str | None, str, int]]:
    """Yield a text piece by piece: the kind of each piece, its text, and its offset."""
    if language != "shell":
        for found in (C if language == "c" else MAKE).finditer(text):
            yield found.lastgroup, found[0], found.start()
        return
    position = 0
    quote = ""
    while matched := SHELL.match(text, position):
        kind, piece = matched.lastgroup, matched[0]
        if kind == "comment" and quote:
            kind, piece = "token", piece[0]  # a # inside a string is text
        if piece in ('"', "'") and quote in ("", piece):
            quote = "" if quote else piece
        yield kind, piece, position
        position += len(piece)


def pattern_tokens(text: str, language: Language) -> list[str]:
    """Return the tokens of a record's text, in which ``$NAME`` is one token and ``$$`` a dollar sign."""
    texts: list[str] = []
    grammar = {"c": C, "make": MAKE, "shell": SHELL}[language]
    position = 0
    quote = ""
    while found := HOLE.match(text, position) or grammar.match(text, position):
        piece = found[0]
        if found.re is HOLE:
            texts.append("$" if piece == "$$" else piece)
        elif found.lastgroup == "token" or (quote and found.lastgroup == "comment"):
            piece = piece if found.lastgroup == "token" else piece[0]  # a # inside a shell string is text
            texts.append(piece)
            if language == "shell" and piece in ('"', "'") and quote in ("", piece):
                quote = "" if quote else piece
        position += len(piece)
    return texts
