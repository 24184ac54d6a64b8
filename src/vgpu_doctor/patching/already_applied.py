"""Recognise places that need no edit: the driver, or an earlier patch, chooses there by version or by test."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import islice
from typing import TYPE_CHECKING

from vgpu_doctor.patching.pattern import Match, Pattern, find_all
from vgpu_doctor.patching.ranges import Ranges, intersection
from vgpu_doctor.patching.source import enclosing_branches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.patching.source import Branch, MacroTest, Source

MAX_DEPTH = 200  # conditionals or brackets around a place that are examined
MAX_CANDIDATES = 50  # results that are examined for one place

_HoleTexts = tuple[tuple[str, ...], ...]


class AlreadyApplied:
    """Tells where a source already is what an edit would make of it."""

    def __init__(
        self, source: Source, new: Pattern, kernels: Ranges, *, adds: bool, old_test: MacroTest | None = None
    ) -> None:
        """``new`` is the text that the edit puts in for ``kernels``; ``adds`` says that the old text stays beside it.

        ``old_test`` is what a branch tests that keeps the old text, if the guard is a compile test.
        """
        self._source = source
        self._kernels = kernels
        self._old_test = old_test
        self._adds = adds
        self._holes = sorted({item for position, item in enumerate(new.items) if new.is_hole(position)})
        # a new text of nothing but holes matches anywhere and proves nothing
        has_plain_token = any(not new.is_hole(position) for position in range(len(new.items)))
        self.results = find_all(new, source, allow_lists=False) if has_plain_token else []
        self._results_by_holes: dict[_HoleTexts, list[Match]] = {}
        for result in self.results:
            self._results_by_holes.setdefault(self._hole_texts(result), []).append(result)

    def covers(self, place: Match) -> bool:
        """Whether a place of the old text is to be left as it is."""
        if not intersection(self._source.kernels(place.first), self._kernels):
            return True
        if self._old_test and is_chosen_by(self._source.branch[place.first], self._old_test):
            return True
        if self._adds:
            return self._has_result(self._enclosing_block(place), place)
        return self._is_part_of_result(place) or any(
            self._has_result(branch, place) for branch in self._alternatives(place)
        )

    def _is_part_of_result(self, place: Match) -> bool:
        """Whether the place is the old text inside the new one, as in ``g(f(x))`` put in for ``f(x)``."""
        after = bisect_right(self.results, place.first, key=lambda result: result.first)
        if not after or place.end > self.results[after - 1].end:
            return False
        holes = self.results[after - 1].holes.values()
        return not any(first <= place.first and place.end <= end for first, end in holes)

    def _alternatives(self, place: Match) -> Iterator[range]:
        """Yield the tokens of the other branches, where a version or the driver's own test chooses among them."""
        for branch in islice(enclosing_branches(self._source.branch[place.first]), MAX_DEPTH):
            if branch.group[0].decided:
                yield from (range(other.first, other.end) for other in branch.group if other is not branch)

    def _enclosing_block(self, place: Match) -> range:
        """Return the tokens between the braces around a place; those of the whole file if there are none."""
        texts, partner = self._source.tokens.texts, self._source.partner
        brace = self._source.parent[place.first]
        for _ in range(MAX_DEPTH):
            if brace < 0 or texts[brace] == "{":
                break
            brace = self._source.parent[brace]
        if brace < 0 or partner[brace] < brace:
            return range(len(texts))
        return range(brace, partner[brace])

    def _has_result(self, tokens: range, place: Match) -> bool:
        """Whether these tokens hold the new text for this very place, where kernels of the edit compile it."""
        candidates = self._results_by_holes.get(self._hole_texts(place), [])
        low = bisect_left(candidates, tokens.start, key=lambda result: result.first)
        around_place = set(map(id, islice(enclosing_branches(self._source.branch[place.first]), MAX_DEPTH)))
        for result in candidates[low : low + MAX_CANDIDATES]:
            if result.end > tokens.stop:
                break
            around_result = enclosing_branches(self._source.branch[result.first])
            between = [branch for branch in around_result if id(branch) not in around_place]
            compiled = intersection(self._source.kernels(result.first), self._kernels)
            if compiled and all(branch.decided for branch in between):
                return True
        return False

    def _hole_texts(self, match: Match) -> _HoleTexts:
        """Return the tokens that the holes of the new text stand for."""
        texts = self._source.tokens.texts
        spans = (match.holes.get(name, (0, 0)) for name in self._holes)
        return tuple(tuple(texts[first:end]) for first, end in spans)


def is_chosen_by(branch: Branch | None, test: MacroTest) -> bool:
    """Whether a branch, or one around it, is compiled only if a macro is (or is not) defined."""
    return any(outer.test == test for outer in islice(enclosing_branches(branch), MAX_DEPTH))
