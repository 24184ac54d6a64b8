"""Rewrite places of an edit as changes of whole lines, with a guard where one is needed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen
from vgpu_doctor.patching.source import CONDITIONALS
from vgpu_doctor.patching.tokens import HOLE
from vgpu_doctor.patching.unified_diff import Change, Line, split_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.model import Edit
    from vgpu_doctor.patching.pattern import Match
    from vgpu_doctor.patching.source import Source

MAX_TOKENS_TO_IF = 200  # between a statement and the if that it belongs to
MAX_STATEMENT_LINES = 200  # a longer statement is not duplicated

SHARED_LINE = "the line holds more than the text beside which the new lines belong"
UNBRACED = "the statement belongs to an if or a loop without braces; a line added beside it would not"
RUNS_ON = "a comment or a backslash runs on past the end of the file"
TOO_LONG = f"the statement is longer than {MAX_STATEMENT_LINES} lines"
CUT = "an #if begins or ends inside the statement"


@frozen
class Refused:
    """Why the lines of a place cannot be changed."""

    reason: str


@frozen
class Span:
    """Lines of the draft, from 0, both inclusive."""

    first: int
    last: int


class Rewriter:
    """Writes the new lines of one edit in one file, with the file's own line endings."""

    def __init__(self, source: Source, edit: Edit, new_condition: str, old_condition: str) -> None:
        """The preprocessor compiles the new text under ``new_condition`` and the old one under ``old_condition``."""
        self._source = source
        self._edit = edit
        self._new_condition = new_condition
        self._old_condition = old_condition
        self._lines = split_lines(source.text)
        self._end = "\r\n" if self._lines and self._lines[0].endswith("\r\n") else "\n"

    def change(self, places: Sequence[Match], span: Span, *, guarded: bool) -> Change | Refused:
        """Return the change of the lines that hold the places, or why there is none."""
        old = [Line(text, span.first + number) for number, text in enumerate(self._lines[span.first : span.last + 1])]
        if self._edit.replace is not None:
            lines = self._replace(places, old, guarded=guarded)
        elif refused := self._refuse_to_add(places, old):
            return refused
        else:
            lines = self._add(places[0], old, guarded=guarded)
        return Change(span.first, span.last + 1, tuple(lines))

    def _replace(self, places: Sequence[Match], old: list[Line], *, guarded: bool) -> list[Line]:
        text = self._with_new_text(places, old)
        new = [Line(line) for line in split_lines(text)]
        if not guarded:
            return _keep_common_ends(old, new)
        if text.strip():
            lines = [self._line(f"#if {self._new_condition}"), *self._ended(new), self._line("#else")]
        else:
            lines = [self._line(f"#if {self._old_condition}")]
        return self._ended_like(old, [*lines, *self._ended(old), self._line("#endif")])

    def _refuse_to_add(self, places: Sequence[Match], old: list[Line]) -> Refused | None:
        """Return why no line can be added beside the places, or None if one can."""
        place = places[0]
        if self._is_unbraced_body(place):
            return Refused(UNBRACED)
        tokens = self._source.tokens_of(old[0].origin or 0, old[-1].origin or 0)
        between = range(tokens.start, place.first) if self._edit.before is not None else range(place.end, tokens.stop)
        if len(places) > 1 or any(self._source.tokens.texts[token] in ("{", "}") for token in between):
            return Refused(SHARED_LINE)
        return None

    def _add(self, place: Match, old: list[Line], *, guarded: bool) -> list[Line]:
        indent = re.match(r"[^\S\r\n]*", old[0].text)
        margin = indent[0] if indent else ""
        added = self._new_text(place).split(self._end)
        new = [self._line(text if text.startswith("#") else margin + text) for text in added]
        if guarded:
            new = [self._line(f"#if {self._new_condition}"), *new, self._line("#endif")]
        return [*new, *old] if self._edit.before is not None else self._ended_like(old, [*self._ended(old), *new])

    def _with_new_text(self, places: Sequence[Match], old: list[Line]) -> str:
        """Return the lines with the new text; nothing if only blanks would be left of them."""
        source = self._source
        position = start = source.lines[old[0].origin or 0]
        end = start + sum(len(line.text) for line in old)
        pieces: list[str] = []
        for place in sorted(places, key=lambda place: place.first):
            pieces += [source.text[position : source.tokens.starts[place.first]], self._new_text(place)]
            position = source.end_of(place.end - 1)
        text = "".join([*pieces, source.text[position:end]])
        return text if text.strip() else ""

    def _new_text(self, place: Match) -> str:
        """Return the new text with the holes filled from the user's file."""

        def filled(hole: re.Match[str]) -> str:
            if hole[0] == "$$":
                return "$"
            if hole[0] not in place.holes:
                return hole[0]
            first, end = place.holes[hole[0]]
            return self._source.text[self._source.tokens.starts[first] : self._source.end_of(end - 1)]

        text = self._edit.replace or self._edit.before or self._edit.after or ""
        if self._edit.replace is not None and self._is_unbraced_body(place) and text.count(";") != 1:
            text = f"{{ {text} }}" if text else ";"
        return HOLE.sub(filled, text.strip("\n").replace("\n", self._end))

    def _is_unbraced_body(self, place: Match) -> bool:
        """Whether a place is the whole body of an if or a loop: without it, the next statement would become the body.

        This errs on the side of yes: it looks at the token before with and without the code of other ``#if`` branches.
        """
        source = self._source
        if source.language != "c" or source.directive[place.first] or source.tokens.texts[place.end - 1] != ";":
            return False
        nearby = range(place.first - 1, max(-1, place.first - MAX_TOKENS_TO_IF), -1)
        code = [token for token in nearby if not source.directive[token]]
        same_branch = [token for token in code if source.branch[token] is source.branch[place.first]]
        nearest = [tokens[0] for tokens in (code, same_branch) if tokens]
        return any(source.tokens.texts[token] in ("else", "do", ")") for token in nearest)

    def _line(self, text: str) -> Line:
        return Line(text + self._end)

    def _ended(self, lines: list[Line]) -> list[Line]:
        """Return the lines, the last one with a line ending."""
        if lines and not lines[-1].text.endswith("\n"):
            return [*lines[:-1], self._line(lines[-1].text)]
        return lines

    @staticmethod
    def _ended_like(old: list[Line], lines: list[Line]) -> list[Line]:
        """Return the lines, the last one without a line ending if the last old one had none."""
        if old[-1].text.endswith("\n"):
            return lines
        return [*lines[:-1], Line(lines[-1].text.rstrip("\r\n"))]


def enclosing_statement(source: Source, first: int, last: int) -> Span | Refused:
    """Return the lines of the statement that holds the tokens ``first`` to ``last``, or why it cannot be guarded.

    The lines hold whole comments, whole parentheses and whole preprocessor lines, so they may stand between ``#if``
    and ``#endif``.
    """
    outer = first
    while source.parent[outer] >= 0 and source.tokens.texts[source.parent[outer]] != "{":
        outer = source.parent[outer]
    span = Span(source.line_of(min(outer, first)), source.line_of(last))
    previous = None
    while True:
        span = _with_joined_lines(source, span)
        last_line = len(source.lines) - 1
        if span.last >= last_line and last_line in source.tokens.joined:
            return Refused(RUNS_ON)
        if span.last - span.first >= MAX_STATEMENT_LINES:
            return Refused(TOO_LONG)
        if span == previous:
            break
        previous, span = span, _with_whole_parentheses(source, span)
    return span if _has_whole_conditionals(source, span) else Refused(CUT)


def _with_joined_lines(source: Source, span: Span) -> Span:
    """Extend the lines by those that a comment, a string or a backslash ties to them."""
    joined = source.tokens.joined
    first, last = span.first, span.last
    while first - 1 in joined:
        first -= 1
    while last in joined and last - first < MAX_STATEMENT_LINES and last + 1 < len(source.lines):
        last += 1
    return Span(first, last)


def _with_whole_parentheses(source: Source, span: Span) -> Span:
    """Extend the lines to the other ends of the brackets on them."""
    first, last = span.first, span.last
    for token in source.tokens_of(first, last):
        partner = source.partner[token]
        if source.tokens.texts[token] in ("(", ")", "[", "]") and partner >= 0:
            line = source.line_of(partner)
            first, last = min(first, line), max(last, line)
    return Span(first, last)


def _has_whole_conditionals(source: Source, span: Span) -> bool:
    """Whether every ``#if`` on these lines has its ``#endif`` there, and the other way round."""
    depth, previous = 0, 0
    for token in source.tokens_of(span.first, span.last):
        number = source.directive[token]
        if number and number != previous:
            word = source.tokens.texts[token + 1] if token + 1 < len(source.tokens.texts) else ""
            depth += word in CONDITIONALS
            if depth == 0 and word in ("elif", "else", "endif"):
                return False
            depth -= word == "endif"
        previous = number
    return depth == 0


def _keep_common_ends(old: list[Line], new: list[Line]) -> list[Line]:
    """Return the new lines; unchanged ones at both ends keep their place in the user's file."""
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head].text == new[head].text:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail].text == new[-1 - tail].text:
        tail += 1
    return [*old[:head], *new[head : len(new) - tail], *old[len(old) - tail :]]
