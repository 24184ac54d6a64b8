"""Undoes the noise of a log segment by segment: what stands in one paste was not all pasted in the same way.

A pipeline holds until the lines have more of a form of their own without it, or with another one.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

from vgpu_doctor.intake.decode import Block
from vgpu_doctor.intake.detect import detect_noise_kinds
from vgpu_doctor.intake.line_patterns import count_tool_lines
from vgpu_doctor.intake.pipeline import Pipeline, detect_pipeline, run_pipeline
from vgpu_doctor.intake.stage import Line, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW = 32 * 1024  # characters that are looked at together
MIN_WINDOW = 4 * 1024  # characters of a window that ends where another log may begin
BEGINNINGS = (
    "nvidia-installer log file",
    "make.log for ",
    "Verifying archive",
    "[CODE",
    "[code",
    "<pre",
    "<code",
    "```",
)
"""Stand in lines with which another log begins, or another way of quoting one."""
LINES_AT_ONCE = 40  # lines
WINDOWS_PER_BATCH = 8  # 256 KB were looked at for a tail
MAX_FRUITLESS_LOOKS = 10  # for one kind that change nothing; after so many it is none any more
Segment = tuple[Pipeline, list[Line]]


class SegmentCleaner:
    """Takes a log from its beginning, and knows what is being clean."""

    def __init__(self) -> None:
        self._pipeline: Pipeline = ()
        self._stages: list[Stage] = []
        self._fruitless: Counter[str] = Counter()  # looks that changed nothing, by what they were for

    def clean(self, blocks: list[Block], tail: str = "") -> Iterator[Block]:
        """Blocks without noise, or as they are; a tail, where given, decides whether they are looked at."""
        kind = self._noise_kind(self._pipeline, tail.split("\n")) if tail else ""
        if kind is None and not self._pipeline:
            yield from blocks
            return
        lines = [
            (block.number_of(index), text) for block in blocks for index, text in enumerate(block.text.split("\n")[:-1])
        ]
        segments = self._segment(lines) if kind is not None else [(self._pipeline, lines)]
        if kind and all(pipeline is self._pipeline for pipeline, _ in segments):
            self._fruitless[kind] += WINDOWS_PER_BATCH
        if not any(pipeline for pipeline, _ in [(self._pipeline, lines), *segments]):
            yield from blocks
            return
        for pipeline, segment in segments:
            if pipeline is not self._pipeline:
                yield from self.flush()
                self._pipeline, self._stages = pipeline, [make() for make in pipeline]
            yield from self._run(segment, False)

    def flush(self) -> Iterator[Block]:
        """What is still held since it might go on."""
        yield from self._run([], True)

    def _run(self, lines: list[Line], last: bool) -> Iterator[Block]:
        for stage in self._stages:
            lines = stage(lines, last)
        if lines:
            numbers = [number for number, _ in lines]
            yield Block("\n".join(text for _, text in lines) + "\n", numbers[0], numbers)

    def _segment(self, lines: list[Line]) -> list[Segment]:
        segments: list[Segment] = []
        before = self._pipeline
        for window in _windows(lines):
            pipeline = self._pipeline_for([text for _, text in window], before)
            if pipeline is not before:
                known = bool(segments or before)
                window = [*(segments.pop()[1] if segments else ()), *window]
                place = _boundary([text for _, text in window], before, pipeline) if known else 0
                segments.append((before, window[:place]))
                window = window[place:]
            segments.append((pipeline, window))
            before = pipeline
        return [(pipeline, segment) for pipeline, segment in segments if segment]

    def _noise_kind(self, pipeline: Pipeline, texts: list[str]) -> str | None:
        """Why a pipeline may leave noise in lines."""
        kept = [*_applied(pipeline, texts), ""]
        return next(
            (why for why in detect_noise_kinds("\n".join(kept), kept) if self._fruitless[why] < MAX_FRUITLESS_LOOKS),
            None,
        )

    def _pipeline_for(self, texts: list[str], current: Pipeline) -> Pipeline:
        """What undoes the noise of these lines: what does so for the lines before, if nothing else is shown to fit."""
        kind = self._noise_kind(current, texts)
        if kind is None:
            return current
        fresh = detect_pipeline([*texts, ""])
        if _fits_better(fresh, current, texts):
            return fresh
        self._fruitless[kind] += 1
        return current


def _windows(lines: list[Line]) -> Iterator[list[Line]]:
    """About equal parts of lines; where another log begins, so does another part."""
    size = sum(len(text) + 1 for _, text in lines)
    each = size / max(1, round(size / WINDOW))
    window: list[Line] = []
    filled = 0
    for line in lines:
        if filled >= each or (filled >= MIN_WINDOW and any(text in line[1] for text in BEGINNINGS)):
            yield window
            window, filled = [], 0
        window.append(line)
        filled += len(line[1]) + 1
    yield window


def _fits_better(fresh: Pipeline, current: Pipeline, texts: list[str]) -> bool:
    """Return whether a new pipeline leaves fewer lines that no tool writes or, if as many, no noise."""
    if not current or not fresh:
        return bool(fresh)
    anew, kept = _applied(fresh, texts), _applied(current, texts)
    fewer = len(kept) - count_tool_lines(kept) - (len(anew) - count_tool_lines(anew))
    return fewer > 0 or (fewer == 0 and bool(detect_pipeline(kept)) and not detect_pipeline(anew))


def _applied(pipeline: Pipeline, texts: list[str]) -> list[str]:
    return [text for _, text in run_pipeline(pipeline, [(0, text) for text in texts])] if pipeline else texts


def _boundary(texts: list[str], before: Pipeline, after: Pipeline) -> int:
    """Where two pipelines meet: where least stays without form, then most is changed, then as late as can be."""
    left, right = [(0, 0)], [(0, 0)]
    for text, first, second in zip(texts, _results(texts, before), _results(texts, after), strict=True):
        by_second = second not in ([text], first)
        left.append((_weak(first), first != [text] and not by_second and first != second))
        right.append((_weak(second), by_second))
    gained = list(accumulate(left, _plus))
    still = list(accumulate(reversed(right[1:]), _plus, initial=(0, 0)))[::-1]
    return max(range(len(texts) + 1), key=lambda place: (*_plus(gained[place], still[place]), place))


def _results(texts: list[str], pipeline: Pipeline) -> list[list[str]]:
    """What a pipeline makes of each line; of one that was joined to another, nothing.

    A few lines at a time, since the lines on the other side of the boundary would not fit the pipeline.
    """
    results: list[list[str]] = [[] for _ in texts]
    for start in range(0, len(texts), LINES_AT_ONCE):
        for place, text in run_pipeline(pipeline, list(enumerate(texts[start : start + LINES_AT_ONCE], start))):
            results[place].append(text)
    return results


def _weak(results: list[str]) -> int:
    """How many of these have no form of their own; less is more."""
    return count_tool_lines(results) - len(results)


def _plus(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]
