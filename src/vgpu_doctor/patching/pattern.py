"""Looks for the C text of a record in a source: blanks and comments do not matter, ``$NAME`` is balanced text.

A hole takes the shortest text that lets the plain tokens behind it fit. It never crosses ``;``, ``{`` or ``}``, nor a
bracket of the level around it, and a comma only where it is alone between its brackets: in ``f($A, 1)`` the hole is
one argument, in ``f($ALL)`` it is all of them. A hole at the beginning is the whole operand to the left
(``a->b`` in ``a->b->flags``), one at the end reaches to the next comma, semicolon or bracket.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen
from vgpu_doctor.patching.source import CLOSING, OPENING, Source
from vgpu_doctor.patching.tokens import HOLE, Language, pattern_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vgpu_doctor.patching.source import Source

MAX_HOLE_STEPS = 400  # steps over tokens and bracketed groups; bounds the time of one try


@frozen
class Found:
    """One place where a pattern fits: tokens from first up to, but without, end."""

    first: int
    end: int
    holes: Mapping[str, tuple[int, int]]  # tokens of each hole, in the same way


@frozen
class Pattern:
    """A record's text as tokens; holes keep their ``$``."""

    items: tuple[str, ...]
    commas: frozenset[int]  # positions of holes that may take a comma in

    def is_hole(self, position: int) -> bool:
        return len(self.items[position]) > 1 and self.items[position][0] == "$"


@lru_cache(maxsize=1024)
def compile_pattern(text: str, language: Language) -> Pattern:
    """A pattern from a record's text."""
    items = tuple(pattern_tokens(text, language))
    alone = {
        position
        for position in range(1, len(items) - 1)
        if items[position - 1] in OPENING and items[position + 1] in CLOSING and HOLE.fullmatch(items[position])
    }
    return Pattern(items, frozenset(alone))


def find_all(pattern: Pattern, source: Source, *, strict: bool = False) -> list[Found]:
    """All places of a pattern, in order and apart from each other; ``strict`` lets no hole take a comma in."""
    search = _Search(pattern, source, strict)
    found: list[Found] = []
    for start in search.starts():
        if found and start < found[-1].end:
            continue
        place = search.at(start)
        if place is not None and not (found and place.first < found[-1].end):
            found.append(place)
    return found


class _Search:
    def __init__(self, pattern: Pattern, source: Source, strict: bool) -> None:
        self._items = pattern.items
        self._commas = frozenset() if strict else pattern.commas
        self._hole = [pattern.is_hole(position) for position in range(len(pattern.items))]
        self._source = source
        self._texts = source.tokens.texts
        self._leading = bool(self._hole) and self._hole[0]

    def starts(self) -> list[int]:
        """Tokens at which the first run of plain tokens may begin."""
        run: list[tuple[int, str]] = []
        for position in range(int(self._leading), len(self._items)):
            if self._hole[position]:
                break
            run.append((position - int(self._leading), self._items[position]))
        if not run:
            return []
        offset, rarest = min(run, key=lambda item: len(self._source.where(item[1])))
        return [at - offset for at in self._source.where(rarest) if at >= offset]

    def at(self, start: int) -> Found | None:
        """The match whose first run of plain tokens begins at a token, if there is one."""
        bound: dict[str, tuple[int, int]] = {}
        first, item = start, 0
        if self._leading:
            begin = operand_before(self._source, start)
            if begin is None:
                return None
            first, item = begin, 1
            bound[self._items[0]] = (begin, start)
        at = start
        while item < len(self._items):
            reached = self._run(item, at, bound)
            if reached is None:
                return None
            item, at = reached
            if item < len(self._items):
                end = self._hole_end(item, at, bound)
                if end is None:
                    return None
                bound[self._items[item]] = (at, end)
                item, at = item + 1, end
        same = self._source.directive
        if at <= first or same[first] != same[at - 1] or (same[first] == 0 and any(same[first:at])):
            return None
        return Found(first, at, bound)

    def _run(self, item: int, at: int, bound: Mapping[str, tuple[int, int]]) -> tuple[int, int] | None:
        """Walks over plain tokens and holes that are bound; where the next open hole is, and the token there."""
        texts = self._texts
        while item < len(self._items):
            name = self._items[item]
            if not self._hole[item]:
                if at >= len(texts) or texts[at] != name:
                    return None
                at += 1
            elif name in bound:
                begin, end = bound[name]
                wanted = texts[begin:end]
                if texts[at : at + len(wanted)] != wanted:
                    return None
                at += len(wanted)
            else:
                break
            item += 1
        return item, at

    def _hole_end(self, item: int, at: int, bound: dict[str, tuple[int, int]]) -> int | None:
        """Where the hole ends that begins at a token; None where nothing fits."""
        texts, partner, last = self._texts, self._source.partner, item + 1 == len(self._items)
        end = at
        for _ in range(MAX_HOLE_STEPS):
            if end > at and not last and self._run(item + 1, end, {**bound, self._items[item]: (at, end)}) is not None:
                return end
            if end >= len(texts):
                break
            text = texts[end]
            if text in (";", "{", "}", ")", "]") or (text == "," and item not in self._commas):
                break
            if text in OPENING:
                if partner[end] < 0:
                    break
                end = partner[end]
            end += 1
        return end if last and end > at else None


MAX_OPERAND_STEPS = 400  # steps over names and bracketed groups
KEYWORDS = frozenset({"return", "if", "while", "for", "switch", "case", "else", "do", "sizeof", "goto"})


def operand_before(source: Source, end: int) -> int | None:
    """Where the operand begins that ends before a token: ``a->b[1].c`` or ``f(x)``; None where there is none."""
    texts, partner = source.tokens.texts, source.partner
    at = end
    for _ in range(MAX_OPERAND_STEPS):
        if at <= 0:
            return None
        at -= 1
        if texts[at] in (")", "]"):
            if partner[at] < 0:
                return None
            at = partner[at]
            before = texts[at - 1] if at > 0 else ""
            if before in (")", "]") or (_is_word(before) and before not in KEYWORDS):
                continue
        elif not _is_word(texts[at]) or texts[at] in KEYWORDS:
            return None
        if at > 1 and texts[at - 1] in ("->", "."):
            at -= 1
            continue
        return at
    return None


def _is_word(text: str) -> bool:
    return text[:1].isalnum() or text[:1] in ("_", '"', "'")
