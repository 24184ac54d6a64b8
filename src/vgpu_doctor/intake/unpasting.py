"""Undoes the noise of a paste: finds out from the beginning of a log what was done to it, and undoes that everywhere.

Nothing is changed for which the beginning gives no reason, and a log without noise passes as it is. Lines keep the
numbers that the user sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from vgpu_doctor.intake.cleaning import Block
from vgpu_doctor.intake.noticing import noticed

if TYPE_CHECKING:
    from vgpu_doctor.intake.prefixes import Prefix

Line = tuple[int, str]
Step = Callable[[list[Line], bool], list[Line]]
"""Takes the next lines of a log and gives lines back; with True, also those that it held."""

ENOUGH = 32 * 1024  # characters of a log that are looked at
MOST_PREFIXES = 4  # put before a line by one program after the other


def unpasted(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks of a log without the noise that pasting put in."""
    rest = iter(blocks)
    head: list[Block] = []
    size = 0
    for block in rest:
        head.append(block)
        size += len(block.text)
        if size >= ENOUGH:
            break
    sample = sample_of(head)
    lines = sample.split("\n")
    steps = _steps(sample) if noticed(sample, lines) else []
    if not steps:
        yield from head
        head.clear()
        yield from rest
        return
    for block in chain(head, rest):
        texts = block.text.split("\n")[:-1]
        yield from _taken([(block.number_of(index), text) for index, text in enumerate(texts)], steps, False)
    yield from _taken([], steps, True)


def sample_of(head: list[Block]) -> str:
    """The first lines of a log, and of a long first block some from its end: chat often stands before a log."""
    text = head[0].text if len(head) == 1 else "".join(block.text for block in head)
    if len(text) <= ENOUGH:
        return text
    start = text.rfind("\n", 0, ENOUGH * 2 // 3) + 1 or ENOUGH * 2 // 3
    end = text.find("\n", len(text) - ENOUGH // 3) + 1
    return text[:start] + text[end or len(text) :]


def _taken(lines: list[Line], steps: list[Step], last: bool) -> Iterator[Block]:
    for step in steps:
        lines = step(lines, last)
    if lines:
        numbers = [number for number, _ in lines]
        yield Block("\n".join(text for _, text in lines) + "\n", numbers[0], numbers)


def _steps(sample: str) -> list[Step]:
    """What undoes the noise of a log that begins like this; each step is found in what the ones before leave."""
    # these modules hold many patterns; a log without noise need not pay for them
    from vgpu_doctor.intake.encoding import quoted_printable, unquoting
    from vgpu_doctor.intake.markup import MARKUP
    from vgpu_doctor.intake.prefixes import prefix_of
    from vgpu_doctor.intake.quoting import mended
    from vgpu_doctor.intake.splitting import splits, splitting
    from vgpu_doctor.intake.unwrapping import unwrapping, wrap_of

    steps: list[Step] = []
    lines = [(0, line) for line in sample.split("\n")]

    def add(make: Callable[[], Step]) -> None:
        nonlocal lines
        steps.append(make())
        lines = make()(lines, True)

    def text() -> str:
        return "\n".join(line for _, line in lines)

    def texts() -> list[str]:
        return [line for _, line in lines]

    if quoted_printable(sample):
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
    for make in _joining(texts()):
        add(make)
    if splits(texts()):
        add(splitting)
    if mended(text()) != text():
        add(partial(_changing, mended))
    return steps if texts() != sample.split("\n") else []


def _joining(lines: list[str]) -> Iterator[Callable[[], Step]]:
    """What joins lines that were cut; what all of them are indented by since then goes before."""
    from vgpu_doctor.intake.unwrapping import unwrapping, wrap_of

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
