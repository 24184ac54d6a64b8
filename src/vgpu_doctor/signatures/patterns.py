"""How a field of a record is compared with a capture of a diagnostic."""

from __future__ import annotations

from functools import lru_cache

QUALIFIERS = frozenset({"const", "volatile", "restrict"})


@lru_cache(maxsize=4096)
def normal(value: str) -> str:
    """A C type or name without qualifiers and with blanks folded: ``const struct a *`` and ``struct a*`` are one."""
    folded = " ".join(word for word in value.split() if word not in QUALIFIERS)
    return folded.replace(" *", "*").replace("( ", "(").replace(" )", ")")


def fits(pattern: str, value: str) -> bool:
    """Whether a value is what a record asks for; ``*`` stands for any text. Linear in the length of the value."""
    first, *others = pattern.split("*")
    if not others:
        return pattern == value
    *middle, last = others
    if len(value) < len(first) + len(last) or not value.startswith(first) or not value.endswith(last):
        return False
    position, end = len(first), len(value) - len(last)
    for part in middle:
        found = value.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True
