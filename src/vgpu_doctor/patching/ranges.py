"""Which kernels a guard or an ``#if`` line speaks of, as ranges of LINUX_VERSION_CODE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.versions import parse_guard

if TYPE_CHECKING:
    from collections.abc import Sequence

Ranges = tuple[tuple[int, int], ...]
"""Half-open ranges of version codes, in order and apart from each other."""

ENDLESS = 1 << 40
EVERY: Ranges = ((0, ENDLESS),)
NONE: Ranges = ()
MAX_NESTING = 40  # parentheses of one condition
MAX_CONDITION_TOKENS = 600  # tokens of one condition; a longer one tells nothing
CODE, VERSION = "LINUX_VERSION_CODE", "KERNEL_VERSION"


def code(numbers: Sequence[int]) -> int:
    """The version code of a kernel: 6.8.4 is what KERNEL_VERSION(6, 8, 4) gives."""
    major, minor, patch = (*numbers, 0, 0)[:3]
    return (major << 16) + (minor << 8) + min(patch, 255)


def both(one: Ranges, other: Ranges) -> Ranges:
    """Kernels that are in both."""
    shared = [(max(a, c), min(b, d)) for a, b in one for c, d in other]
    return tuple(sorted((low, high) for low, high in shared if low < high))


def others(ranges: Ranges) -> Ranges:
    """Kernels that are not in these."""
    left: Ranges = EVERY
    for low, high in ranges:
        left = both(left, tuple(span for span in ((0, low), (high, ENDLESS)) if span[0] < span[1]))
    return left


def either(one: Ranges, other: Ranges) -> Ranges:
    """Kernels that are in one or the other."""
    return others(both(others(one), others(other)))


def compared(operator: str, low: int, high: int) -> Ranges:
    """Kernels for which ``version operator bound`` holds, where the bound covers the codes from low to high."""
    span = {
        ">=": (low, ENDLESS),
        ">": (high, ENDLESS),
        "<": (0, low),
        "<=": (0, high),
        "==": (low, high),
        "!=": (low, high),
    }[operator]
    found = (span,) if span[0] < span[1] else NONE
    return others(found) if operator == "!=" else found


def guard_ranges(guard: str) -> Ranges:
    """Kernels that a record's guard names; ``<=6.8`` takes all of 6.8 in."""
    found = EVERY
    for operator, numbers in parse_guard(guard):
        after = (*numbers[:-1], numbers[-1] + 1)
        found = both(found, compared(operator, code(numbers), code(after)))
    return found


def condition(ranges: Ranges) -> str:
    """The ranges as an expression of the preprocessor."""
    parts = []
    for low, high in ranges:
        bounds = [f"{CODE} >= {_version(low)}"] if low else []
        bounds += [f"{CODE} < {_version(high)}"] if high < ENDLESS else []
        parts.append(" && ".join(bounds) or "1")
    return parts[0] if len(parts) == 1 else " || ".join(f"({part})" for part in parts) or "0"


def _version(number: int) -> str:
    return f"{VERSION}({number >> 16}, {number >> 8 & 255}, {number & 255})"


def possible(tokens: Sequence[str], *, holds: bool = True) -> Ranges:
    """Kernels for which a condition of the preprocessor can hold (or can fail); what it does not know, it allows."""
    if len(tokens) > MAX_CONDITION_TOKENS:
        return EVERY
    try:
        found, end = _alternatives(tokens, 0, holds, 0)
    except (IndexError, KeyError, ValueError):
        return EVERY
    return found if end == len(tokens) else EVERY


def _alternatives(tokens: Sequence[str], at: int, holds: bool, depth: int) -> tuple[Ranges, int]:
    found, at = _conjunction(tokens, at, holds, depth)
    while at < len(tokens) and tokens[at] == "||":
        more, at = _conjunction(tokens, at + 1, holds, depth)
        found = either(found, more) if holds else both(found, more)
    return found, at


def _conjunction(tokens: Sequence[str], at: int, holds: bool, depth: int) -> tuple[Ranges, int]:
    found, at = _operand(tokens, at, holds, depth)
    while at < len(tokens) and tokens[at] == "&&":
        more, at = _operand(tokens, at + 1, holds, depth)
        found = both(found, more) if holds else either(found, more)
    return found, at


def _operand(tokens: Sequence[str], at: int, holds: bool, depth: int) -> tuple[Ranges, int]:
    if depth > MAX_NESTING:
        raise ValueError
    if tokens[at] == "!":
        return _operand(tokens, at + 1, not holds, depth + 1)
    if tokens[at] == CODE and tokens[at + 2] == VERSION and tokens[at + 3] == "(" and tokens[at + 9] == ")":
        bound = code([int(tokens[at + step]) for step in (4, 6, 8)])
        found = compared(tokens[at + 1], bound, bound + 1)
        return (found if holds else others(found)), at + 10
    if tokens[at] == "(":
        try:
            found, end = _alternatives(tokens, at + 1, holds, depth + 1)
            if tokens[end] == ")" and (end + 1 == len(tokens) or tokens[end + 1] in ("&&", "||", ")")):
                return found, end + 1
        except (IndexError, KeyError):
            pass
    return EVERY, _end_of_unknown(tokens, at)


def _end_of_unknown(tokens: Sequence[str], at: int) -> int:
    """Behind an operand that says nothing of versions."""
    level = 0
    while at < len(tokens):
        text = tokens[at]
        if level == 0 and text in ("&&", "||", ")"):
            break
        level += (text == "(") - (text == ")")
        at += 1
    return at
