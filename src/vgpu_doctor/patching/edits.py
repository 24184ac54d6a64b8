"""Applies one edit of a record to one file: finds its places, leaves alone what is done already, guards the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from vgpu_doctor.patching.draft import Change, Draft, Line, lines_of
from vgpu_doctor.patching.pattern import Found, Pattern, compile_pattern, find_all
from vgpu_doctor.patching.ranges import EVERY, NONE, Ranges, both, condition, guard_ranges, others
from vgpu_doctor.patching.region import region_of
from vgpu_doctor.patching.source import Branch, read_source
from vgpu_doctor.patching.tokens import HOLE, language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.model import Edit

MOST_PASSES = 12  # an edit inside what an edit has put there; deeper is a mistake of the record


@dataclass(frozen=True, slots=True)
class Refused:
    """A place that an edit leaves as it is, and why."""

    file: str
    line: int  # from 1, in the user's file; 0 where no line is meant
    why: str


@dataclass(frozen=True, slots=True)
class Edited:
    """What became of one file by one edit."""

    draft: Draft
    places: int = 0  # that were changed
    done: int = 0  # that needed no change any more
    refused: tuple[Refused, ...] = ()


def apply_edit(draft: Draft, edit: Edit, path: str) -> Edited:
    """The draft of a file after one edit; the file is named by its path below the tree.

    Running it again on the result changes nothing.
    """
    places = done = 0
    refused: tuple[Refused, ...] = ()
    if not _worth_reading(draft, edit):
        return Edited(draft)
    for number in range(MOST_PASSES):
        step = _Pass(draft, edit, path).run()
        if number == 0:
            done, refused = step.done, step.refused
        if step.places == 0:
            break
        places += step.places
        draft = step.draft
    return Edited(draft, places, done, refused)


def _worth_reading(draft: Draft, edit: Edit) -> bool:
    """Whether the file holds the longest word of the edit at all, or of its result."""
    text = draft.text
    return any(
        not words or max(words, key=len) in text
        for pattern in (edit.find, edit.replace or "")
        if (words := re.findall(r"(?<![$\w])\w+", pattern)) or pattern is edit.find
    )


class _Pass:
    """One walk over all places of an edit in one file."""

    def __init__(self, draft: Draft, edit: Edit, path: str) -> None:
        self._draft = draft
        self._edit = edit
        self._path = path
        language = language_of(path)
        self._source = read_source(draft.text, language)
        self._lines = lines_of(draft.text)
        self._guard = guard_ranges(edit.guard) if edit.guard and language == "c" else EVERY
        self._old = compile_pattern(edit.find, language)
        self._new_text = next(text for text in (edit.replace, edit.before, edit.after) if text is not None)
        self._new = compile_pattern(self._new_text, language)
        self._line_end = "\r\n" if self._lines and self._lines[0].endswith("\r\n") else "\n"

    def run(self) -> Edited:
        found = find_all(self._old, self._source)
        finished = self._finished_spans() if found else []
        open_places = [place for place in found if not self._is_done(place, finished)]
        done = len(found) - len(open_places)
        if not found and edit_is_telling(self._new) and find_all(self._new, self._source, strict=True):
            done = 1
        if self._edit.times == "one" and len(open_places) > 1:
            lines = ", ".join(str(self._source.line_of(place.first) + 1) for place in open_places)
            why = f"the text to change stands {len(open_places)} times (lines {lines}) where once is expected"
            return Edited(self._draft, 0, done, (self._refusal(open_places[0], why),))
        changes: list[Change] = []
        refused: list[Refused] = []
        places = 0
        for places_together, region in self._grouped(open_places, refused):
            result = self._change(places_together, region)
            if isinstance(result, str):
                refused.append(self._refusal(places_together[0], result))
            else:
                changes.append(result)
                places += len(places_together)
        return Edited(self._draft.changed(changes), places, done, tuple(refused))

    def _refusal(self, place: Found, why: str) -> Refused:
        line = self._source.line_of(place.first)
        origin = self._draft.lines[line].origin
        return Refused(self._path, (line if origin is None else origin) + 1, why)

    # What needs no change any more

    def _finished_spans(self) -> list[tuple[int, int]]:
        """Tokens of places that already are as the edit wants them, where the old text is part of the new one."""
        if self._edit.replace is None or not edit_is_telling(self._new):
            return []
        return [(place.first, place.end) for place in find_all(self._new, self._source, strict=True)]

    def _is_done(self, place: Found, finished: list[tuple[int, int]]) -> bool:
        kernels = self._source.kernels(place.first)
        if not both(kernels, self._guard):
            return True
        if any(first <= place.first and place.end <= end for first, end in finished):
            return True
        spans = self._siblings(place) if self._edit.replace is not None else [self._block(place)]
        return edit_is_telling(self._new) and any(self._holds_result(span, place) for span in spans)

    def _siblings(self, place: Found) -> Iterator[range]:
        """The other branches around a place, where a version or a test of the driver's own chooses among them."""
        branch = self._source.branch[place.first]
        while branch is not None:
            for other in branch.group:
                if other is not branch and branch.group[0].decided:
                    yield range(other.first, other.end)
            branch = branch.parent

    def _block(self, place: Found) -> range:
        """The braces around a place; the whole file where there are none."""
        outer = self._source.parent[place.first]
        while outer >= 0 and self._source.tokens.texts[outer] != "{":
            outer = self._source.parent[outer]
        if outer < 0:
            return range(len(self._source.tokens.texts))
        partner = self._source.partner[outer]
        return range(outer, partner if partner > outer else len(self._source.tokens.texts))

    def _holds_result(self, span: range, place: Found) -> bool:
        texts = self._source.tokens.texts
        given = {name: tuple(texts[first:end]) for name, (first, end) in place.holes.items()}
        around = set(map(id, _branches(self._source.branch[place.first])))
        for found in find_all(self._new, self._source, span, given, strict=True):
            between = [branch for branch in _branches(self._source.branch[found.first]) if id(branch) not in around]
            if all(branch.decided for branch in between) and both(self._source.kernels(found.first), self._guard):
                return True
        return False

    # What is changed

    def _grouped(self, places: list[Found], refused: list[Refused]) -> Iterator[tuple[list[Found], tuple[int, int]]]:
        """Places whose lines overlap belong together."""
        regions: list[tuple[Found, tuple[int, int]]] = []
        for place in places:
            region = self._region(place)
            if isinstance(region, str):
                refused.append(self._refusal(place, region))
            else:
                regions.append((place, region))
        regions.sort(key=lambda item: item[1])
        number, reach = 0, -1
        numbers = []
        for _, (low, high) in regions:
            number += low > reach
            reach = max(reach, high)
            numbers.append(number)
        for _, group in groupby(zip(numbers, regions, strict=True), key=lambda item: item[0]):
            members = [item for _, item in group]
            low, high = min(region[0] for _, region in members), max(region[1] for _, region in members)
            yield [place for place, _ in members], (low, high)

    def _region(self, place: Found) -> tuple[int, int] | str:
        if self._source.language == "c" and (self._needs_guard(place) or self._edit.replace is None):
            return region_of(self._source, place.first, place.end - 1)
        low, high = self._source.line_of(place.first), self._source.line_of(place.end - 1)
        while self._edit.replace is None and high in self._source.tokens.joined:
            high += 1
        return low, high

    def _needs_guard(self, place: Found) -> bool:
        """Whether kernels outside of the guard can compile this place too."""
        return bool(both(self._source.kernels(place.first), others(self._guard)))

    def _change(self, places: list[Found], region: tuple[int, int]) -> Change | str:
        low, high = region
        guarded = any(self._needs_guard(place) for place in places)
        old = [Line(text, low + number) for number, text in enumerate(self._lines[low : high + 1])]
        if self._edit.replace is None:
            return self._inserted(places, region, old, guarded)
        new_text = self._replaced(places, low, high)
        new = [Line(text) for text in lines_of(new_text)]
        if not guarded:
            return Change(low, high + 1, tuple(_unchanged_kept(old, new)))
        empty = not any(line.text.strip() for line in new)
        wanted = others(self._guard) if empty else self._guard
        lines = [Line(f"#if {condition(wanted)}{self._line_end}")]
        lines += [] if empty else [*self._ended(new), Line(f"#else{self._line_end}")]
        lines += [*self._ended(old), Line(f"#endif{self._line_end}")]
        return Change(low, high + 1, tuple(self._as_last(lines, old)))

    def _inserted(self, places: list[Found], region: tuple[int, int], old: list[Line], guarded: bool) -> Change | str:
        low, high = region
        place, texts = places[0], self._source.tokens.texts
        before = self._edit.before is not None
        beside = self._source.tokens_of(low, high)
        rest = range(beside.start, place.first) if before else range(place.end, beside.stop)
        if len(places) > 1 or any(texts[token] in ("{", "}") for token in rest):
            return "the line holds more than the text beside which the new lines belong"
        if both(self._source.kernels(place.first), self._guard) == NONE:
            return "it is compiled for other kernels only"
        indent = re.match(r"[^\S\r\n]*", old[0].text)
        added = [
            Line(f"{'' if text.startswith('#') or not indent else indent[0]}{text}{self._line_end}")
            for text in self._filled(place).split("\n")
        ]
        if guarded:
            added = [Line(f"#if {condition(self._guard)}{self._line_end}"), *added, Line(f"#endif{self._line_end}")]
        lines = [*added, *old] if before else [*self._ended(old), *added]
        return Change(low, high + 1, tuple(lines if before else self._as_last(lines, old)))

    def _replaced(self, places: list[Found], low: int, high: int) -> str:
        source = self._source
        end = source.lines[high + 1] if high + 1 < len(source.lines) else len(source.text)
        position, pieces = source.lines[low], []
        for place in sorted(places, key=lambda place: place.first):
            pieces += [source.text[position : source.tokens.starts[place.first]], self._filled(place)]
            position = source.end_of(place.end - 1)
        text = "".join([*pieces, source.text[position:end]])
        return text if text.strip() or source.text[source.lines[low] : end].strip() == "" else ""

    def _filled(self, place: Found) -> str:
        """The new text with what the holes stand for in the user's file."""

        def value(hole: re.Match[str]) -> str:
            if hole[0] == "$$":
                return "$"
            first, end = place.holes.get(hole[0], (0, 0))
            return (
                self._source.text[self._source.tokens.starts[first] : self._source.end_of(end - 1)] if end else hole[0]
            )

        return HOLE.sub(value, self._new_text.strip("\n")).replace("\n", self._line_end)

    def _ended(self, lines: list[Line]) -> list[Line]:
        """The lines, of which the last surely has its end."""
        if lines and not lines[-1].text.endswith("\n"):
            return [*lines[:-1], Line(lines[-1].text + self._line_end)]
        return lines

    def _as_last(self, lines: list[Line], old: list[Line]) -> list[Line]:
        """The lines, of which the last has no end where the old last line had none."""
        if old[-1].text.endswith("\n"):
            return lines
        return [*lines[:-1], Line(lines[-1].text.rstrip("\r\n"))]


def edit_is_telling(pattern: Pattern) -> bool:
    """Whether a result can be recognised: a lone word, or nothing but holes, could stand anywhere."""
    return sum(not pattern.is_hole(position) for position in range(len(pattern.items))) >= 1


def _branches(branch: Branch | None) -> Iterator[Branch]:
    while branch is not None:
        yield branch
        branch = branch.parent


def _unchanged_kept(old: list[Line], new: list[Line]) -> list[Line]:
    """The new lines; those at both ends that are as before keep their place in the user's file."""
    head = 0
    while head < min(len(old), len(new)) and old[head].text == new[head].text:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail].text == new[-1 - tail].text:
        tail += 1
    return [*old[:head], *new[head : len(new) - tail], *old[len(old) - tail :]]


def kernels_of(guard: str | None) -> Ranges:
    """The kernels for which an edit is made."""
    return guard_ranges(guard) if guard else EVERY
