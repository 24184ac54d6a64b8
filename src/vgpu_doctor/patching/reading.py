"""Reads brackets, preprocessor lines and conditionals of a source file, in one pass over its tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.patching.ranges import CODE, EVERY
from vgpu_doctor.patching.source import BRACKETS, CLOSING, OPENING, Branch, Source

if TYPE_CHECKING:
    from vgpu_doctor.patching.tokens import Language

CONDITIONALS = frozenset({"if", "ifdef", "ifndef"})

_Stack = tuple[int, "_Stack"] | None


def read_source(text: str, language: Language) -> Source:
    """A text made ready for edits. Linear in its length."""
    source = Source(text, language)
    if language == "c":
        _number_directives(source)
    _Structure(source).read()
    return source


def _number_directives(source: Source) -> None:
    number = 0
    inside_until = -1  # last line of the preprocessor line that is being read
    line_before = -1
    line = 0
    lines, joined = source.lines, source.tokens.joined
    for position, start in enumerate(source.tokens.starts):
        while line + 1 < len(lines) and lines[line + 1] <= start:
            line += 1
        if line > inside_until and line != line_before and source.tokens.texts[position] == "#":
            number += 1
            inside_until = line
            while inside_until in joined:
                inside_until += 1
        if line <= inside_until:
            source.directive[position] = number
        line_before = line


class _Structure:
    """Reads brackets and conditionals in one pass.

    Each branch of a conditional begins with the brackets that were open before it, so that
    ``#if A / f(a, / #else / f(b, / #endif / c);`` does not upset the rest of the file.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._open: _Stack = None
        self._branch: Branch | None = None
        self._saved: list[_Stack] = []

    def read(self) -> None:
        source = self._source
        texts, directive, branch, parent = source.tokens.texts, source.directive, source.branch, source.parent
        position, size = 0, len(texts)
        while position < size:
            end = position + 1
            if number := directive[position]:
                while end < size and directive[end] == number:
                    end += 1
                self._directive(position, end)
            else:
                branch[position] = self._branch
                if texts[position] in BRACKETS:
                    self._open = self._bracket(position, self._open)
                elif self._open:
                    parent[position] = self._open[0]
            position = end
        while self._branch is not None:
            self._branch = self._closed(self._branch, size)

    def _bracket(self, position: int, stack: _Stack) -> _Stack:
        """Notes what is open around a token; the brackets that are open behind it."""
        source, text = self._source, self._source.tokens.texts[position]
        if text in CLOSING:
            wanted = CLOSING[text]
            if text == "}":
                while stack and source.tokens.texts[stack[0]] != wanted:
                    stack = stack[1]
            if stack and source.tokens.texts[stack[0]] == wanted:
                source.partner[position], source.partner[stack[0]] = stack[0], position
                stack = stack[1]
        source.parent[position] = stack[0] if stack else -1
        return (position, stack) if text in OPENING else stack

    def _directive(self, first: int, end: int) -> None:
        texts = self._source.tokens.texts
        inner: _Stack = None
        word = texts[first + 1] if first + 1 < end else ""
        if word in ("elif", "else", "endif"):
            self._turn(word, texts[first + 2 : end], first, end)
        for position in range(first, end):
            self._source.branch[position] = self._branch
            inner = self._bracket(position, inner)
        if word in CONDITIONALS:
            tokens = texts[first + 2 : end]
            self._saved.append(self._open)
            around = self._branch.kernels if self._branch else EVERY
            condition = tokens if word == "if" else []
            self._branch = Branch(condition, around, _decided(tokens), [], self._branch, end, _asked(word, tokens))

    def _turn(self, word: str, tokens: list[str], first: int, end: int) -> None:
        """An ``#elif``, ``#else`` or ``#endif`` ends a branch."""
        before = self._branch
        if before is None:
            return
        self._branch = self._closed(before, first)
        if word == "endif":
            self._saved.pop()
            return
        self._open = self._saved[-1]
        decided = _decided(tokens) if word == "elif" else before.decided
        condition = tokens if word == "elif" else []
        test = _asked("if", tokens) if word == "elif" else _otherwise(before)
        self._branch = Branch(condition, before.rest, decided, before.group, before.parent, end, test)

    @staticmethod
    def _closed(branch: Branch, end: int) -> Branch | None:
        """Ends a branch; the one around it."""
        branch.end = end
        return branch.parent


def _decided(condition: list[str]) -> bool:
    return any(word == CODE or word.startswith("NV_") for word in condition)


def _asked(word: str, tokens: list[str]) -> tuple[str, bool] | None:
    """The macro that a condition asks for and nothing else, and whether it is to be defined."""
    wanted = word != "ifndef"
    if word == "if" and tokens[:1] == ["!"]:
        wanted, tokens = False, tokens[1:]
    if word == "if":
        if tokens[:1] != ["defined"]:
            return None
        tokens = tokens[2:-1] if tokens[1:2] == ["("] and tokens[-1] == ")" else tokens[1:]
    return (tokens[0], wanted) if len(tokens) == 1 else None


def _otherwise(before: Branch) -> tuple[str, bool] | None:
    """What an ``#else`` stands for, where one macro alone chose the branch before it."""
    if len(before.group) != 1 or before.test is None:
        return None
    return before.test[0], not before.test[1]
