"""One source file as the edits see it: tokens, brackets, and which kernels compile each token.

``read_source`` fills all of it in one pass over the tokens; what is known of token ``n`` is at position ``n``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

from vgpu_doctor.patching.ranges import CODE, EVERY, Ranges, condition_ranges, intersection
from vgpu_doctor.patching.tokens import Language, tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = {closing: opening for opening, closing in OPENING.items()}
BRACKETS = frozenset("()[]{}")
CONDITIONALS = frozenset({"if", "ifdef", "ifndef"})

_LINE_END = re.compile("\n")

MacroTest = tuple[str, bool]
"""A macro, and whether it has to be defined."""

_Stack = tuple[int, "_Stack"] | None
"""Open brackets, innermost first."""


class Branch:
    """One branch of an ``#if`` ... ``#endif``: its tokens, and when it is compiled."""

    __slots__ = ("decided", "end", "first", "group", "kernels", "parent", "rest", "test")

    def __init__(
        self,
        condition: list[str],
        reaching: Ranges,
        decided: bool,
        group: list[Branch],
        parent: Branch | None,
        first: int,
        test: MacroTest | None = None,
    ) -> None:
        """``reaching`` are the kernels that evaluate the condition, ``first`` is the first token of the branch.

        ``test`` is set if the condition is about one macro and nothing else.
        """
        # kernels that may compile the branch, and those that may reach the branches after it
        self.kernels = intersection(reaching, condition_ranges(condition))
        self.rest = intersection(reaching, condition_ranges(condition, holds=False))
        self.decided = decided  # chosen by kernel version or by a test of the driver's own conftest.sh
        self.test = test
        self.group = group  # all branches of the same #if
        self.parent = parent
        self.first = first
        self.end = first  # the token after its last one; final when the branch is closed
        group.append(self)


class Source:
    """A text with its tokens and its structure."""

    def __init__(self, text: str, language: Language) -> None:
        self.text = text
        self.language = language
        self.tokens = tokenise(text, language)
        self.lines = _line_starts(text)  # offsets at which lines begin
        size = len(self.tokens.texts)
        self.partner = [-1] * size  # the other bracket of a pair, -1 if there is none
        self.parent = [-1] * size  # the innermost bracket open around the token, -1 if there is none
        self.directive = [0] * size  # number (from 1) of the preprocessor line that holds the token, 0 for code
        self.branch: list[Branch | None] = [None] * size
        self._where: dict[str, list[int]] = {}

    def line_of(self, token: int) -> int:
        """Return the line, from 0, on which a token begins."""
        return bisect_right(self.lines, self.tokens.starts[token]) - 1

    def end_of(self, token: int) -> int:
        """Return the offset just past a token."""
        return self.tokens.starts[token] + len(self.tokens.texts[token])

    def tokens_of(self, first: int, last: int) -> range:
        """Return the tokens that begin on the lines ``first`` to ``last``, from 0, both inclusive."""
        starts = self.tokens.starts
        end = self.lines[last + 1] if last + 1 < len(self.lines) else len(self.text) + 1
        return range(bisect_left(starts, self.lines[first]), bisect_left(starts, end))

    def where(self, text: str) -> list[int]:
        """Return all tokens of this text, in order."""
        if not self._where:
            where: defaultdict[str, list[int]] = defaultdict(list)
            for position, token in enumerate(self.tokens.texts):
                where[token].append(position)
            self._where = dict(where)
        return self._where.get(text, [])

    def kernels(self, token: int) -> Ranges:
        """Return the kernels that may compile a token, as far as the conditions around it name versions."""
        branch = self.branch[token]
        return branch.kernels if branch else EVERY


def enclosing_branches(branch: Branch | None) -> Iterator[Branch]:
    """Yield a branch and those around it, innermost first."""
    while branch is not None:
        yield branch
        branch = branch.parent


def read_source(text: str, language: Language) -> Source:
    """Read a text; takes time linear in its length."""
    source = Source(text, language)
    if language == "c":
        _number_directives(source)
    _Structure(source).read()
    return source


def _line_starts(text: str) -> list[int]:
    lines = [0, *(found.end() for found in _LINE_END.finditer(text))]
    if lines[-1] == len(text) and len(lines) > 1:
        lines.pop()
    return lines


def _number_directives(source: Source) -> None:
    number = 0
    last_line = -1  # of the preprocessor line that is being read
    previous_line = -1
    line = 0
    lines, joined = source.lines, source.tokens.joined
    for position, start in enumerate(source.tokens.starts):
        while line + 1 < len(lines) and lines[line + 1] <= start:
            line += 1
        if line > last_line and line != previous_line and source.tokens.texts[position] == "#":
            number += 1
            last_line = line
            while last_line in joined:
                last_line += 1
        if line <= last_line:
            source.directive[position] = number
        previous_line = line


class _Structure:
    """Reads brackets and conditionals in one pass.

    Each branch of a conditional begins with the brackets that were open before it, so that
    ``#if A / f(a, / #else / f(b, / #endif / c);`` does not confuse the rest of the file.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._open: _Stack = None
        self._branch: Branch | None = None
        self._open_before: list[_Stack] = []  # brackets open at each #if that has not ended

    def read(self) -> None:
        source = self._source
        texts, directive, branch, parent = source.tokens.texts, source.directive, source.branch, source.parent
        position, size = 0, len(texts)
        while position < size:
            end = position + 1
            if number := directive[position]:
                while end < size and directive[end] == number:
                    end += 1
                self._read_directive(position, end)
            else:
                branch[position] = self._branch
                if texts[position] in BRACKETS:
                    self._open = self._read_bracket(position, self._open)
                elif self._open:
                    parent[position] = self._open[0]
            position = end
        while self._branch is not None:
            self._branch = self._close(self._branch, size)

    def _read_bracket(self, position: int, stack: _Stack) -> _Stack:
        """Record the parent of a token and the partner of a bracket; return the brackets open after it."""
        source, text = self._source, self._source.tokens.texts[position]
        if text in CLOSING:
            opening = CLOSING[text]
            if text == "}":
                while stack and source.tokens.texts[stack[0]] != opening:
                    stack = stack[1]
            if stack and source.tokens.texts[stack[0]] == opening:
                source.partner[position], source.partner[stack[0]] = stack[0], position
                stack = stack[1]
        source.parent[position] = stack[0] if stack else -1
        return (position, stack) if text in OPENING else stack

    def _read_directive(self, first: int, end: int) -> None:
        texts = self._source.tokens.texts
        stack: _Stack = None
        word = texts[first + 1] if first + 1 < end else ""
        if word in ("elif", "else", "endif"):
            self._end_branch(word, texts[first + 2 : end], first, end)
        for position in range(first, end):
            self._source.branch[position] = self._branch
            stack = self._read_bracket(position, stack)
        if word in CONDITIONALS:
            tokens = texts[first + 2 : end]
            self._open_before.append(self._open)
            reaching = self._branch.kernels if self._branch else EVERY
            condition = tokens if word == "if" else []
            test = _macro_test(word, tokens)
            self._branch = Branch(condition, reaching, _is_decided(tokens), [], self._branch, end, test)

    def _end_branch(self, word: str, tokens: list[str], first: int, end: int) -> None:
        """End the current branch at an ``#elif``, ``#else`` or ``#endif``, and begin the next one if there is one."""
        previous = self._branch
        if previous is None:
            return
        self._branch = self._close(previous, first)
        if word == "endif":
            self._open_before.pop()
            return
        self._open = self._open_before[-1]
        decided = _is_decided(tokens) if word == "elif" else previous.decided
        condition = tokens if word == "elif" else []
        test = _macro_test("if", tokens) if word == "elif" else _opposite_test(previous)
        self._branch = Branch(condition, previous.rest, decided, previous.group, previous.parent, end, test)

    @staticmethod
    def _close(branch: Branch, end: int) -> Branch | None:
        """End a branch and return the one around it."""
        branch.end = end
        return branch.parent


def _is_decided(condition: list[str]) -> bool:
    return any(word == CODE or word.startswith("NV_") for word in condition)


def _macro_test(word: str, tokens: list[str]) -> MacroTest | None:
    """Return the one macro that a condition is about, or None if it is about anything else."""
    defined = word != "ifndef"
    if word == "if" and tokens[:1] == ["!"]:
        defined, tokens = False, tokens[1:]
    if word == "if":
        if tokens[:1] != ["defined"]:
            return None
        tokens = tokens[2:-1] if tokens[1:2] == ["("] and tokens[-1] == ")" else tokens[1:]
    return (tokens[0], defined) if len(tokens) == 1 else None


def _opposite_test(previous: Branch) -> MacroTest | None:
    """Return the test that an ``#else`` stands for, if one macro alone chose the only branch before it."""
    if len(previous.group) != 1 or previous.test is None:
        return None
    return previous.test[0], not previous.test[1]
