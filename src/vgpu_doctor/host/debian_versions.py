"""The order of Debian's version numbers."""

from __future__ import annotations

import re
from functools import cmp_to_key

_PIECE = re.compile(r"(\D*)(\d*)")


def compare_versions(one: str, other: str) -> int:
    """-1, 0 or 1 as ``one`` is older than, equal to or newer than ``other``, as dpkg counts."""
    for left, right in zip(_parts(one), _parts(other), strict=True):
        if (result := _compare(left, right)) != 0:
            return result
    return 0


newest_first = cmp_to_key(lambda one, other: compare_versions(str(other), str(one)))
"""A key for sorting versions, the newest first."""


def _parts(version: str) -> tuple[str, str, str]:
    """Epoch, upstream version, revision."""
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    upstream, dash, revision = rest.rpartition("-")
    return (epoch, upstream, revision) if dash else (epoch, rest, "0")


def _compare(left: str, right: str) -> int:
    while left or right:
        one, other = _PIECE.match(left), _PIECE.match(right)
        if one is None or other is None:
            break
        for a, b in zip(_padded(one[1], len(other[1])), _padded(other[1], len(one[1])), strict=True):
            if a != b:
                return -1 if a < b else 1
        numbers = int(one[2] or 0), int(other[2] or 0)
        if numbers[0] != numbers[1]:
            return -1 if numbers[0] < numbers[1] else 1
        left, right = left[one.end() :], right[other.end() :]
    return 0


def _padded(text: str, length: int) -> list[int]:
    """Order of characters: a tilde before the end, letters before everything else."""
    weights = [-1 if c == "~" else ord(c) if c.isalpha() else ord(c) + 256 for c in text]
    return weights + [0] * (length - len(text))
