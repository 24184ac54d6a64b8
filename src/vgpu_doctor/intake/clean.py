"""Undoes the noise of a paste, wherever in it that begins and ends.

Nothing is changed for which the lines give no reason, and a log without noise passes as it is. Lines keep the numbers
that the user sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.intake.detect import noticed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vgpu_doctor.intake.decode import Block
    from vgpu_doctor.intake.segments import Segments

ENOUGH = 32 * 1024  # characters in which noise shows
READ_WHOLE = 384 * 1024  # characters; behind them only the end of every part is looked at
GLANCE = 2 * 1024  # characters of such an end


def unpasted(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks of a log without the noise that pasting put in."""
    segments: Segments | None = None
    size = 0
    for part in _parts(blocks):
        glance = "" if size < READ_WHOLE else _end_of(part[-1].text)
        size += sum(len(block.text) for block in part)
        if segments is None:
            if not any(noticed(text, text.split("\n")) for text in ([glance] if glance else _samples(part))):
                yield from part
                continue
            # these modules hold many patterns; a log without noise need not pay for them
            from vgpu_doctor.intake.segments import Segments

            segments = Segments()
        yield from segments.undone(part, glance)
    if segments is not None:
        yield from segments.rest()


def _parts(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Some blocks at once, so that there are enough lines to see what they have in common."""
    part: list[Block] = []
    size = 0
    for block in blocks:
        part.append(block)
        size += len(block.text)
        if size >= ENOUGH:
            yield part
            part, size = [], 0
    if part:
        yield part


def _samples(part: list[Block]) -> Iterator[str]:
    text = part[0].text if len(part) == 1 else "".join(block.text for block in part)
    start = 0
    while start < len(text):
        end = text.find("\n", start + ENOUGH) + 1 or len(text)
        yield text[start:end]
        start = end


def _end_of(text: str) -> str:
    return text[text.rfind("\n", 0, max(0, len(text) - GLANCE)) + 1 :]
