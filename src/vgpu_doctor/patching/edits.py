"""Apply one edit of a record to one file: find its places, leave out those that need no change, guard the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen
from vgpu_doctor.patching.already_applied import AlreadyApplied, is_chosen_by
from vgpu_doctor.patching.pattern import compile_pattern, find_all
from vgpu_doctor.patching.ranges import EVERY, complement, guard_ranges, intersection, preprocessor_condition
from vgpu_doctor.patching.rewriting import Refused, Rewriter, Span, enclosing_statement
from vgpu_doctor.patching.source import read_source
from vgpu_doctor.patching.tokens import language_of
from vgpu_doctor.versions import guard_allows, parse_kernel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vgpu_doctor.model import CompileTest, Edit
    from vgpu_doctor.patching.pattern import Match
    from vgpu_doctor.patching.ranges import Ranges
    from vgpu_doctor.patching.source import MacroTest, Source
    from vgpu_doctor.patching.unified_diff import Draft

MAX_PLACES = 1000  # of one edit in one file
MAX_REPEATS = 12  # each finds the places inside the places of the one before; deeper ones stay as they are

BACKPORTED = "this kernel has the change under an older version number, and the edit is guarded by that number"
TOO_OFTEN = "the text to change occurs {count} times in this file, which no driver file does"
NOT_ONCE = "the text to change is expected once but occurs {count} times (lines {lines})"

_WORD = re.compile(r"(?<![$\w])\w+")


@frozen
class RefusedPlace:
    """A place that an edit leaves as it is."""

    file: str
    line: int  # from 1, in the user's file; 0 for the file as a whole
    reason: str


@frozen
class Edited:
    """What one edit made of one file."""

    draft: Draft
    places: int = 0  # that were changed
    already_applied: int = 0  # places that needed no change
    refused: tuple[RefusedPlace, ...] = ()


def apply_edit(
    draft: Draft, edit: Edit, path: str, test: CompileTest | None = None, *, by_version: bool = False
) -> Edited:
    """Apply an edit to the draft of a file, which is named by its path below the tree.

    Applied again to the result, it changes nothing. ``test`` replaces the version guard of the edit; with
    ``by_version`` the version guard is written all the same, but places that the test already decides are left alone.
    """
    if not _may_occur(draft.text, edit):
        return Edited(draft)
    guard = _Guard.of(edit, path, test, by_version=by_version)
    first = last = _Pass(draft, edit, path, guard).run()
    places = first.places
    for _ in range(MAX_REPEATS):
        if not last.places:
            break
        last = _Pass(last.draft, edit, path, guard).run()
        places += last.places
    return Edited(last.draft, places, first.already_applied, first.refused)


def any_guard_allows(edits: Iterable[Edit], kernel: str | None) -> bool:
    """Whether the new text of any edit is compiled for a kernel; True if the kernel is not known."""
    if kernel is None or parse_kernel(kernel) is None:
        return True
    return any(edit.guard is None or guard_allows(edit.guard, kernel) for edit in edits)


def _may_occur(text: str, edit: Edit) -> bool:
    """Whether the text contains the words of the edit's old or new text, so that a closer look is worth its time."""
    sought = [pattern for pattern in (edit.find, edit.replace) if pattern]
    return any(all(word in text for word in _WORD.findall(pattern)) for pattern in sought)


@frozen
class _Guard:
    """What chooses between the new text of an edit and the old one."""

    new_kernels: Ranges
    old_kernels: Ranges
    new_test: MacroTest | None  # what a branch with the new text tests, if the record has a compile test
    old_test: MacroTest | None
    new_condition: str  # as the preprocessor reads it
    old_condition: str

    @classmethod
    def of(cls, edit: Edit, path: str, test: CompileTest | None, *, by_version: bool) -> _Guard:
        guarded = edit.guard is not None and language_of(path) == "c"  # only the C preprocessor understands a guard
        new = guard_ranges(edit.guard) if guarded and edit.guard else EVERY
        old = complement(new)
        new_test = old_test = None
        new_condition, old_condition = preprocessor_condition(new), preprocessor_condition(old)
        if guarded and test is not None:
            new_test, old_test = (test.macro, test.compiles == "new"), (test.macro, test.compiles == "old")
            if not by_version:
                new_condition, old_condition = _defined(new_test), _defined(old_test)
        return cls(new, old, new_test, old_test, new_condition, old_condition)

    def is_needed(self, source: Source, place: Match) -> bool:
        """Whether kernels that keep the old text may compile this place too."""
        if self.new_test and is_chosen_by(source.branch[place.first], self.new_test):
            return False
        return bool(intersection(source.kernels(place.first), self.old_kernels))


def _defined(test: MacroTest) -> str:
    macro, defined = test
    return f"{'' if defined else '!'}defined({macro})"


@frozen
class _Group:
    """Places that share lines and are therefore changed together."""

    places: tuple[Match, ...]
    span: Span


class _Pass:
    """One walk over all places of an edit in one file.

    The places are found, those that need no change left out, the rest grouped by the lines that they share, and each
    group rewritten as one change of whole lines.
    """

    def __init__(self, draft: Draft, edit: Edit, path: str, guard: _Guard) -> None:
        self._draft = draft
        self._edit = edit
        self._path = path
        self._guard = guard
        self._source = read_source(draft.text, language_of(path))

    def run(self) -> Edited:
        matches = find_all(compile_pattern(self._edit.find, self._source.language), self._source)
        if len(matches) > MAX_PLACES:
            return Edited(self._draft, refused=(RefusedPlace(self._path, 0, TOO_OFTEN.format(count=len(matches))),))
        places, already_applied = self._without_already_applied(matches)
        if self._edit.times == "one" and len(places) > 1:
            lines = ", ".join(str(self._source.line_of(place.first) + 1) for place in places[:10])
            reason = NOT_ONCE.format(count=len(places), lines=lines)
            return Edited(self._draft, 0, already_applied, (self._refuse(places[0], reason),))
        groups, refused = self._group(places)
        changes = []
        changed = 0
        rewriter = Rewriter(self._source, self._edit, self._guard.new_condition, self._guard.old_condition)
        for group in groups:
            guarded = any(self._guard.is_needed(self._source, place) for place in group.places)
            change = rewriter.change(group.places, group.span, guarded=guarded)
            if isinstance(change, Refused):
                refused.append(self._refuse(group.places[0], change.reason))
            else:
                changes.append(change)
                changed += len(group.places)
        return Edited(self._draft.changed(changes), changed, already_applied, tuple(refused))

    def _without_already_applied(self, matches: Sequence[Match]) -> tuple[list[Match], int]:
        """Return the places to change, and how many need no change."""
        edit = self._edit
        new_text = next(text for text in (edit.replace, edit.before, edit.after) if text is not None)
        new = compile_pattern(new_text, self._source.language)
        applied = AlreadyApplied(
            self._source, new, self._guard.new_kernels, adds=edit.replace is None, old_test=self._guard.old_test
        )
        places = [match for match in matches if not applied.covers(match)]
        # a file in which only the new text is left counts as one place
        return places, len(matches) - len(places) if matches else min(1, len(applied.results))

    def _group(self, places: Sequence[Match]) -> tuple[list[_Group], list[RefusedPlace]]:
        """Group the places by the lines that they share; refuse those whose lines cannot be changed."""
        groups: list[_Group] = []
        refused: list[RefusedPlace] = []
        latest: Span | Refused | None = None  # what the place before came to
        covered: Span | None = None  # the lines that this holds for
        for place in places:
            own = Span(self._source.line_of(place.first), self._source.line_of(place.end - 1))
            if covered and covered.first <= own.first and own.last <= covered.last:
                if isinstance(latest, Span):
                    groups.append(_Group((place,), own))
                continue
            latest = self._lines_to_change(place, own)
            if isinstance(latest, Refused):
                refused.append(self._refuse(place, latest.reason))
                covered = own
            else:
                groups.append(_Group((place,), latest))
                covered = latest
        return _merge_overlapping(groups), refused

    def _lines_to_change(self, place: Match, own: Span) -> Span | Refused:
        """Return the lines of a place, or of the whole statement around it where a guard or a new line wants that."""
        adds = self._edit.replace is None
        if self._source.language == "c" and (adds or self._guard.is_needed(self._source, place)):
            return enclosing_statement(self._source, place.first, place.end - 1)
        last = own.last
        while adds and last in self._source.tokens.joined:
            last += 1
        return Span(own.first, last)

    def _refuse(self, place: Match, reason: str) -> RefusedPlace:
        line = self._source.line_of(place.first)
        origin = self._draft.lines[line].origin
        return RefusedPlace(self._path, (line if origin is None else origin) + 1, reason)


def _merge_overlapping(groups: Iterable[_Group]) -> list[_Group]:
    """Merge groups that have lines in common; the result is in the order of the lines."""
    merged: list[_Group] = []
    for group in sorted(groups, key=lambda group: group.span.first):
        if merged and group.span.first <= merged[-1].span.last:
            overlapped = merged.pop()
            span = Span(overlapped.span.first, max(overlapped.span.last, group.span.last))
            merged.append(_Group((*overlapped.places, *group.places), span))
        else:
            merged.append(group)
    return merged
