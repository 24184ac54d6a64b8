"""Finds what was done to the lines of a paste, and how to undo it.

These modules hold many patterns; only a log in which something is noticed pays for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from vgpu_doctor.intake.encoding import quoted_printable, unquoting
from vgpu_doctor.intake.markup import MARKUP
from vgpu_doctor.intake.ocr_repair import reframed, reworded
from vgpu_doctor.intake.pagers import unpaged
from vgpu_doctor.intake.prefixes import Prefix, prefix_of
from vgpu_doctor.intake.quoting import mended
from vgpu_doctor.intake.splitting import splits, splitting
from vgpu_doctor.intake.unwrapping import unwrapping, wrap_of

Line = tuple[int, str]
Step = Callable[[list[Line], bool], list[Line]]
"""Takes the next lines of a log and gives lines back; with True, also those that it held."""
Recipe = tuple[Callable[[], Step], ...]
"""What makes the steps that undo the noise of a segment, in this order; steps remember lines, and serve once."""

MOST_PREFIXES = 4  # put before a line by one program after the other


class _Draft:
    """The lines of a sample, and the recipe that made them what they are."""

    def __init__(self, sample: Sequence[str]) -> None:
        self.recipe: list[Callable[[], Step]] = []
        self.texts = list(sample)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    def add(self, make: Callable[[], Step]) -> None:
        self.recipe.append(make)
        self.texts = [text for _, text in make()([(0, text) for text in self.texts], True)]

    def change(self, change: Callable[[str], str] | None) -> None:
        if change and change(self.text) != self.text:
            self.add(partial(_changing, change))


def recipe_of(sample: Sequence[str]) -> Recipe:
    """What undoes the noise of these lines, nothing where there is none; each step fits what the ones before leave."""
    draft = _Draft(sample)
    if quoted_printable(draft.text):
        draft.add(unquoting)
    for fitting in MARKUP * 3:
        draft.change(fitting(draft.text))
    for _ in range(MOST_PREFIXES):
        prefix = prefix_of(draft.texts)
        if prefix is None:
            break
        # mail is wrapped after it was quoted
        if (wrap := wrap_of(draft.texts, prefix.pattern.match, prefix.pattern.match)) and wrap.sure:
            draft.add(partial(unwrapping, wrap, prefix.pattern.match, prefix.pattern.match))
        draft.add(partial(_peeling, prefix))
    draft.change(unpaged(draft.text))
    draft.change(reframed)
    for make in _joining(draft.texts):
        draft.add(make)
    if splits(draft.texts):
        draft.add(splitting)
    draft.change(mended)
    draft.change(reworded)
    return tuple(draft.recipe) if draft.texts != list(sample) else ()


def _joining(lines: list[str]) -> Iterator[Callable[[], Step]]:
    """What joins lines that were cut; what all of them are indented by since then goes before."""
    wrap = wrap_of(lines)
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    if indent and not (wrap and wrap.indented):
        moved = wrap_of([line[indent:] for line in lines])
        if moved and moved.sure:
            wrap = moved
            yield partial(_moving_left, indent)
    if wrap:
        yield partial(unwrapping, wrap)


def _changing(change: Callable[[str], str]) -> Step:
    """A step that changes the text of lines; a carriage return in it parts a line."""

    def step(lines: list[Line], _last: bool) -> list[Line]:
        texts = change("\n".join(text for _, text in lines)).split("\n") if lines else []
        return [
            (number, part)
            for (number, _), text in zip(lines, texts, strict=True)
            for part in text.strip("\r").split("\r")
        ]

    return step


def _moving_left(indent: int) -> Step:
    """A step that takes off what all lines are indented by."""

    def step(lines: list[Line], _last: bool) -> list[Line]:
        return [(number, text[min(indent, len(text) - len(text.lstrip())) :]) for number, text in lines]

    return step


def _peeling(prefix: Prefix) -> Step:
    """A step that takes a prefix off."""
    peel = prefix.peel()

    def step(lines: list[Line], _last: bool) -> list[Line]:
        return [(number, peel(text)) for number, text in lines]

    return step


def treated(recipe: Recipe, lines: list[Line]) -> list[Line]:
    """What a recipe makes of lines that stand alone."""
    for make in recipe:
        lines = make()(lines, True)
    return lines
