"""Compare Debian package versions as dpkg does (deb-version(7))."""

from __future__ import annotations

import re
from functools import cmp_to_key

_TEXT_AND_NUMBER = re.compile(r"(\D*)(\d*)")


def compare_versions(left: str, right: str) -> int:
    """Return -1, 0 or 1 as ``left`` is older than, equal to or newer than ``right``."""
    for left_part, right_part in zip(_parts(left), _parts(right), strict=True):
        if (result := _compare(left_part, right_part)) != 0:
            return result
    return 0


newest_first = cmp_to_key(lambda left, right: compare_versions(str(right), str(left)))
"""A sort key for versions, newest first."""


def _parts(version: str) -> tuple[str, str, str]:
    """Split a version into epoch, upstream version and revision."""
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    upstream, dash, revision = rest.rpartition("-")
    return (epoch, upstream, revision) if dash else (epoch, rest, "0")


def _compare(left: str, right: str) -> int:
    """Compare pairs of a text without digits, by :func:`_weights`, and a number, until two differ."""
    while left or right:
        left_pair, right_pair = _TEXT_AND_NUMBER.match(left), _TEXT_AND_NUMBER.match(right)
        if left_pair is None or right_pair is None:
            break
        length = max(len(left_pair[1]), len(right_pair[1]))
        left_key = (_weights(left_pair[1], length), int(left_pair[2] or 0))
        right_key = (_weights(right_pair[1], length), int(right_pair[2] or 0))
        if left_key != right_key:
            return -1 if left_key < right_key else 1
        left, right = left[left_pair.end() :], right[right_pair.end() :]
    return 0


def _weights(text: str, length: int) -> list[int]:
    """Return sort weights, padded to ``length``: a tilde sorts before the end, letters before other characters."""
    weights = [-1 if char == "~" else ord(char) if char.isalpha() else ord(char) + 256 for char in text]
    return weights + [0] * (length - len(text))
