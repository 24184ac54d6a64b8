"""Removes the noise of a paste, wherever in the log it begins and ends.

A log without noise passes unchanged, as the same blocks. Lines keep their numbers in the user's file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.intake.detect import detect_noise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vgpu_doctor.intake.decode import Block
    from vgpu_doctor.intake.segments import SegmentCleaner

SAMPLE_SIZE = 32 * 1024  # characters, enough for noise to show
FULL_SCAN_SIZE = 384 * 1024  # characters; after them only the tail of every batch is searched
TAIL_SIZE = 2 * 1024  # characters


def clean_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks of a log without the noise of a paste."""
    cleaner: SegmentCleaner | None = None
    size = 0
    for batch in _batches(blocks):
        tail = "" if size < FULL_SCAN_SIZE else _tail(batch[-1].text)
        size += sum(len(block.text) for block in batch)
        if cleaner is None:
            if not any(detect_noise(text, text.split("\n")) for text in ([tail] if tail else _samples(batch))):
                yield from batch
                continue
            # imported here because it compiles many patterns, which a log without noise does not need
            from vgpu_doctor.intake.segments import SegmentCleaner

            cleaner = SegmentCleaner()
        yield from cleaner.clean(batch, tail)
    if cleaner is not None:
        yield from cleaner.flush()


def _batches(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Yield several blocks at once, so that there are enough lines to show what they have in common."""
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
