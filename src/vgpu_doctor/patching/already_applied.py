"""Places that need no edit any more: the driver, or an earlier patch, has decided them by version or by test."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import islice
from typing import TYPE_CHECKING

from vgpu_doctor.patching.pattern import Found, Pattern, find_all
from vgpu_doctor.patching.ranges import Ranges, both

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.patching.source import Branch, Source

MAX_DEPTH = 200  # conditionals or brackets around a place that are looked at
MAX_CANDIDATES = 50  # results that are looked at for one place

_Key = tuple[tuple[str, ...], ...]


class Settled:
    """Knows where a source already is as an edit wants it."""

    def __init__(
        self, source: Source, new: Pattern, kernels: Ranges, *, adds: bool, old_branch: tuple[str, bool] | None = None
    ) -> None:
        """``new`` is the text that the edit puts in, for ``kernels``; ``adds`` says that the old text stays.

        ``old_branch`` is what a branch asks for that keeps the old text by a compile test.
        """
        self._source = source
        self._kernels = kernels
        self._old_branch = old_branch
        self._adds = adds
        self._names = sorted({item for at, item in enumerate(new.items) if new.is_hole(at)})
        # nothing but holes could stand anywhere and tells nothing
        telling = len(self._names) < len(new.items) and any(not new.is_hole(at) for at in range(len(new.items)))
        self.results = find_all(new, source, strict=True) if telling else []
        self._by_key: dict[_Key, list[Found]] = {}
        for found in self.results:
            self._by_key.setdefault(self._key(found), []).append(found)

    def holds(self, place: Found) -> bool:
        """Whether a place of the old text is to be left as it is."""
        if not both(self._source.kernels(place.first), self._kernels):
            return True
        if self._old_branch and chosen_by(self._source.branch[place.first], self._old_branch):
            return True
        if self._adds:
            return self._result_in(self._block(place), place)
        return self._part_of_result(place) or any(self._result_in(span, place) for span in self._siblings(place))

    def _part_of_result(self, place: Found) -> bool:
        """Whether the place is what the new text has of the old one: ``g(f(x))`` put in for ``f(x)``."""
        at = bisect_right(self.results, place.first, key=lambda found: found.first)
        if not at or place.end > self.results[at - 1].end:
            return False
        return not any(first <= place.first and place.end <= end for first, end in self.results[at - 1].holes.values())

    def _siblings(self, place: Found) -> Iterator[range]:
        """The other branches around a place, where a version or a test of the driver's own chooses among them."""
        for branch in islice(around(self._source.branch[place.first]), MAX_DEPTH):
            if branch.group[0].decided:
                yield from (range(other.first, other.end) for other in branch.group if other is not branch)

    def _block(self, place: Found) -> range:
        """The braces around a place; the whole file where there are none."""
        texts, partner = self._source.tokens.texts, self._source.partner
        outer = self._source.parent[place.first]
        for _ in range(MAX_DEPTH):
            if outer < 0 or texts[outer] == "{":
                break
            outer = self._source.parent[outer]
        if outer < 0 or partner[outer] < outer:
            return range(len(texts))
        return range(outer, partner[outer])

    def _result_in(self, span: range, place: Found) -> bool:
        """Whether tokens hold the new text for this very place, and kernels of the edit compile it there."""
        candidates = self._by_key.get(self._key(place), [])
        low = bisect_left(candidates, span.start, key=lambda found: found.first)
        own = set(map(id, islice(around(self._source.branch[place.first]), MAX_DEPTH)))
        for found in candidates[low : low + MAX_CANDIDATES]:
            if found.end > span.stop:
                break
            between = [branch for branch in around(self._source.branch[found.first]) if id(branch) not in own]
            if all(branch.decided for branch in between) and both(self._source.kernels(found.first), self._kernels):
                return True
        return False

    def _key(self, found: Found) -> _Key:
        """What the holes of the new text stand for."""
        texts = self._source.tokens.texts
        spans = (found.holes.get(name, (0, 0)) for name in self._names)
        return tuple(tuple(texts[first:end]) for first, end in spans)


def around(branch: Branch | None) -> Iterator[Branch]:
    """A branch and those that hold it, from the inside out."""
    while branch is not None:
        yield branch
        branch = branch.parent


def chosen_by(branch: Branch | None, test: tuple[str, bool]) -> bool:
    """Whether a branch, or one around it, is compiled only where a macro is (or is not) defined."""
    return any(one.test == test for one in islice(around(branch), MAX_DEPTH))
