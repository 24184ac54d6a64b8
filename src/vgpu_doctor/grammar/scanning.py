"""Passes quickly over the lines in which a build only tells what it does, and hands out all others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vgpu_doctor.intake.decode import Block

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
    """Yield number and text of every line of a block that :data:`PASSED_OVER` does not cover, in order."""
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
MAX_STEPS = 10_000  # distinct lines without interest that are remembered


class Repeats:
    """Tells the blocks of a log that only say again what was said before them: logs print the same many times."""

    def __init__(self, known: Mapping[str, object]) -> None:
        """``known`` has every line that was read so far; it grows while the blocks go by."""
        self._known = known
        self._steps: set[str] = set()
        self._to_learn: str | None = None

    def holds_nothing_new(self, text: str) -> bool:
        """Return whether every line of the next block is known, or passed over."""
        if self._to_learn is not None and len(self._steps) < MAX_STEPS:
            # not before a second block comes: a short log pays nothing
            self._steps.update(filter(_is_passed_over, self._unknown(self._to_learn)))
        self._to_learn = None
        if self._worth_while(text) and all(map(_is_passed_over, self._unknown(text))):
            return True
        self._to_learn = text
        return False

    def _unknown(self, text: str) -> set[str]:
        return set(text.split("\n")).difference(self._known).difference(self._steps)

    def _worth_while(self, text: str) -> bool:
        step = len(text) // SAMPLES + 1
        starts = (text.find("\n", position) + 1 for position in range(0, len(text), step))
        lines = [text[start : text.find("\n", start)] for start in starts]
        return sum(line in self._known or line in self._steps for line in lines) * WORTH_WHILE >= SAMPLES


def _is_passed_over(line: str) -> bool:
    return PASSED_OVER.fullmatch(f"{line}\n") is not None
