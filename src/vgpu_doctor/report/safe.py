"""Text of a log becomes text that no terminal and no page acts upon.

A log is hostile input. Every writer sends what comes from it through here before it does its own escaping.
"""

from __future__ import annotations

LONGEST = 300  # characters that a report shows of one line


def printable(text: str, longest: int | None = LONGEST) -> str:
    """One line without anything invisible or active, cut in the middle where it is longer than ``longest``.

    Control characters, escape sequences, bidirectional overrides, lone surrogates and the like become visible
    escapes; tabs and line ends become blanks. ``None`` cuts nothing, for commands.
    """
    if text.isascii() and text.isprintable() and (longest is None or len(text) <= longest):
        return text
    text = _cut(text, longest).expandtabs()
    if not text.isprintable():
        text = "".join(character if character.isprintable() else _visible(character) for character in text)
    return _cut(text, longest)


def verbatim(text: str) -> list[str]:
    """The lines of a patch: tabs stay, since a patch without them does not apply; nothing is cut."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return ["\t".join(printable(part, None) for part in line.split("\t")) for line in lines]


def _visible(character: str) -> str:
    # No-break and other odd blanks are harmless; line ends must not start a line that looks like our own.
    if character in "\n\u2028\u2029" or (character.isspace() and ord(character) > 0x9F):
        return " "
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cut(text: str, longest: int | None) -> str:
    if longest is None or len(text) <= longest:
        return text
    head = (longest - 1) // 2
    return f"{text[:head]}…{text[len(text) - (longest - 1 - head) :]}"
