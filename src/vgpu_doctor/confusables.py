"""Compare names as OCR reads them from a screenshot with the names that stood on the screen.

The idea is that of Unicode's confusables (UTS #39): each name has a *skeleton*, in which all characters that are easily
taken for each other are one, and two names are confusable if their skeletons are equal.
"""

from __future__ import annotations

ALIKE = str.maketrans("1I|!0OS5Z8q9", "llllooss2Bgg", " _-\u2014")
"""Characters that OCR takes for each other; blanks, underscores and dashes are those that it loses between words."""

MIN_LENGTH = 6  # characters of a skeleton; shorter ones are equal by accident
MIN_LENGTH_CHANGED = 8  # characters of a skeleton in which one may be wrong altogether


def skeleton(name: str) -> str:
    """Return ``name`` with every confusable character replaced by one that stands for all of its kind.

    Leading underscores stay: in the kernel they tell one function from another.
    """
    underscores = len(name) - len(name.lstrip("_"))
    folded = name.translate(ALIKE).replace("rn", "m").replace("vv", "w").replace("cl", "d")
    return "_" * underscores + folded


def oddly_quoted(message: str) -> bool:
    """Whether a message mixes curly and straight quotes, which no compiler does."""
    return ("‘" in message or "’" in message) and "'" in message.replace("n't", "")


def differ_by_one(first: str, second: str) -> bool:
    """Whether two skeletons are equal but for one character that is wrong, missing or too many."""
    shorter = min(len(first), len(second))
    if shorter < MIN_LENGTH_CHANGED:
        return False
    position = next((position for position in range(shorter) if first[position] != second[position]), shorter)
    rest, other_rest = first[position:], second[position:]
    return rest[1:] in (other_rest, other_rest[1:]) or rest == other_rest[1:]
