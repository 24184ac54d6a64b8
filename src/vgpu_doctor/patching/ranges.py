"""Read which kernels a guard or an ``#if`` line selects, as ranges of LINUX_VERSION_CODE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.versions import parse_guard

if TYPE_CHECKING:
    from collections.abc import Sequence

Ranges = tuple[tuple[int, int], ...]
"""Half-open ranges of version codes, in order and without overlap."""

ENDLESS = 1 << 40
EVERY: Ranges = ((0, ENDLESS),)
NONE: Ranges = ()
MAX_NESTING = 40  # of parentheses and of conditionals
MAX_CONDITION_TOKENS = 600  # a longer condition may select any kernel
CODE, VERSION = "LINUX_VERSION_CODE", "KERNEL_VERSION"


def code(numbers: Sequence[int]) -> int:
    """Return the version code of a kernel: that of 6.8.4 is KERNEL_VERSION(6, 8, 4)."""
    major, minor, patch = (*numbers, 0, 0)[:3]
    return (major << 16) + (minor << 8) + min(patch, 255)


def intersection(left: Ranges, right: Ranges) -> Ranges:
    """Return the kernels that are in both."""
    shared = [(max(low, start), min(high, end)) for low, high in left for start, end in right]
    return tuple(sorted((low, high) for low, high in shared if low < high))


def complement(ranges: Ranges) -> Ranges:
    """Return the kernels that are in none of these ranges."""
    rest: Ranges = EVERY
    for low, high in ranges:
        rest = intersection(rest, tuple(span for span in ((0, low), (high, ENDLESS)) if span[0] < span[1]))
    return rest


def union(left: Ranges, right: Ranges) -> Ranges:
    """Return the kernels that are in at least one of them."""
    return complement(intersection(complement(left), complement(right)))


def compared(operator: str, low: int, high: int) -> Ranges:
    """Return the kernels for which ``version operator bound`` holds; the bound covers codes from low to before high."""
    span = {
        ">=": (low, ENDLESS),
        ">": (high, ENDLESS),
        "<": (0, low),
        "<=": (0, high),
        "==": (low, high),
        "!=": (low, high),
    }[operator]
    found = (span,) if span[0] < span[1] else NONE
    return complement(found) if operator == "!=" else found


def guard_ranges(guard: str) -> Ranges:
    """Return the kernels that a record's guard selects; ``<=6.8`` includes all of 6.8."""
    found = EVERY
    for operator, numbers in parse_guard(guard):
        after = (*numbers[:-1], numbers[-1] + 1)
        found = intersection(found, compared(operator, code(numbers), code(after)))
    return found


def preprocessor_condition(ranges: Ranges) -> str:
    """Write the ranges as a preprocessor expression."""
    parts = []
    for low, high in ranges:
        bounds = [f"{CODE} >= {_version(low)}"] if low else []
        bounds += [f"{CODE} < {_version(high)}"] if high < ENDLESS else []
        parts.append(" && ".join(bounds) or "1")
    return parts[0] if len(parts) == 1 else " || ".join(f"({part})" for part in parts) or "0"


def _version(number: int) -> str:
    return f"{VERSION}({number >> 16}, {number >> 8 & 255}, {number & 255})"


def condition_ranges(tokens: Sequence[str], *, holds: bool = True) -> Ranges:
    """Return the kernels for which a preprocessor condition may hold (or may fail); unknown operands may do either."""
    if len(tokens) > MAX_CONDITION_TOKENS:
        return EVERY
    try:
        found, end = _alternatives(tokens, 0, holds, 0)
    except (IndexError, KeyError, ValueError):
        return EVERY
    return found if end == len(tokens) else EVERY


def _alternatives(tokens: Sequence[str], position: int, holds: bool, depth: int) -> tuple[Ranges, int]:
    found, position = _conjunction(tokens, position, holds, depth)
    while position < len(tokens) and tokens[position] == "||":
        more, position = _conjunction(tokens, position + 1, holds, depth)
        found = union(found, more) if holds else intersection(found, more)
    return found, position


def _conjunction(tokens: Sequence[str], position: int, holds: bool, depth: int) -> tuple[Ranges, int]:
    found, position = _operand(tokens, position, holds, depth)
    while position < len(tokens) and tokens[position] == "&&":
        more, position = _operand(tokens, position + 1, holds, depth)
        found = intersection(found, more) if holds else union(found, more)
    return found, position


def _operand(tokens: Sequence[str], position: int, holds: bool, depth: int) -> tuple[Ranges, int]:
    if depth > MAX_NESTING:
        raise ValueError
    if tokens[position] == "!":
        return _operand(tokens, position + 1, not holds, depth + 1)
    if (
        tokens[position] == CODE
        and tokens[position + 2] == VERSION
        and tokens[position + 3] == "("
        and tokens[position + 9] == ")"
    ):
        bound = code([int(tokens[position + step]) for step in (4, 6, 8)])
        found = compared(tokens[position + 1], bound, bound + 1)
        return (found if holds else complement(found)), position + 10
    if tokens[position] == "(":
        try:
            found, end = _alternatives(tokens, position + 1, holds, depth + 1)
            if tokens[end] == ")" and (end + 1 == len(tokens) or tokens[end + 1] in ("&&", "||", ")")):
                return found, end + 1
        except (IndexError, KeyError):
            pass
    return EVERY, _end_of_unknown(tokens, position)


def _is_version_test(tokens: Sequence[str], position: int) -> bool:
    """Whether ``LINUX_VERSION_CODE operator KERNEL_VERSION(a, b, c)`` begins at a token; IndexError if cut off."""
    return (
        tokens[position] == CODE
        and tokens[position + 2] == VERSION
        and tokens[position + 3] == "("
        and tokens[position + 9] == ")"
    )


def _end_of_unknown(tokens: Sequence[str], position: int) -> int:
    """Return the position after an operand that is not about versions."""
    depth = 0
    while position < len(tokens):
        text = tokens[position]
        if depth == 0 and text in ("&&", "||", ")"):
            break
        depth += (text == "(") - (text == ")")
        position += 1
    return position
