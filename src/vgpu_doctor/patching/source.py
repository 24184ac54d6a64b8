"""One source file as the edits see it: tokens, brackets, and what the preprocessor makes of each line."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict

from vgpu_doctor.patching.ranges import EVERY, Ranges, both, possible
from vgpu_doctor.patching.tokens import Language, tokenise

OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = {closing: opening for opening, closing in OPENING.items()}
_LINE_END = re.compile("\n")
BRACKETS = frozenset("()[]{}")


class Branch:
    """One branch of an ``#if`` ... ``#endif``: its tokens, and when it is compiled."""

    __slots__ = ("decided", "end", "first", "group", "kernels", "parent", "rest", "test")

    def __init__(
        self,
        condition: list[str],
        around: Ranges,
        decided: bool,
        group: list[Branch],
        parent: Branch | None,
        first: int,
        test: tuple[str, bool] | None = None,
    ) -> None:
        """``around`` are the kernels that come to its condition, ``first`` the token from which it reaches.

        ``test`` is the one macro that chooses it, and whether it wants it defined.
        """
        self.kernels = both(around, possible(condition))  # that can compile it, as far as conditions tell of versions
        self.rest = both(around, possible(condition, holds=False))  # that can come to the branches behind it
        self.decided = decided  # a kernel version or a test of the driver's own conftest.sh chooses it
        self.test = test
        self.group = group  # all branches of the same #if
        self.parent = parent
        self.first = first
        self.end = first  # the token before which it ends; known when it is closed
        group.append(self)


class Source:
    """A text with its tokens; what is said of token ``n`` stands at position ``n``."""

    def __init__(self, text: str, language: Language) -> None:
        self.text = text
        self.language = language
        self.tokens = tokenise(text, language)
        self.lines = _line_starts(text)  # offsets at which lines begin
        size = len(self.tokens.texts)
        self.partner = [-1] * size  # the other bracket of a pair, -1 where there is none
        self.parent = [-1] * size  # the innermost bracket open around the token, -1 where there is none
        self.directive = [0] * size  # number of the preprocessor line that holds the token, 0 for code
        self.branch: list[Branch | None] = [None] * size
        self._where: dict[str, list[int]] = {}

    def line_of(self, token: int) -> int:
        """The line, from 0, on which a token begins."""
        return bisect_right(self.lines, self.tokens.starts[token]) - 1

    def end_of(self, token: int) -> int:
        """The offset behind a token."""
        return self.tokens.starts[token] + len(self.tokens.texts[token])

    def tokens_of(self, first: int, last: int) -> range:
        """The tokens that begin on the lines from first to last."""
        starts = self.tokens.starts
        end = self.lines[last + 1] if last + 1 < len(self.lines) else len(self.text) + 1
        return range(bisect_left(starts, self.lines[first]), bisect_left(starts, end))

    def where(self, text: str) -> list[int]:
        """All tokens of this text."""
        if not self._where:
            where: defaultdict[str, list[int]] = defaultdict(list)
            for position, token in enumerate(self.tokens.texts):
                where[token].append(position)
            self._where = dict(where)
        return self._where.get(text, [])

    def kernels(self, token: int) -> Ranges:
        """Kernels that can compile a token, as far as the lines around it tell of versions."""
        branch = self.branch[token]
        return branch.kernels if branch else EVERY


def _line_starts(text: str) -> list[int]:
    lines = [0, *(found.end() for found in _LINE_END.finditer(text))]
    if lines[-1] == len(text) and len(lines) > 1:
        lines.pop()
    return lines
