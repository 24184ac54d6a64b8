"""Tells apart the installs that one paste holds: their logs declare another driver, or another kernel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.grammar.log_facts import RELEASE, VERSION
from vgpu_doctor.intake.decode import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DECLARATIONS = ("installer version: ", "DKMS make.log for nvidia")
DECLARED = re.compile(
    rf"[ \t]*(?:installer version: ({VERSION})|DKMS make\.log for nvidia[\w-]*[-/]({VERSION}) for kernel ({RELEASE}))",
    re.ASCII,
)
"""What the header of a log says of the install that it is of."""

HEADER = "nvidia-installer log file"
HEADER_LINES = 3  # lines before the installer's version in which its log begins
MAX_PARTS = 40  # of one log; what follows stays with the last


class Install:
    """One install: the driver and the kernel that its logs declare, each None until one does."""

    def __init__(self, driver: str | None = None, kernel: str | None = None) -> None:
        self.driver = driver
        self.kernel = kernel

    def agrees(self, driver: str, kernel: str | None) -> bool:
        """Return whether a log of this driver and kernel may be of this install."""
        return self.driver in (None, driver) and (kernel is None or self.kernel in (None, kernel))

    def learn(self, driver: str, kernel: str | None) -> None:
        self.driver, self.kernel = driver, kernel or self.kernel


def installs_of(blocks: Iterable[Block], installs: list[Install]) -> Iterator[tuple[Install, Block]]:
    """Yield the blocks of a log, each with its install; cut a block that holds two between them.

    ``installs`` are those that are known, the current one last; new ones are added. A log that declares nothing goes on
    with the current one.
    """
    parts = 1
    for block in blocks:
        begin = 0
        for place, driver, kernel in _declarations(block.text):
            if not installs[-1].agrees(driver, kernel):
                if parts == MAX_PARTS:
                    break
                parts += 1
                end = _header_before(block.text, place)
                if end > begin:
                    yield installs[-1], _part(block, begin, end)
                begin = end
                same = next((install for install in installs if install.agrees(driver, kernel)), None) or Install()
                installs[:] = [*(install for install in installs if install is not same), same]
            installs[-1].learn(driver, kernel)
        yield installs[-1], _part(block, begin, len(block.text)) if begin else block


def _declarations(text: str) -> list[tuple[int, str, str | None]]:
    """Return where lines that declare something begin, in order, with driver and kernel."""
    found = []
    for words in DECLARATIONS:
        place = text.find(words)
        while place >= 0:
            start = text.rfind("\n", 0, place) + 1
            if declared := DECLARED.match(text, start):
                found.append((start, declared[1] or declared[2], declared[3]))
            place = text.find(words, place + 1)
    return sorted(found, key=lambda declaration: declaration[0])


def _header_before(text: str, place: int) -> int:
    """Return where the log begins in which a declaration stands."""
    start = place
    for _ in range(HEADER_LINES):
        before = text.rfind("\n", 0, max(0, start - 1)) + 1
        if HEADER in text[before:start]:
            return before
        start = before
    return place


def _part(block: Block, begin: int, end: int) -> Block:
    first, last = block.text.count("\n", 0, begin), block.text.count("\n", 0, end)
    numbers = None if block.numbers is None else block.numbers[first:last]
    return Block(block.text[begin:end], block.number_of(first), numbers)
