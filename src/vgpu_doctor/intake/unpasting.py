"""Undoes the noise of a paste, wherever in it that begins and ends.

Nothing is changed for which the lines give no reason, and a log without noise passes as it is. Lines keep the numbers
that the user sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.intake.noticing import noticed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vgpu_doctor.intake.cleaning import Block
    from vgpu_doctor.intake.stretches import Stretches

ENOUGH = 32 * 1024  # characters in which noise shows
READ_WHOLE = 384 * 1024  # characters; behind them only the end of every part is looked at
GLANCE = 2 * 1024  # characters of such an end


def unpasted(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks of a log without the noise that pasting put in."""
    stretches: Stretches | None = None
    size = 0
    for part in _parts(blocks):
        glance = "" if size < READ_WHOLE else _end_of(part[-1].text)
        size += sum(len(block.text) for block in part)
        if stretches is None:
            if not any(noticed(text, text.split("\n")) for text in ([glance] if glance else _samples(part))):
                yield from part
                continue
            # these modules hold many patterns; a log without noise need not pay for them
            from vgpu_doctor.intake.stretches import Stretches

            stretches = Stretches()
        yield from stretches.undone(part, glance)
    if stretches is not None:
        yield from stretches.rest()


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
