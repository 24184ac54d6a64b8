"""Applies one edit of a record to one file: finds its places, leaves alone what is settled, guards the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen
from vgpu_doctor.patching.already_applied import Settled, chosen_by
from vgpu_doctor.patching.pattern import Found, compile_pattern, find_all
from vgpu_doctor.patching.ranges import EVERY, both, condition, guard_ranges, others
from vgpu_doctor.patching.rewriting import Rewriter, region_of
from vgpu_doctor.patching.source import read_source
from vgpu_doctor.patching.tokens import language_of
from vgpu_doctor.versions import guard_allows, parse_kernel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vgpu_doctor.model import CompileTest, Edit
    from vgpu_doctor.patching.unified_diff import Change, Draft

OLDER_NUMBER = "this kernel has the change under an older version number, and the edit goes by the number"
MAX_PLACES = 1000  # of one edit in one file
MAX_PASSES = 12  # a place inside a place is found in the pass after; deeper ones stay as they are

_WORD = re.compile(r"(?<![$\w])\w+")


@frozen
class Refused:
    """A place that an edit leaves as it is, and why."""

    file: str
    line: int  # from 1, in the user's file; 0 where no line is meant
    why: str


@frozen
class Edited:
    """What became of one file by one edit."""

    draft: Draft
    places: int = 0  # that were changed
    done: int = 0  # that needed no change any more
    refused: tuple[Refused, ...] = ()


def apply_edit(
    draft: Draft, edit: Edit, path: str, test: CompileTest | None = None, *, by_version: bool = False
) -> Edited:
    """The draft of a file after one edit; the file is named by its path below the tree.

    Running it again on the result changes nothing. ``test`` stands in for the edit's guard; with ``by_version`` the
    guard is written all the same, but places that the test decides already are left alone.
    """
    if not _worth_reading(draft.text, edit):
        return Edited(draft)
    first = _Pass(draft, edit, path, test, by_version).run()
    draft, places = first.draft, first.places
    for _ in range(MAX_PASSES if places else 0):
        step = _Pass(draft, edit, path, test, by_version).run()
        if step.places == 0:
            break
        draft, places = step.draft, places + step.places
    return Edited(draft, places, first.done, first.refused)


def reach(edits: Iterable[Edit], kernel: str | None) -> bool:
    """Whether the guard of an edit lets the new text through for a kernel; one that is not known is no obstacle."""
    if kernel is None or parse_kernel(kernel) is None:
        return True
    return any(edit.guard is None or guard_allows(edit.guard, kernel) for edit in edits)


def _worth_reading(text: str, edit: Edit) -> bool:
    """Whether the text holds the words of the edit, or of its result."""
    return any(all(word in text for word in _WORD.findall(one)) for one in (edit.find, edit.replace) if one)


class _Pass:
    """One walk over all places of an edit in one file."""

    def __init__(self, draft: Draft, edit: Edit, path: str, test: CompileTest | None, by_version: bool) -> None:
        language = language_of(path)
        new_text = next(text for text in (edit.replace, edit.before, edit.after) if text is not None)
        # a guard says something to the C preprocessor only
        self._kernels = guard_ranges(edit.guard) if edit.guard and language == "c" else EVERY
        self._others = others(self._kernels)
        self._test = test if edit.guard and language == "c" else None
        self._by_version = by_version
        self._draft = draft
        self._edit = edit
        self._path = path
        self._source = read_source(draft.text, language)
        self._old = compile_pattern(edit.find, language)
        self._new = compile_pattern(new_text, language)

    def run(self) -> Edited:
        found = find_all(self._old, self._source)
        if len(found) > MAX_PLACES:
            why = f"the text to change stands {len(found)} times in it; no driver's file is like that"
            return Edited(self._draft, refused=(Refused(self._path, 0, why),))
        adds = self._edit.replace is None
        settled = Settled(self._source, self._new, self._kernels, adds=adds, old_branch=self._branch(new=False))
        places = [place for place in found if not settled.holds(place)]
        done = len(found) - len(places) if found else min(1, len(settled.results))
        if self._edit.times == "one" and len(places) > 1:
            lines = ", ".join(str(self._source.line_of(place.first) + 1) for place in places[:10])
            why = f"the text to change stands {len(places)} times (lines {lines}) where once is expected"
            return Edited(self._draft, 0, done, (self._refusal(places[0], why),))
        writer = Rewriter(self._source, self._edit, self._condition(new=True), self._condition(new=False))
        changes: list[Change] = []
        refused: list[Refused] = []
        changed = 0
        for together, region in self._grouped(places):
            result: Change | str
            if isinstance(region, str):
                result = region
            else:
                guarded = any(self._needs_guard(place) for place in together)
                result = writer.change(together, *region, guarded=guarded)
            if isinstance(result, str):
                refused.append(self._refusal(together[0], result))
            else:
                changes.append(result)
                changed += len(together)
        return Edited(self._draft.changed(changes), changed, done, tuple(refused))

    def _grouped(self, places: list[Found]) -> list[tuple[list[Found], tuple[int, int] | str]]:
        """Places that share lines belong together; with their lines, or the reason why they cannot be changed."""
        groups: list[tuple[list[Found], tuple[int, int] | str]] = []
        last = (-1, -1)  # lines of the place before, and whatever became of them
        for place in places:
            lines = (self._source.line_of(place.first), self._source.line_of(place.end - 1))
            if groups and last[0] <= lines[0] and lines[1] <= last[1]:
                groups[-1][0].append(place)
                continue
            region = self._region(place, *lines)
            groups.append(([place], region))
            last = lines if isinstance(region, str) else region
        return _apart(groups)

    def _region(self, place: Found, first: int, last: int) -> tuple[int, int] | str:
        whole = self._edit.replace is None or self._needs_guard(place)
        if whole and self._source.language == "c":
            return region_of(self._source, place.first, place.end - 1)
        while self._edit.replace is None and last in self._source.tokens.joined:
            last += 1
        return first, last

    def _needs_guard(self, place: Found) -> bool:
        """Whether kernels that keep the old text can compile this place too."""
        chosen = self._branch(new=True)
        if chosen and chosen_by(self._source.branch[place.first], chosen):
            return False
        return bool(both(self._source.kernels(place.first), self._others))

    def _branch(self, *, new: bool) -> tuple[str, bool] | None:
        """The macro of the compile test, and whether it is defined where the new (or the old) text is compiled."""
        return (self._test.macro, new == (self._test.compiles == "new")) if self._test else None

    def _condition(self, *, new: bool) -> str:
        branch = None if self._by_version else self._branch(new=new)
        if branch is None:
            return condition(self._kernels if new else self._others)
        return f"{'' if branch[1] else '!'}defined({branch[0]})"

    def _refusal(self, place: Found, why: str) -> Refused:
        line = self._source.line_of(place.first)
        origin = self._draft.lines[line].origin
        return Refused(self._path, (line if origin is None else origin) + 1, why)


def _apart(groups: list[tuple[list[Found], tuple[int, int] | str]]) -> list[tuple[list[Found], tuple[int, int] | str]]:
    """The groups, of which those with lines in common are made one."""
    result: list[tuple[list[Found], tuple[int, int] | str]] = [item for item in groups if isinstance(item[1], str)]
    reach: tuple[int, int] | None = None
    members: list[Found] = []
    for places, lines in sorted(((places, lines) for places, lines in groups if not isinstance(lines, str)), key=_low):
        if reach is not None and lines[0] <= reach[1]:
            members, reach = members + places, (reach[0], max(reach[1], lines[1]))
            continue
        if reach is not None:
            result.append((members, reach))
        members, reach = list(places), lines
    return [*result, (members, reach)] if reach is not None else result


def _low(group: tuple[list[Found], tuple[int, int]]) -> int:
    return group[1][0]
