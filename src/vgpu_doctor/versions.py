"""Read and compare the version numbers of drivers and kernels.

Everything here works on the text alone. What needs a table, such as the vGPU release of a build, is in the catalogue.
"""

from __future__ import annotations

import re
from functools import lru_cache

from vgpu_doctor.frozen import frozen

# Drivers

DRIVER_BUILD = r"[0-9]{2,4}(?:\.[0-9]{2,3}){1,2}"
_DRIVER = re.compile(DRIVER_BUILD)


def is_driver_build(text: str) -> bool:
    """Whether ``text`` is a driver build such as 550.54.16 or 340.108, and nothing else."""
    return _DRIVER.fullmatch(text) is not None


def driver_numbers(build: str) -> tuple[int, ...]:
    """Return the numbers of a driver build, (550, 54, 16) for 550.54.16. Raises ValueError for any other text.

    They sort builds of one number sequence; for vGPU host builds among plain ones see :func:`compare_builds`.
    """
    if not is_driver_build(build):
        raise ValueError(f"{build!r} is not a driver build such as 550.54.16")
    return tuple(int(number) for number in build.split("."))


def driver_branch(build: str) -> str:
    """Return the branch of a build, as records name it: 550 for 550.54.16."""
    return str(driver_numbers(build)[0])


def same_branch(first: str, second: str) -> bool:
    """Whether two builds are of one driver branch."""
    return driver_branch(first) == driver_branch(second)


def compare_builds(first: str, second: str, *, same_sequence: bool) -> int | None:
    """Return -1, 0 or 1 as ``first`` is older than, equal to or newer than ``second``; None if numbers cannot tell.

    ``same_sequence`` says that both are vGPU host builds, or neither is. Otherwise only the first two numbers compare:
    host 550.90.05 is built from the sources of plain 550.90.07.
    """
    numbers, other_numbers = driver_numbers(first), driver_numbers(second)
    if numbers == other_numbers:
        return 0
    if numbers[:2] == other_numbers[:2] and not same_sequence:
        return None
    return -1 if numbers < other_numbers else 1


# Kernels


@frozen
class KernelRelease:
    """A kernel release, as ``uname -r`` prints it, and what can be read from it."""

    text: str  # 6.8.4-2-pve
    numbers: tuple[int, ...]  # (6, 8, 4)
    distribution: str | None  # pve, ubuntu, debian, rhel ...; None if the text does not tell
    distribution_release: str | None = None  # if the text tells: 12 from bpo12, 9.4 from el9_4, 40 from fc40
    build: int | None = None  # first number after the dash: ABI on Proxmox and Ubuntu, build on RHEL

    @property
    def series(self) -> str:
        """The first two numbers, 6.8."""
        return f"{self.numbers[0]}.{self.numbers[1]}"

    @property
    def series_predicts(self) -> bool:
        """Whether the series tells the kernel interfaces; enterprise kernels have those of later series backported."""
        return self.distribution not in ENTERPRISE


ENTERPRISE = frozenset({"rhel", "sles"})
"""Distributions that backport kernel interfaces of much newer series."""

_RELEASE = re.compile(r"[0-9][0-9A-Za-z._+~-]{1,127}", re.ASCII)  # the kernel itself allows 64 characters
_NUMBERS = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})(?:\.([0-9]{1,4}))?", re.ASCII)
_BUILD = re.compile(r"[-.]([0-9]{1,9})", re.ASCII)

# The first pattern found after the numbers gives the distribution, its group the release of the distribution.
_DISTRIBUTIONS = (
    ("pve", r"(?:[-~+]bpo([0-9]{1,2}))?-pve$"),
    ("oracle", r"\.el([0-9]{1,2}(?:_[0-9]{1,2})?)uek\b"),
    ("rhel", r"\.el([0-9]{1,2}(?:_[0-9]{1,2})?)(?:\.|_|-|$)"),
    ("fedora", r"\.fc([0-9]{2})(?:\.|$)"),
    ("amazon", r"\.amzn([0-9]{1,4})(?:\.|$)"),
    ("debian", r"(?:[+.]deb([0-9]{1,2})|[+~]bpo)[^-]{0,24}-(?:cloud-|rt-)?(?:amd64|arm64|686)"),
    ("debian", r"()-(?:cloud-|rt-)?(?:amd64|arm64|686-pae|686)$"),
    # The ABI has few digits: 6.8.4-060804-generic is an unmodified kernel from Ubuntu's mainline archive.
    ("ubuntu", r"^()-[0-9]{1,5}-(?:generic|lowlatency|realtime|server|virtual|kvm|oem|raspi|nvidia)"),
    ("ubuntu", r"^()-[0-9]{1,5}-(?:aws|azure|gcp|gke|gkeop|ibm|oracle|xilinx)"),
    ("sles", r"()-1[25][0-9]{4}\.[0-9.]{1,20}-default$"),
    ("opensuse", r"()-default$"),
    ("manjaro", r"()-MANJARO$"),
    ("arch", r"()-arch[0-9]|-[0-9]{1,3}-(?:lts|zen|hardened|rt|rt-lts)$"),
    ("gentoo", r"()-gentoo"),
    ("unraid", r"()-[Uu]nraid$"),
    ("truenas", r"()\+truenas$"),
    ("wsl", r"()-microsoft-standard"),
)


@lru_cache(maxsize=256)
def parse_kernel(text: str) -> KernelRelease | None:
    """Read a kernel release such as 6.8.4-2-pve, or a bare series such as 6.8; None if it is neither.

    The text of the result has no blanks and no shell metacharacters, so it is safe in a command.
    """
    if _RELEASE.fullmatch(text) is None or (start := _NUMBERS.match(text)) is None:
        return None
    rest = text[start.end() :]
    if rest and rest[0].isalnum():
        return None
    numbers = tuple(int(number) for number in start.groups() if number is not None)
    build = _BUILD.match(rest)
    abi = int(build[1]) if build else None
    for name, pattern in _DISTRIBUTIONS:
        if found := re.search(pattern, rest, re.ASCII):
            release = (found[1] or "").replace("_", ".")
            return KernelRelease(text, numbers, name, release or None, abi)
    return KernelRelease(text, numbers, None, None, abi)


def kernel_series(text: str) -> str | None:
    """Return the series of a kernel release, 6.8 for 6.8.4-2-pve; None if ``text`` is no kernel release."""
    kernel = parse_kernel(text)
    return kernel.series if kernel else None


def kernel_distribution(text: str) -> str | None:
    """Return the distribution of a kernel release: pve, ubuntu, debian, rhel ...; None if the text does not tell."""
    kernel = parse_kernel(text)
    return kernel.distribution if kernel else None


def series_numbers(series: str) -> tuple[int, int]:
    """Return the two numbers of a series, for sorting: 6.10 is newer than 6.8. Raises ValueError for any other text."""
    kernel = parse_kernel(series)
    if kernel is None:
        raise ValueError(f"{series!r} is not a kernel series such as 6.8")
    return kernel.numbers[0], kernel.numbers[1]


# Guards: the kernels that have a change

Guard = tuple[tuple[str, tuple[int, ...]], ...]
"""Conditions that must all hold, each an operator and version numbers: ((">=", (6, 8)),)."""

_CONDITION = re.compile(r"\s*(>=|<=|==|!=|>|<)\s*([0-9]{1,3}(?:\.[0-9]{1,4}){1,2})\s*", re.ASCII)


@lru_cache(maxsize=512)
def parse_guard(text: str) -> Guard:
    """Read a guard such as ``>=6.8`` or ``>=6.6,<6.13``.

    Raises ValueError with the guard and a caret under what cannot be read.
    """
    conditions: list[tuple[str, tuple[int, ...]]] = []
    position = 0
    while True:
        found = _CONDITION.match(text, position)
        if found is None:
            raise ValueError(_pointing_at(text, position, "wanted a condition such as >=6.8"))
        conditions.append((found[1], tuple(int(number) for number in found[2].split("."))))
        position = found.end()
        if position == len(text):
            return tuple(conditions)
        if text[position] != ",":
            raise ValueError(_pointing_at(text, position, "wanted a comma or the end"))
        position += 1


def guard_allows(guard: str, kernel: str) -> bool:
    """Whether a kernel (a release or a series) satisfies a guard. Raises ValueError for what is no kernel or guard.

    Only as many numbers as the guard gives are compared: 6.8.4-2-pve equals 6.8.
    """
    release = parse_kernel(kernel)
    if release is None:
        raise ValueError(f"{kernel!r} is not a kernel release such as 6.8.4-2-pve")
    return all(_holds(operator, release.numbers, bound) for operator, bound in parse_guard(guard))


def _holds(operator: str, numbers: tuple[int, ...], bound: tuple[int, ...]) -> bool:
    known = (*numbers, 0, 0)[: len(bound)]
    match operator:
        case ">=":
            return known >= bound
        case "<=":
            return known <= bound
        case ">":
            return known > bound
        case "<":
            return known < bound
        case "==":
            return known == bound
        case _:
            return known != bound


def _pointing_at(text: str, position: int, wanted: str) -> str:
    return f"{wanted}\n    {text}\n    {'~' * position}^"
