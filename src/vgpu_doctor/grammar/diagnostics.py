"""Puts the lines of a log together: notes, carets and scopes go to the complaint they belong to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from vgpu_doctor.grammar.facts import FactCollector
from vgpu_doctor.grammar.lines import LineShape, shape_of
from vgpu_doctor.model import Diagnostic, Note, Severity

WINDOW = 4  # complaints that may still get notes and excerpts: parallel compilers write between each other's lines
MOST_SHAPES = 20_000  # distinct lines that are remembered
MOST_NOTES = 12
MOST_EXCERPT = 4
SEEN: Final = LineShape("scope", "seen")
"""Stands for a complaint that was printed before: the installer prints each up to four times."""


def diagnostics(lines: Iterable[tuple[int, str]], log: str, facts: FactCollector) -> Iterator[Diagnostic]:
    """The complaints of a log in order, each once, with what the log says about it; facts are collected on the way.

    Every complaint stands alone, so a torn block of ``make -j`` loses nothing but the notes that cannot be placed.
    """
    shapes: dict[str, LineShape | None] = {}
    pending: deque[_Pending] = deque()
    open_excerpt: _Pending | None = None
    function: str | None = None
    bare: tuple[int, str] | None = None
    for number, line in lines:
        try:
            shape = shapes[line]
        except KeyError:
            if len(shapes) >= MOST_SHAPES:
                shapes.clear()
            shape = shapes[line] = shape_of(line)
            facts.line(number, line.strip())
        if shape is None:
            # gcc before 9 prints source and caret without a margin, right behind the complaint
            if pending and number == pending[-1].last + 1:
                bare = pending[-1].bare_excerpt(bare, number, line)
            continue
        if shape is SEEN:
            open_excerpt = None
        elif shape.role == "complaint":
            if shape.kind == "near-initialization":
                _attach(pending, shape)
                continue
            shapes[line] = SEEN
            open_excerpt = _Pending(shape, number, line, function)
            pending.append(open_excerpt)
            facts.complaint(shape.tool, shape.severity, shape.kind, dict(shape.captures or {}))
            if len(pending) > WINDOW:
                yield pending.popleft().diagnostic(log)
        elif shape.role == "excerpt":
            if shape.number is not None:
                open_excerpt = next((one for one in reversed(pending) if one.wants(shape.number)), None)
            if open_excerpt is not None:
                open_excerpt.show(line)
        elif shape.role == "note":
            _attach(pending, shape)
            open_excerpt = None
        elif shape.role == "scope":
            function = shape.message or None
    while pending:
        yield pending.popleft().diagnostic(log)


def _attach(pending: deque[_Pending], note: LineShape) -> None:
    """Gives a note to the youngest complaint of its own file, else to the youngest of all."""
    for one in reversed(pending):
        if note.place and one.shape.place and one.shape.place.file == note.place.file:
            one.note(note)
            return
    if pending:
        pending[-1].note(note)


class _Pending:
    """A complaint that may still get lines."""

    def __init__(self, shape: LineShape, number: int, line: str, function: str | None) -> None:
        self.shape = shape
        self.last = number
        self._number = number
        self._indent = len(line) - len(line.lstrip())
        self._function = function
        self._excerpt: list[str] = []
        self._notes: list[Note] = []

    def wants(self, number: int) -> bool:
        place = self.shape.place
        return not self._excerpt and place is not None and place.line == number

    def show(self, line: str) -> None:
        if len(self._excerpt) < MOST_EXCERPT:
            cut = self._indent if not line[: self._indent].strip() else 0
            self._excerpt.append(line[cut:].rstrip()[:500])

    def bare_excerpt(self, bare: tuple[int, str] | None, number: int, line: str) -> tuple[int, str] | None:
        self.last = number
        if bare is not None and bare[0] == number - 1 and not line.strip(" ^~|") and not self._excerpt:
            self.show(bare[1])
            self.show(line)
            return None
        return number, line

    def note(self, note: LineShape) -> None:
        if len(self._notes) < MOST_NOTES:
            self._notes.append(Note(note.kind, note.message, note.place, note.captures or {}))

    def diagnostic(self, log: str) -> Diagnostic:
        shape = self.shape
        captures = dict(shape.captures or {})
        for note in self._notes:
            if note.kind == "near-initialization" and "object" in note.captures:
                captures.setdefault("object", note.captures["object"])
                captures.setdefault("field", note.captures["object"].rpartition(".")[2])
            elif note.kind == "expected-but-argument":
                for name, value in note.captures.items():
                    captures.setdefault(name, value)
            elif note.kind == "declared-here" and "name" in note.captures:
                # clang names the function of a wrong call only here
                captures.setdefault("function", note.captures["name"])
        return Diagnostic(
            tool=shape.tool,
            severity=_severity(shape.severity),
            kind=shape.kind,
            message=shape.message,
            log_line=self._number,
            captures=captures,
            place=shape.place,
            log=log,
            function=self._function if shape.tool == "compiler" else None,
            excerpt=tuple(self._excerpt),
            notes=tuple(self._notes),
        )


def _severity(word: str) -> Severity:
    return word if word in ("fatal", "error", "warning") else "message"  # type: ignore[return-value]
