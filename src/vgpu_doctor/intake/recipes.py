"""Finds what was done to the lines of a paste, and how to undo it.

These modules hold many patterns; only a log in which something is noticed pays for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from vgpu_doctor.intake.encoding import quoted_printable, unquoting
from vgpu_doctor.intake.markup import MARKUP
from vgpu_doctor.intake.pagers import unpaged
from vgpu_doctor.intake.prefixes import Prefix, prefix_of
from vgpu_doctor.intake.quoting import mended
from vgpu_doctor.intake.splitting import splits, splitting
from vgpu_doctor.intake.unwrapping import unwrapping, wrap_of

Line = tuple[int, str]
Step = Callable[[list[Line], bool], list[Line]]
"""Takes the next lines of a log and gives lines back; with True, also those that it held."""
Recipe = tuple[Callable[[], Step], ...]
"""What makes the steps that undo the noise of a stretch, in this order; steps remember lines, and serve once."""

MOST_PREFIXES = 4  # put before a line by one program after the other


def recipe_of(sample: Sequence[str]) -> Recipe:
    """What undoes the noise of these lines, nothing where there is none; each step fits what the ones before leave."""
    recipe: list[Callable[[], Step]] = []
    lines = [(0, line) for line in sample]

    def add(make: Callable[[], Step]) -> None:
        nonlocal lines
        recipe.append(make)
        lines = make()(lines, True)

    def text() -> str:
        return "\n".join(line for _, line in lines)

    def texts() -> list[str]:
        return [line for _, line in lines]

    if quoted_printable(text()):
        add(unquoting)
    for fitting in MARKUP * 3:
        before = text()
        if (change := fitting(before)) and change(before) != before:
            add(partial(_changing, change))
    for _ in range(MOST_PREFIXES):
        prefix = prefix_of(texts())
        if prefix is None:
            break
        # mail is wrapped after it was quoted
        if (wrap := wrap_of(texts(), prefix.pattern.match, prefix.pattern.match)) and wrap.sure:
            add(partial(unwrapping, wrap, prefix.pattern.match, prefix.pattern.match))
        add(partial(_peeling, prefix))
    if change := unpaged(text()):
        add(partial(_changing, change))
    for make in _joining(texts()):
        add(make)
    if splits(texts()):
        add(splitting)
    if mended(text()) != text():
        add(partial(_changing, mended))
    return tuple(recipe) if texts() != list(sample) else ()


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
