"""One source file as the edits see it: tokens, brackets, and what the preprocessor makes of each line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from vgpu_doctor.patching.ranges import CODE, EVERY, Ranges, both, possible
from vgpu_doctor.patching.tokens import Language, tokenise

OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = {closing: opening for opening, closing in OPENING.items()}
CONDITIONALS = frozenset({"if", "ifdef", "ifndef"})

_Stack = tuple[int, "_Stack"] | None


class Branch:
    """One branch of an ``#if`` ... ``#endif``: its tokens, and when it is compiled."""

    __slots__ = ("decided", "end", "first", "group", "kernels", "parent", "rest")

    def __init__(
        self,
        condition: list[str],
        around: Ranges,
        decided: bool,
        group: list[Branch],
        parent: Branch | None,
        first: int,
    ) -> None:
        """``around`` are the kernels that come to its condition, ``first`` the token from which it reaches."""
        self.kernels = both(around, possible(condition))  # that can compile it, as far as conditions tell of versions
        self.rest = both(around, possible(condition, holds=False))  # that can come to the branches behind it
        self.decided = decided  # a kernel version or a test of the driver's own conftest.sh chooses it
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
            for position, token in enumerate(self.tokens.texts):
                self._where.setdefault(token, []).append(position)
        return self._where.get(text, [])

    def kernels(self, token: int) -> Ranges:
        """Kernels that can compile a token, as far as the lines around it tell of versions."""
        branch = self.branch[token]
        return branch.kernels if branch else EVERY


def read_source(text: str, language: Language) -> Source:
    """A text made ready for edits. Linear in its length."""
    source = Source(text, language)
    if language == "c":
        _number_directives(source)
    _Structure(source).read()
    return source


def _line_starts(text: str) -> list[int]:
    lines = [0, *(at + 1 for at, letter in enumerate(text) if letter == "\n")]
    if lines[-1] == len(text) and len(lines) > 1:
        lines.pop()
    return lines


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
        position, size = 0, len(source.tokens.texts)
        while position < size:
            end = position + 1
            if number := source.directive[position]:
                while end < size and source.directive[end] == number:
                    end += 1
                self._directive(position, end)
            else:
                source.branch[position] = self._branch
                self._open = self._bracket(position, self._open)
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
            self._branch = Branch(condition, around, _decided(tokens), [], self._branch, end)

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
        self._branch = Branch(condition, before.rest, decided, before.group, before.parent, end)

    @staticmethod
    def _closed(branch: Branch, end: int) -> Branch | None:
        """Ends a branch; the one around it."""
        branch.end = end
        return branch.parent


def _decided(condition: list[str]) -> bool:
    return any(word == CODE or word.startswith("NV_") for word in condition)
