"""Undoes the noise of a log segment by segment: what stands in one paste was not all pasted in the same way.

A recipe holds until the lines have more of a form of their own without it, or with another one.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

from vgpu_doctor.intake.decode import Block
from vgpu_doctor.intake.detect import suspicions
from vgpu_doctor.intake.line_patterns import strong_among
from vgpu_doctor.intake.pipeline import Line, Recipe, Step, recipe_of, treated

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW = 32 * 1024  # characters that are looked at together
SHORTEST = 4 * 1024  # characters of a window that ends since another log may begin
BEGINNINGS = (
    "nvidia-installer log file",
    "make.log for ",
    "Verifying archive",
    "[CODE",
    "[code",
    "<pre",
    "<code",
    "```",
)
"""Stand in lines with which another log begins, or another way of quoting one."""
NEARBY = 40  # lines
WINDOWS_OF_A_PART = 8  # 256 KB were looked at for a glance
MOST_LOOKS = 10  # for one reason that change nothing; after so many it is none any more
Piece = tuple[Recipe, list[Line]]


class Segments:
    """Takes a log from its beginning, and knows what is being undone."""

    def __init__(self) -> None:
        self._recipe: Recipe = ()
        self._running: list[Step] = []
        self._vain: Counter[str] = Counter()  # looks that changed nothing, by what they were for

    def undone(self, blocks: list[Block], glance: str = "") -> Iterator[Block]:
        """Blocks without noise, or as they are; a glance, where given, decides whether they are looked at."""
        reason = self._reason(self._recipe, glance.split("\n")) if glance else ""
        if reason is None and not self._recipe:
            yield from blocks
            return
        lines = [
            (block.number_of(index), text) for block in blocks for index, text in enumerate(block.text.split("\n")[:-1])
        ]
        pieces = self._pieces(lines) if reason is not None else [(self._recipe, lines)]
        if reason and all(recipe is self._recipe for recipe, _ in pieces):
            self._vain[reason] += WINDOWS_OF_A_PART
        if not any(recipe for recipe, _ in [(self._recipe, lines), *pieces]):
            yield from blocks
            return
        for recipe, piece in pieces:
            if recipe is not self._recipe:
                yield from self.rest()
                self._recipe, self._running = recipe, [make() for make in recipe]
            yield from self._taken(piece, False)

    def rest(self) -> Iterator[Block]:
        """What is still held since it might go on."""
        yield from self._taken([], True)

    def _taken(self, lines: list[Line], last: bool) -> Iterator[Block]:
        for step in self._running:
            lines = step(lines, last)
        if lines:
            numbers = [number for number, _ in lines]
            yield Block("\n".join(text for _, text in lines) + "\n", numbers[0], numbers)

    def _pieces(self, lines: list[Line]) -> list[Piece]:
        pieces: list[Piece] = []
        before = self._recipe
        for window in _windows(lines):
            recipe = self._recipe_for([text for _, text in window], before)
            if recipe is not before:
                known = bool(pieces or before)
                window = [*(pieces.pop()[1] if pieces else ()), *window]
                place = _seam([text for _, text in window], before, recipe) if known else 0
                pieces.append((before, window[:place]))
                window = window[place:]
            pieces.append((recipe, window))
            before = recipe
        return [(recipe, piece) for recipe, piece in pieces if piece]

    def _reason(self, recipe: Recipe, texts: list[str]) -> str | None:
        """Why a recipe may leave noise in lines."""
        kept = [*_applied(recipe, texts), ""]
        return next((why for why in suspicions("\n".join(kept), kept) if self._vain[why] < MOST_LOOKS), None)

    def _recipe_for(self, texts: list[str], current: Recipe) -> Recipe:
        """What undoes the noise of these lines: what does so for the lines before, if nothing else is shown to fit."""
        reason = self._reason(current, texts)
        if reason is None:
            return current
        fresh = recipe_of([*texts, ""])
        if _fits_better(fresh, current, texts):
            return fresh
        self._vain[reason] += 1
        return current


def _windows(lines: list[Line]) -> Iterator[list[Line]]:
    """About equal parts of lines; where another log begins, so does another part."""
    size = sum(len(text) + 1 for _, text in lines)
    each = size / max(1, round(size / WINDOW))
    window: list[Line] = []
    filled = 0
    for line in lines:
        if filled >= each or (filled >= SHORTEST and any(text in line[1] for text in BEGINNINGS)):
            yield window
            window, filled = [], 0
        window.append(line)
        filled += len(line[1]) + 1
    yield window


def _fits_better(fresh: Recipe, current: Recipe, texts: list[str]) -> bool:
    """Whether another recipe leaves fewer lines without a form of their own; if as many, whether it leaves no noise."""
    if not current or not fresh:
        return bool(fresh)
    anew, kept = _applied(fresh, texts), _applied(current, texts)
    fewer = len(kept) - strong_among(kept) - (len(anew) - strong_among(anew))
    return fewer > 0 or (fewer == 0 and bool(recipe_of(kept)) and not recipe_of(anew))


def _applied(recipe: Recipe, texts: list[str]) -> list[str]:
    return [text for _, text in treated(recipe, [(0, text) for text in texts])] if recipe else texts


def _seam(texts: list[str], before: Recipe, after: Recipe) -> int:
    """Where two recipes meet: where least stays without form, then most is changed, then as late as can be."""
    left, right = [(0, 0)], [(0, 0)]
    for text, first, second in zip(texts, _results(texts, before), _results(texts, after), strict=True):
        by_second = second not in ([text], first)
        left.append((_weak(first), first != [text] and not by_second and first != second))
        right.append((_weak(second), by_second))
    gained = list(accumulate(left, _plus))
    still = list(accumulate(reversed(right[1:]), _plus, initial=(0, 0)))[::-1]
    return max(range(len(texts) + 1), key=lambda place: (*_plus(gained[place], still[place]), place))


def _results(texts: list[str], recipe: Recipe) -> list[list[str]]:
    """What a recipe makes of each line; of one that was joined to another, nothing.

    A few lines at a time, since the lines on the other side of the seam would not fit the recipe.
    """
    results: list[list[str]] = [[] for _ in texts]
    for start in range(0, len(texts), NEARBY):
        for place, text in treated(recipe, list(enumerate(texts[start : start + NEARBY], start))):
            results[place].append(text)
    return results


def _weak(results: list[str]) -> int:
    """How many of these have no form of their own; less is more."""
    return strong_among(results) - len(results)


def _plus(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]
