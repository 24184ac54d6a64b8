"""Cleans a log segment by segment, since the parts of one paste may have come by different ways.

A pipeline stays in use until another one, or none, leaves more lines that tools write.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from vgpu_doctor.intake.decode import Block
from vgpu_doctor.intake.detect import detect_noise_kinds
from vgpu_doctor.intake.line_patterns import count_tool_lines
from vgpu_doctor.intake.pipeline import Pipeline, detect_pipeline, run_pipeline
from vgpu_doctor.intake.stage import Line, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW = 32 * 1024  # characters for which one pipeline is chosen
MIN_WINDOW = 4 * 1024  # characters before a window may end early because another log begins
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
"""Texts in lines with which another log, or another way of quoting one, begins."""
LINES_AT_ONCE = 40
WINDOWS_PER_BATCH = 8  # a tail stands for 256 KB
MAX_FRUITLESS_LOOKS = 10  # searches for a pipeline that change nothing; after so many, a kind of noise is ignored
Segment = tuple[Pipeline, list[Line]]


class SegmentCleaner:
    """Cleans the blocks of one log in order, and remembers which pipeline is in use."""

    def __init__(self) -> None:
        self._pipeline: Pipeline = ()
        self._stages: list[Stage] = []
        self._fruitless: Counter[str] = Counter()  # searches that changed nothing, by kind of noise

    def clean(self, blocks: list[Block], tail: str = "") -> Iterator[Block]:
        """Yield the blocks without noise; where a tail of them is given, search them only if the tail looks noisy."""
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
        """Yield the lines that are held because they might have continued."""
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
        """Return the kind of noise that a pipeline may leave in lines, None if it seems to leave none."""
        kept = [*_applied(pipeline, texts), ""]
        return next(
            (why for why in detect_noise_kinds("\n".join(kept), kept) if self._fruitless[why] < MAX_FRUITLESS_LOOKS),
            None,
        )

    def _pipeline_for(self, texts: list[str], current: Pipeline) -> Pipeline:
        """Return the pipeline that cleans these lines: the current one unless another is shown to fit better."""
        kind = self._noise_kind(current, texts)
        if kind is None:
            return current
        fresh = detect_pipeline([*texts, ""])
        if _fits_better(fresh, current, texts):
            return fresh
        self._fruitless[kind] += 1
        return current


def _windows(lines: list[Line]) -> Iterator[list[Line]]:
    """Yield windows of about equal size; where another log begins, begin another window."""
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
    fewer = _count_other_lines(kept) - _count_other_lines(anew)
    return fewer > 0 or (fewer == 0 and bool(detect_pipeline(kept)) and not detect_pipeline(anew))


def _applied(pipeline: Pipeline, texts: list[str]) -> list[str]:
    return [text for _, text in run_pipeline(pipeline, [(0, text) for text in texts])] if pipeline else texts


def _boundary(texts: list[str], before: Pipeline, after: Pipeline) -> int:
    """Return how many of these lines still belong to the earlier pipeline.

    The boundary is where the fewest lines are left that no tool writes; if several are equal, where the most lines are
    changed; if those are equal, the last one.
    """
    gain = best = (0, 0)  # in tools' lines, and in lines changed, over giving all lines to the later pipeline
    boundary = 0
    results = zip(texts, _results(texts, before), _results(texts, after), strict=True)
    for count, (text, by_earlier, by_later) in enumerate(results, 1):
        later_changes = by_later not in ([text], by_earlier)
        earlier_changes = by_earlier not in ([text], by_later) and not later_changes
        gain = (
            gain[0] + _count_other_lines(by_later) - _count_other_lines(by_earlier),
            gain[1] + earlier_changes - later_changes,
        )
        if gain >= best:
            best, boundary = gain, count
    return boundary


def _results(texts: list[str], pipeline: Pipeline) -> list[list[str]]:
    """Return what a pipeline makes of each line: no line where it was joined to the one before.

    Run it on a few lines at a time, because lines beyond the boundary are not of the kind that it was made for.
    """
    results: list[list[str]] = [[] for _ in texts]
    for start in range(0, len(texts), LINES_AT_ONCE):
        for place, text in run_pipeline(pipeline, list(enumerate(texts[start : start + LINES_AT_ONCE], start))):
            results[place].append(text)
    return results


def _count_other_lines(texts: list[str]) -> int:
    """Return how many of these lines are not of a form that only tools write."""
    return len(texts) - count_tool_lines(texts)
