"""Names as a machine reads them from a screenshot, beside the names that stood on the screen."""

from __future__ import annotations

ALIKE = str.maketrans("1I|!0OS5Z8q9", "llllooss2Bgg", " _-\u2014")
"""Characters that are taken for each other, and what gets lost between words."""
SHORTEST = 6  # characters; fewer say too little
SHORTEST_CHANGED = 8  # characters of a name of which one may be wrong altogether


def outline(name: str) -> str:
    """What is left of a name when all that is easily misread is made one; two names are alike if their outlines are.

    Underscores at the beginning stay: there they tell one function of the kernel from another.
    """
    begins = len(name) - len(name.lstrip("_"))
    folded = name.translate(ALIKE).replace("rn", "m").replace("vv", "w").replace("cl", "d")
    return "_" * begins + folded


def oddly_quoted(message: str) -> bool:
    """Whether quotes stand together that no compiler would use together."""
    return ("‘" in message or "’" in message) and "'" in message.replace("n't", "")


def differ_by_one(one: str, other: str) -> bool:
    """Whether one character is wrong, missing or too many."""
    shorter = min(len(one), len(other))
    if shorter < SHORTEST_CHANGED:
        return False
    place = next((place for place in range(shorter) if one[place] != other[place]), shorter)
    rest, other_rest = one[place:], other[place:]
    return rest[1:] in (other_rest, other_rest[1:]) or rest == other_rest[1:]
