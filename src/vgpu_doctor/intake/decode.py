"""Decodes a log, drops what terminals and editors put into it, and counts the user's lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@frozen
class Block:
    """Consecutive lines, each ended by a line feed."""

    text: str
    number: int  # of the first line, from 1 in the user's file
    numbers: Sequence[int] | None = None  # of every line, where they do not count up by one

    def number_of(self, index: int) -> int:
        """Return the number, from 1 in the user's file, of the line at an index, from 0 in this block."""
        return self.number + index if self.numbers is None else self.numbers[index]


# CSI sequences, OSC strings with either end (links, titles), other two-byte escapes.
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[@-Z\\^_()#%][0-9A-Za-z]?)?")
BEFORE_LINE_FEED = re.compile(r"(?<!\r)\r++\n")
INVISIBLE = "\u200b\u2060\ufeff"
WIDE_BLANKS = "\xa0\u3000"


def decode_blocks(pieces: Iterable[bytes]) -> Iterator[Block]:
    """Decode UTF-8 and drop colours, links, invisible characters, NUL bytes and carriage returns.

    A piece ends at a line feed; bytes that are no UTF-8 become U+FFFD. A lone carriage return (a progress bar) splits a
    line into two of the same number; in a text without line feeds it ends lines.
    """
    number = 1
    for piece in pieces:
        if b"\0" in piece:
            piece = piece.replace(b"\0", b"")
        text = piece.decode("utf-8", "replace")
        if not text.isascii():
            for blank in WIDE_BLANKS:
                text = text.replace(blank, " ")
            for character in INVISIBLE:
                text = text.replace(character, "")
        if "\x1b" in text:
            text = ESCAPES.sub("", text)
        if "\r" not in text:
            yield Block(text, number)
            number += text.count("\n")
            continue
        text = BEFORE_LINE_FEED.sub("\n", text)
        if text.count("\n") <= 1 and text.count("\r") > 1:
            text = text.rstrip("\r\n").replace("\r", "\n") + "\n"
        if "\r" not in text:
            yield Block(text, number)
            number += text.count("\n")
            continue
        numbers: list[int] = []
        lines = text.split("\n")
        for offset, line in enumerate(lines[:-1]):
            numbers += [number + offset] * (line.count("\r") + 1)
        yield Block(text.replace("\r", "\n"), number, numbers)
        number += len(lines) - 1
