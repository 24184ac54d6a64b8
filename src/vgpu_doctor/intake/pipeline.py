"""Detects what was done to the lines of a paste, and builds the pipeline of stages that undoes it.

This module and those of the stages compile many patterns; import them only for a log in which noise was detected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from vgpu_doctor.intake.encoding import is_quoted_printable, quoted_printable_stage
from vgpu_doctor.intake.markup import MARKUP_DETECTORS
from vgpu_doctor.intake.ocr_repair import repair_messages, repair_positions
from vgpu_doctor.intake.pagers import detect_pager_output
from vgpu_doctor.intake.prefixes import Prefix, detect_prefix
from vgpu_doctor.intake.quoting import repair_quoting
from vgpu_doctor.intake.splitting import has_merged_lines, split_stage
from vgpu_doctor.intake.stage import Line, Stage
from vgpu_doctor.intake.unwrapping import unwrap_stage
from vgpu_doctor.intake.wrapping import detect_wrap

Pipeline = tuple[Callable[[], Stage], ...]
"""Factories of the stages that clean a segment, in order. Stages remember lines, so every segment needs new ones."""

MAX_PREFIXES = 4  # that several programs put before a line in turn


class _PipelineBuilder:
    """The lines of a sample as the stages so far leave them."""

    def __init__(self, sample: Sequence[str]) -> None:
        self.pipeline: list[Callable[[], Stage]] = []
        self.texts = list(sample)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    def add(self, make: Callable[[], Stage]) -> None:
        self.pipeline.append(make)
        self.texts = [text for _, text in make()([(0, text) for text in self.texts], True)]

    def change(self, change: Callable[[str], str] | None) -> None:
        if change and change(self.text) != self.text:
            self.add(partial(_text_stage, change))


def detect_pipeline(sample: Sequence[str]) -> Pipeline:
    """Return the pipeline that cleans these lines, empty if they have no noise.

    Each stage is detected in what the ones before it leave.
    """
    builder = _PipelineBuilder(sample)
    if is_quoted_printable(builder.text):
        builder.add(quoted_printable_stage)
    for detect in MARKUP_DETECTORS * 3:
        builder.change(detect(builder.text))
    for _ in range(MAX_PREFIXES):
        prefix = detect_prefix(builder.texts)
        if prefix is None:
            break
        # mail is quoted first and wrapped afterwards
        if (wrap := detect_wrap(builder.texts, prefix.pattern.match, prefix.pattern.match)) and wrap.sure:
            builder.add(partial(unwrap_stage, wrap, prefix.pattern.match, prefix.pattern.match))
        builder.add(partial(_prefix_stage, prefix))
    builder.change(detect_pager_output(builder.text))
    builder.change(repair_positions)
    for make in _unwrap_stages(builder.texts):
        builder.add(make)
    if has_merged_lines(builder.texts):
        builder.add(split_stage)
    builder.change(repair_quoting)
    builder.change(repair_messages)
    return tuple(builder.pipeline) if builder.texts != list(sample) else ()


def _unwrap_stages(lines: list[str]) -> Iterator[Callable[[], Stage]]:
    """Yield the stages that join cut lines, before them one for an indentation that was added after the cutting."""
    wrap = detect_wrap(lines)
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    if indent and not (wrap and wrap.indented):
        moved = detect_wrap([line[indent:] for line in lines])
        if moved and moved.sure:
            wrap = moved
            yield partial(_dedent_stage, indent)
    if wrap:
        yield partial(unwrap_stage, wrap)


def _text_stage(change: Callable[[str], str]) -> Stage:
    """Return a stage that changes the text of lines; a carriage return in the result splits a line."""

    def stage(lines: list[Line], _last: bool) -> list[Line]:
        texts = change("\n".join(text for _, text in lines)).split("\n") if lines else []
        return [
            (number, part)
            for (number, _), text in zip(lines, texts, strict=True)
            for part in text.strip("\r").split("\r")
        ]

    return stage


def _dedent_stage(indent: int) -> Stage:
    """Return a stage that removes up to so many blanks at the beginning of lines."""

    def stage(lines: list[Line], _last: bool) -> list[Line]:
        return [(number, text[min(indent, len(text) - len(text.lstrip())) :]) for number, text in lines]

    return stage


def _prefix_stage(prefix: Prefix) -> Stage:
    """Return a stage that removes a prefix."""
    peel = prefix.peel()

    def stage(lines: list[Line], _last: bool) -> list[Line]:
        return [(number, peel(text)) for number, text in lines]

    return stage


def run_pipeline(pipeline: Pipeline, lines: list[Line]) -> list[Line]:
    """Return what a new run of the pipeline makes of these lines alone."""
    for make in pipeline:
        lines = make()(lines, True)
    return lines
