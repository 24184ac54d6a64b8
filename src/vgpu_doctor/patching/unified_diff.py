"""A file under edit, and the difference from the original as ``patch`` and ``git apply`` read it.

Every line of a draft remembers its place in the user's file, so the diff needs no search for matching lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONTEXT = 3  # unchanged lines around a change


@frozen
class Line:
    """One line with its line ending, and its number (from 0) in the user's file; None for a new line."""

    text: str
    origin: int | None = None


@frozen
class Change:
    """Lines that replace those from ``first`` up to, but not including, ``end`` (both from 0)."""

    first: int
    end: int
    lines: tuple[Line, ...]  # origins count in the draft that the change was made for


@frozen
class Draft:
    """The lines of a file after some changes."""

    lines: tuple[Line, ...]

    @classmethod
    def of(cls, text: str) -> Draft:
        """Return the draft of an unchanged file."""
        return cls(tuple(Line(line, number) for number, line in enumerate(split_lines(text))))

    @property
    def text(self) -> str:
        return "".join(line.text for line in self.lines)

    def changed(self, changes: Sequence[Change]) -> Draft:
        """Return the draft after changes that do not overlap."""
        result: list[Line] = []
        position = 0
        for change in sorted(changes, key=lambda change: (change.first, change.end)):
            result += self.lines[position : change.first]
            for line in change.lines:
                if line.origin is None:
                    result.append(line)
                else:
                    replaced = self.lines[line.origin]
                    result.append(Line(line.text, replaced.origin if replaced.text == line.text else None))
            position = change.end
        return Draft((*result, *self.lines[position:]))


@frozen
class Hunk:
    """One hunk of a unified diff; line numbers count from 1."""

    old_line: int
    new_line: int
    lines: tuple[tuple[str, str], ...]  # " ", "-" or "+", and the line with its line ending

    def __str__(self) -> str:
        old = sum(sign != "+" for sign, _ in self.lines)
        new = sum(sign != "-" for sign, _ in self.lines)
        body = "".join(
            sign + (text if text.endswith("\n") else text + "\n\\ No newline at end of file\n")
            for sign, text in self.lines
        )
        return f"@@ -{_span(self.old_line, old)} +{_span(self.new_line, new)} @@\n{body}"


def split_lines(text: str) -> list[str]:
    """Split a text into lines with their line endings. Only a line feed ends a line, as ``patch`` counts them."""
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last] if last else [])


def file_diff(path: str, hunks: Sequence[Hunk]) -> str:
    """Return the hunks of one file below its ``---`` and ``+++`` lines."""
    end = "\t\n" if " " in path else "\n"  # patch takes a blank for the end of the name unless a tab follows
    return f"--- a/{path}{end}+++ b/{path}{end}" + "".join(str(hunk) for hunk in hunks)


def hunks_of(old_text: str, draft: Draft, context: int = CONTEXT) -> list[Hunk]:
    """Return the hunks that turn a text into its draft."""
    lines = list(_signed_lines(split_lines(old_text), draft))
    changed = [position for position, (sign, _) in enumerate(lines) if sign != " "]
    hunks: list[Hunk] = []
    old = new = 1
    done = position = 0
    while position < len(changed):
        last = position
        while last + 1 < len(changed) and changed[last + 1] - changed[last] <= 2 * context + 1:
            last += 1
        first, end = max(done, changed[position] - context), min(len(lines), changed[last] + context + 1)
        old += first - done
        new += first - done
        hunk = Hunk(old, new, tuple(lines[first:end]))
        hunks.append(hunk)
        old += sum(sign != "+" for sign, _ in hunk.lines)
        new += sum(sign != "-" for sign, _ in hunk.lines)
        done, position = end, last + 1
    return hunks


def _signed_lines(old: Sequence[str], draft: Draft) -> Iterator[tuple[str, str]]:
    """Yield kept, removed and added lines in the order of a diff: removed ones before the added ones."""
    position = 0
    added: list[tuple[str, str]] = []
    for line in draft.lines:
        if line.origin is None:
            added.append(("+", line.text))
            continue
        if line.origin > position:
            yield from (("-", text) for text in old[position : line.origin])
        yield from added
        added = []
        yield " ", line.text
        position = line.origin + 1
    yield from (("-", text) for text in old[position:])
    yield from added


def _span(line: int, count: int) -> str:
    """Return the range of one side of a hunk; an empty side is named by the line before it."""
    return f"{line if count else line - 1},{count}"
