"""Writes the difference between a file and its draft the way ``patch`` and ``git apply`` read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen
from vgpu_doctor.patching.draft import Draft, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONTEXT = 3  # unchanged lines around a change


@frozen
class Hunk:
    """One hunk: its lines with their first letter, and the lines (from 1) at which it begins."""

    old_line: int
    new_line: int
    lines: tuple[tuple[str, str], ...]  # " ", "-" or "+", and the line with its end

    def __str__(self) -> str:
        old = sum(letter != "+" for letter, _ in self.lines)
        new = sum(letter != "-" for letter, _ in self.lines)
        body = "".join(
            letter + (text if text.endswith("\n") else text + "\n\\ No newline at end of file\n")
            for letter, text in self.lines
        )
        return f"@@ -{_span(self.old_line, old)} +{_span(self.new_line, new)} @@\n{body}"


def file_patch(path: str, hunks: Sequence[Hunk]) -> str:
    """The hunks of one file under its name."""
    end = "\t\n" if " " in path else "\n"  # patch takes a blank for the end of the name unless a tab follows
    return f"--- a/{path}{end}+++ b/{path}{end}" + "".join(str(hunk) for hunk in hunks)


def hunks_of(old_text: str, draft: Draft, context: int = CONTEXT) -> list[Hunk]:
    """The hunks that lead from a text to its draft."""
    letters = list(_letters(lines_of(old_text), draft))
    changed = [position for position, (letter, _) in enumerate(letters) if letter != " "]
    hunks: list[Hunk] = []
    old = new = 1
    done = position = 0
    while position < len(changed):
        last = position
        while last + 1 < len(changed) and changed[last + 1] - changed[last] <= 2 * context + 1:
            last += 1
        first, end = max(done, changed[position] - context), min(len(letters), changed[last] + context + 1)
        old += first - done
        new += first - done
        lines = tuple(letters[first:end])
        hunks.append(Hunk(old, new, lines))
        old += sum(letter != "+" for letter, _ in lines)
        new += sum(letter != "-" for letter, _ in lines)
        done, position = end, last + 1
    return hunks


def _letters(old: Sequence[str], draft: Draft) -> Iterator[tuple[str, str]]:
    """Old and new lines in the order of a patch: what goes, then what comes."""
    position = 0
    coming: list[tuple[str, str]] = []
    for line in draft.lines:
        if line.origin is None:
            coming.append(("+", line.text))
            continue
        if line.origin > position:
            yield from (("-", text) for text in old[position : line.origin])
        yield from coming
        coming = []
        yield " ", line.text
        position = line.origin + 1
    yield from (("-", text) for text in old[position:])
    yield from coming


def _span(line: int, count: int) -> str:
    """Where a side of a hunk stands; an empty side is named by the line before it."""
    return f"{line if count else line - 1},{count}"
