"""Undoes the noise of a paste, wherever in it that begins and ends.

Nothing is changed for which the lines give no reason, and a log without noise passes as it is. Lines keep the numbers
that the user sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.intake.detect import detect_noise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vgpu_doctor.intake.decode import Block
    from vgpu_doctor.intake.segments import SegmentCleaner

SAMPLE_SIZE = 32 * 1024  # characters in which noise shows
FULL_SCAN_SIZE = 384 * 1024  # characters; behind them only the end of every batch is looked at
TAIL_SIZE = 2 * 1024  # characters of such an end


def clean_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks of a log without the noise that pasting put in."""
    cleaner: SegmentCleaner | None = None
    size = 0
    for batch in _batches(blocks):
        tail = "" if size < FULL_SCAN_SIZE else _tail(batch[-1].text)
        size += sum(len(block.text) for block in batch)
        if cleaner is None:
            if not any(detect_noise(text, text.split("\n")) for text in ([tail] if tail else _samples(batch))):
                yield from batch
                continue
            # these modules hold many patterns; a log without noise need not pay for them
            from vgpu_doctor.intake.segments import SegmentCleaner

            cleaner = SegmentCleaner()
        yield from cleaner.clean(batch, tail)
    if cleaner is not None:
        yield from cleaner.flush()


def _batches(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Some blocks at once, so that there are enough lines to see what they have in common."""
    batch: list[Block] = []
    size = 0
    for block in blocks:
        batch.append(block)
        size += len(block.text)
        if size >= SAMPLE_SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _samples(batch: list[Block]) -> Iterator[str]:
    text = batch[0].text if len(batch) == 1 else "".join(block.text for block in batch)
    start = 0
    while start < len(text):
        end = text.find("\n", start + SAMPLE_SIZE) + 1 or len(text)
        yield text[start:end]
        start = end


def _tail(text: str) -> str:
    return text[text.rfind("\n", 0, max(0, len(text) - TAIL_SIZE)) + 1 :]
