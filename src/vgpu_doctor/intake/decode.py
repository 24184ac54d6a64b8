"""Takes out of a text what terminals and editors put in, and keeps count of the user's lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@frozen
class Block:
    """Some lines in a row, each ended by a line feed."""

    text: str
    number: int  # of the first line, from 1 in the user's file
    numbers: Sequence[int] | None = None  # of every line, where they do not just count up

    def number_of(self, index: int) -> int:
        """The user's number of a line of this block, by its place from 0."""
        return self.number + index if self.numbers is None else self.numbers[index]


# CSI sequences, OSC strings with either end (links, titles), other two-byte escapes.
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[@-Z\\^_()#%][0-9A-Za-z]?)?")
BEFORE_LINE_FEED = re.compile(r"(?<!\r)\r++\n")
INVISIBLE = "\u200b\u2060\ufeff"
WIDE_BLANKS = "\xa0\u3000"


def decode_blocks(pieces: Iterable[bytes]) -> Iterator[Block]:
    """Blocks of clean text: UTF-8 decoded, without colours, links, NUL bytes and carriage returns.

    A lone carriage return (a progress bar) parts two lines that keep one number; in a text that has no line feed at all
    it ends lines.
    """
    number = 1
    for piece in pieces:
        if b"\0" in piece:
            piece = piece.replace(b"\0", b"")
        text = piece.decode("utf-8", "replace")
        if not text.isascii():
            for blank in WIDE_BLANKS:
                text = text.replace(blank, " ")
            for nothing in INVISIBLE:
                text = text.replace(nothing, "")
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
