"""Turn text of a log into text that no terminal and no page acts upon.

A log is hostile input. Every writer passes what comes from it through here before its own escaping.
"""

from __future__ import annotations

MAX_LENGTH = 300  # characters that a report shows of one line


def printable(text: str, max_length: int | None = MAX_LENGTH) -> str:
    """Return one line without anything invisible or active, cut in the middle if it is longer than ``max_length``.

    Control characters, escape sequences, bidirectional overrides, lone surrogates and the like become visible
    escapes; tabs and line ends become blanks. ``None`` cuts nothing, for commands.
    """
    if text.isascii() and text.isprintable() and (max_length is None or len(text) <= max_length):
        return text
    text = _cut(text, max_length).expandtabs()
    if not text.isprintable():
        text = "".join(character if character.isprintable() else _visible(character) for character in text)
    return _cut(text, max_length)


def verbatim(text: str) -> list[str]:
    """Return the lines of a patch, uncut and with their tabs, without which it would not apply."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return ["\t".join(printable(part, None) for part in line.split("\t")) for line in lines]


def _visible(character: str) -> str:
    # Odd blanks are harmless as blanks; a line end must not start a line that looks like our own.
    if character in "\n\u2028\u2029" or (character.isspace() and ord(character) > 0x9F):
        return " "
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cut(text: str, max_length: int | None) -> str:
    if max_length is None or len(text) <= max_length:
        return text
    head = (max_length - 1) // 2
    return f"{text[:head]}…{text[len(text) - (max_length - 1 - head) :]}"
