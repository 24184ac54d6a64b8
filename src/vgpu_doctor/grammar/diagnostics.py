"""Puts the lines of a log together: notes, carets and scopes go to the complaint they belong to."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from vgpu_doctor.grammar.classified_lines import ClassifiedLine
from vgpu_doctor.grammar.lines import classify_line
from vgpu_doctor.grammar.scanning import Repeats, lines_worth_reading
from vgpu_doctor.model import Diagnostic, Note, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vgpu_doctor.grammar.log_facts import FactCollector
    from vgpu_doctor.intake.decode import Block

WINDOW = 4  # complaints that may still get notes and excerpts: parallel compilers write between each other's lines
MAX_KNOWN_LINES = 12_000  # distinct lines that are remembered
MAX_NOTES = 12
MAX_EXCERPT = 4
SEEN: Final = ClassifiedLine("scope", "seen")
"""Stands for a complaint that was printed before: the installer prints each up to four times."""


def diagnostics(blocks: Iterable[Block], log: str, facts: FactCollector) -> Iterator[Diagnostic]:
    """Yield the complaints of a log in order, each once, with what the log says about it; collect facts on the way.

    Every complaint stands alone, so a torn block of ``make -j`` loses nothing but the notes that cannot be placed.
    """
    known: dict[str, ClassifiedLine | None] = {}
    open_complaints = _OpenComplaints()
    repeats = Repeats(known)
    for block in blocks:
        repeated = repeats.holds_nothing_new(block.text)
        for number, line in lines_worth_reading(block):
            try:
                classified = known[line]
            except KeyError:
                if len(known) >= MAX_KNOWN_LINES:
                    known.clear()
                classified = known[line] = classify_line(line)
                facts.line(number, line.strip())
            if classified is None:
                open_complaints.plain(number, line)
            elif classified.role == "complaint" and classified.kind != "near-initialization":
                known[line] = SEEN
                facts.complaint(classified.tool, classified.severity, classified.kind, classified.captures or {})
                if (closed := open_complaints.complaint(classified, number, line)) is not None:
                    yield closed.diagnostic(log)
            else:
                open_complaints.belongs(classified, line)
                if repeated and classified is SEEN:
                    # from here on the block says nothing that could belong to anything but copies
                    if open_complaints.has_scopes:
                        open_complaints.enter(_last_scope(block.text, known))
                    break
    for closed in open_complaints.rest():
        yield closed.diagnostic(log)


def _last_scope(text: str, known: Mapping[str, ClassifiedLine | None]) -> ClassifiedLine | None:
    """Return the function in which a block of known lines ends, or None where it names none."""
    end = len(text)
    while end > 0:
        start = text.rfind("\n", 0, end) + 1
        classified = known.get(text[start:end])
        if classified is not None and classified.role == "scope" and classified is not SEEN:
            return classified
        end = start - 1
    return None


class _OpenComplaints:
    """The youngest complaints of a log, to which the lines that follow them belong."""

    def __init__(self) -> None:
        self._pending: deque[_OpenComplaint] = deque()
        self._shown: _OpenComplaint | None = None  # the one whose source lines are being printed
        self._function: str | None = None
        self._behind_copy = False  # what follows a copy belongs to the copy
        self.has_scopes = False

    def complaint(self, classified: ClassifiedLine, number: int, line: str) -> _OpenComplaint | None:
        """Add a new complaint; return the one to which nothing can be added any more."""
        self._behind_copy = False
        self._shown = _OpenComplaint(classified, number, line, self._function)
        self._pending.append(self._shown)
        return self._pending.popleft() if len(self._pending) > WINDOW else None

    def belongs(self, classified: ClassifiedLine, line: str) -> None:
        """Add a line that says something about a complaint, or about those that follow."""
        if classified is SEEN:
            self._behind_copy = True
        elif classified.role == "scope":
            self.enter(classified)
        elif self._behind_copy:
            return
        elif classified.role == "excerpt":
            if classified.number is not None:
                self._shown = next(
                    (complaint for complaint in reversed(self._pending) if complaint.wants(classified.number)), None
                )
            if self._shown is not None:
                self._shown.show(line)
        elif classified.role in ("note", "complaint"):
            self._attach(classified)
            self._shown = None

    def enter(self, scope: ClassifiedLine | None) -> None:
        """Set the function to which the next complaints belong; None changes nothing."""
        if scope is not None:
            self.has_scopes = True
            self._function = scope.message or None

    def plain(self, number: int, line: str) -> None:
        """Add a line without form: gcc before 9 prints source and caret bare, right behind the complaint."""
        if self._pending:
            self._pending[-1].bare_line(number, line)

    def rest(self) -> Iterator[_OpenComplaint]:
        """Yield what is still open when the log ends."""
        yield from self._pending

    def _attach(self, note: ClassifiedLine) -> None:
        """Add a note to the youngest complaint of its own file, else to the youngest of all."""
        for complaint in reversed(self._pending):
            if note.place and complaint.classified.place and complaint.classified.place.file == note.place.file:
                complaint.note(note)
                return
        if self._pending:
            self._pending[-1].note(note)


class _OpenComplaint:
    """A complaint that may still get lines."""

    def __init__(self, classified: ClassifiedLine, number: int, line: str, function: str | None) -> None:
        self.classified = classified
        self._last = number
        self._bare: str | None = None
        self._number = number
        self._indent = len(line) - len(line.lstrip())
        self._function = function
        self._excerpt: list[str] = []
        self._notes: list[Note] = []

    def wants(self, number: int) -> bool:
        place = self.classified.place
        return not self._excerpt and place is not None and place.line == number

    def show(self, line: str) -> None:
        if len(self._excerpt) < MAX_EXCERPT:
            cut = self._indent if not line[: self._indent].strip() else 0
            self._excerpt.append(line[cut:].rstrip()[:500])

    def bare_line(self, number: int, line: str) -> None:
        if number != self._last + 1 or self._excerpt:
            return
        if self._bare is not None and not line.strip(" ^~|"):
            self.show(self._bare)
            self.show(line)
        self._bare, self._last = line, number

    def note(self, note: ClassifiedLine) -> None:
        if len(self._notes) < MAX_NOTES:
            self._notes.append(Note(note.kind, note.message, note.place, note.captures or {}))

    def diagnostic(self, log: str) -> Diagnostic:
        classified = self.classified
        captures = dict(classified.captures or {})
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
            tool=classified.tool,
            severity=_severity(classified.severity),
            kind=classified.kind,
            message=classified.message,
            log_line=self._number,
            captures=captures,
            place=classified.place,
            log=log,
            function=self._function if classified.tool == "compiler" else None,
            excerpt=tuple(self._excerpt),
            notes=tuple(self._notes),
        )


def _severity(word: str) -> Severity:
    return word if word in ("fatal", "error", "warning") else "message"  # type: ignore[return-value]
