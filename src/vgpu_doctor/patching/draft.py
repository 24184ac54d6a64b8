"""A file while it is edited: every line still knows where it stood, so that the patch needs no search for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence


@frozen
class Line:
    """One line with its end, and the number (from 0) that it had in the user's file; None for a new one."""

    text: str
    origin: int | None = None


@frozen
class Change:
    """The lines from first up to, but without, end give way to others."""

    first: int
    end: int
    lines: tuple[Line, ...]  # origins count in the draft that the change was made for


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends. Only a line feed ends a line, as patch counts them."""
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last] if last else [])


@frozen
class Draft:
    """The lines of a file after some changes."""

    lines: tuple[Line, ...]

    @classmethod
    def of(cls, text: str) -> Draft:
        return cls(tuple(Line(line, number) for number, line in enumerate(lines_of(text))))

    @property
    def text(self) -> str:
        return "".join(line.text for line in self.lines)

    def changed(self, changes: Sequence[Change]) -> Draft:
        """The draft after changes that do not touch each other."""
        result: list[Line] = []
        position = 0
        for change in sorted(changes, key=lambda change: (change.first, change.end)):
            result += self.lines[position : change.first]
            for line in change.lines:
                if line.origin is None:
                    result.append(line)
                else:
                    origin = self.lines[line.origin]
                    result.append(Line(line.text, origin.origin if origin.text == line.text else None))
            position = change.end
        return Draft((*result, *self.lines[position:]))
