"""Passes quickly over the lines in which a build only tells what it does, and hands out all others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vgpu_doctor.intake.cleaning import Block

STEPS = (
    "CC|CONFTEST:|AR|AS|LDS|CXX|HOSTCC|HOSTLD|SYMLINK|OBJTOOL|OBJCOPY|BTF|SIGN|CLEAN|CHECK|GEN|UPD|CALL|INSTALL|"
    "STRIP|XZ|ZSTD|GZIP|DESCEND|DEPMOD|CC_FLAGS|WRAP|COPY|RUSTC|VERSION|MKDIR|SYNC|TEST|HDRINST|SORTTAB|KSYMTAB|EXPORT|DTC"
)
PASSED_OVER = re.compile(
    r"(?:"
    rf" {{1,9}}+(?:{STEPS})[ \t][^\n]*+\n"  # a step of kbuild or of conftest.sh, behind the installer's blanks
    r"|[ \t]*+\n"  # empty
    r"| *+(?:[a-z0-9_]+-){0,4}(?:gcc|cc|clang|ld|objcopy)(?:-[\d.]+)? -[^\n]*+\n"  # a whole command of a verbose build
    r")*+"
)
"""Runs of lines that hold no complaint and no fact; a test shows that the parser would find none there."""


def lines_worth_reading(block: Block) -> Iterator[tuple[int, str]]:
    """Number and text of every line of a block that :data:`PASSED_OVER` does not cover, in order."""
    pass_over = PASSED_OVER.match
    text, index, position = block.text, 0, 0
    numbers = block.numbers
    first = block.number
    size = len(text)
    while position < size:
        end = pass_over(text, position).end()  # type: ignore[union-attr]  # it matches nothing at all, too
        if end != position:
            index += text.count("\n", position, end)
            position = end
            if position >= size:
                break
        end = text.find("\n", position)
        yield (first + index if numbers is None else numbers[index]), text[position:end]
        index += 1
        position = end + 1


SAMPLES = 32  # lines, spread over a block, that tell whether a look at all of it is worth while
WORTH_WHILE = 4  # one in so many of them is known


def holds_nothing_new(text: str, known: Mapping[str, object]) -> bool:
    """Whether every line of a block is known, or passed over: logs print the same again and again."""
    step = len(text) // SAMPLES + 1
    starts = (text.find("\n", position) + 1 for position in range(0, len(text), step))
    hits = sum(text[start : text.find("\n", start)] in known for start in starts)
    if hits * WORTH_WHILE < SAMPLES:
        return False
    unknown = set(text.split("\n")).difference(known)
    return all(PASSED_OVER.fullmatch(f"{line}\n") for line in unknown)
