"""Find the C text of a record in a source: blanks and comments do not matter, ``$NAME`` stands for balanced text.

Such a hole takes the shortest text that lets the plain tokens after it match. It never crosses ``;``, ``{`` or ``}``,
nor a bracket of the level around it, and a comma only if it stands alone between brackets: in ``f($A, 1)`` the hole is
one argument, in ``f($ALL)`` all of them. A hole at the beginning is the whole operand to the left (``a->b`` in
``a->b->flags``), one at the end reaches to the next comma, semicolon or bracket.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen
from vgpu_doctor.patching.source import CLOSING, OPENING, Source
from vgpu_doctor.patching.tokens import HOLE, Language, pattern_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_HOLE_STEPS = 400  # over tokens and bracketed groups; bounds the time of one attempt
MAX_OPERAND_STEPS = 400  # over names and bracketed groups
KEYWORDS = frozenset({"return", "if", "while", "for", "switch", "case", "else", "do", "sizeof", "goto"})


@frozen
class Match:
    """One place where a pattern matches: the tokens from ``first`` up to, but not including, ``end``."""

    first: int
    end: int
    holes: Mapping[str, tuple[int, int]]  # the tokens of each hole, counted the same way


@frozen
class Pattern:
    """A record's text as tokens; holes keep their ``$``."""

    items: tuple[str, ...]
    lists: frozenset[int]  # positions of holes alone between brackets, which may contain commas

    def is_hole(self, position: int) -> bool:
        return len(self.items[position]) > 1 and self.items[position][0] == "$"


@lru_cache(maxsize=1024)
def compile_pattern(text: str, language: Language) -> Pattern:
    """Make a pattern of a record's text."""
    items = tuple(pattern_tokens(text, language))
    lists = {
        position
        for position in range(1, len(items) - 1)
        if items[position - 1] in OPENING and items[position + 1] in CLOSING and HOLE.fullmatch(items[position])
    }
    return Pattern(items, frozenset(lists))


def find_all(pattern: Pattern, source: Source, *, allow_lists: bool = True) -> list[Match]:
    """Return all matches that do not overlap, in order; without ``allow_lists`` no hole contains a comma."""
    matcher = _Matcher(pattern, source, allow_lists)
    matches: list[Match] = []
    for start in matcher.starts():
        if matches and start < matches[-1].end:
            continue
        match = matcher.match_at(start)
        if match is not None and not (matches and match.first < matches[-1].end):
            matches.append(match)
    return matches


class _Matcher:
    def __init__(self, pattern: Pattern, source: Source, allow_lists: bool) -> None:
        self._items = pattern.items
        self._lists = pattern.lists if allow_lists else frozenset()
        self._is_hole = [pattern.is_hole(position) for position in range(len(pattern.items))]
        self._source = source
        self._texts = source.tokens.texts
        self._leading_hole = bool(self._is_hole) and self._is_hole[0]

    def starts(self) -> list[int]:
        """Return the tokens at which the pattern's first run of plain tokens may begin, by its rarest token."""
        run: list[tuple[int, str]] = []
        for position in range(int(self._leading_hole), len(self._items)):
            if self._is_hole[position]:
                break
            run.append((position - int(self._leading_hole), self._items[position]))
        if not run:
            return []
        offset, rarest = min(run, key=lambda item: len(self._source.where(item[1])))
        return [token - offset for token in self._source.where(rarest) if token >= offset]

    def match_at(self, start: int) -> Match | None:
        """Return the match whose first run of plain tokens begins at a token, if there is one."""
        holes: dict[str, tuple[int, int]] = {}
        first, item = start, 0
        if self._leading_hole:
            begin = operand_before(self._source, start)
            if begin is None:
                return None
            first, item = begin, 1
            holes[self._items[0]] = (begin, start)
        token = start
        while item < len(self._items):
            reached = self._match_known(item, token, holes)
            if reached is None:
                return None
            item, token = reached
            if item < len(self._items):
                end = self._end_of_hole(item, token, holes)
                if end is None:
                    return None
                holes[self._items[item]] = (token, end)
                item, token = item + 1, end
        directive = self._source.directive
        crosses_directive = directive[first] == 0 and any(directive[first:token])
        if token <= first or directive[first] != directive[token - 1] or crosses_directive:
            return None
        return Match(first, token, holes)

    def _match_known(self, item: int, token: int, holes: Mapping[str, tuple[int, int]]) -> tuple[int, int] | None:
        """Match plain tokens and holes whose text is known; return the next unknown hole and the token it begins at."""
        texts = self._texts
        while item < len(self._items):
            name = self._items[item]
            if not self._is_hole[item]:
                if token >= len(texts) or texts[token] != name:
                    return None
                token += 1
            elif name in holes:
                begin, end = holes[name]
                expected = texts[begin:end]
                if texts[token : token + len(expected)] != expected:
                    return None
                token += len(expected)
            else:
                break
            item += 1
        return item, token

    def _end_of_hole(self, item: int, begin: int, holes: dict[str, tuple[int, int]]) -> int | None:
        """Return the end of the hole that begins at a token, or None if nothing fits."""
        texts, partner, last = self._texts, self._source.partner, item + 1 == len(self._items)
        name, end = self._items[item], begin
        for _ in range(MAX_HOLE_STEPS):
            if end > begin and not last and self._match_known(item + 1, end, {**holes, name: (begin, end)}) is not None:
                return end
            if end >= len(texts):
                break
            text = texts[end]
            if text in (";", "{", "}", ")", "]") or (text == "," and item not in self._lists):
                break
            if text in OPENING:
                if partner[end] < 0:
                    break
                end = partner[end]
            end += 1
        return end if last and end > begin else None


def operand_before(source: Source, end: int) -> int | None:
    """Return the first token of the operand that ends before a token: ``a->b[1].c``, ``f(x)``; None without one."""
    texts, partner = source.tokens.texts, source.partner
    token = end
    for _ in range(MAX_OPERAND_STEPS):
        if token <= 0:
            return None
        token -= 1
        if texts[token] in (")", "]"):
            if partner[token] < 0:
                return None
            token = partner[token]
            previous = texts[token - 1] if token > 0 else ""
            if previous in (")", "]") or (_is_word(previous) and previous not in KEYWORDS):
                continue
        elif not _is_word(texts[token]) or texts[token] in KEYWORDS:
            return None
        if token > 1 and texts[token - 1] in ("->", "."):
            token -= 1
            continue
        return token
    return None


def _is_word(text: str) -> bool:
    return text[:1].isalnum() or text[:1] in ("_", '"', "'")
