"""Finds the operand that ends at a place: what a hole at the beginning of a pattern stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vgpu_doctor.patching.source import Source

LONGEST = 400  # steps over names and bracketed groups
KEYWORDS = frozenset({"return", "if", "while", "for", "switch", "case", "else", "do", "sizeof", "goto"})


def operand_before(source: Source, end: int) -> int | None:
    """Where the operand begins that ends before a token: ``a->b[1].c`` or ``f(x)``; None where there is none."""
    texts, partner = source.tokens.texts, source.partner
    at = end
    for _ in range(LONGEST):
        if at <= 0:
            return None
        at -= 1
        if texts[at] in (")", "]"):
            if partner[at] < 0:
                return None
            at = partner[at]
            before = texts[at - 1] if at > 0 else ""
            if before in (")", "]") or (_is_word(before) and before not in KEYWORDS):
                continue
        elif not _is_word(texts[at]) or texts[at] in KEYWORDS:
            return None
        if at > 1 and texts[at - 1] in ("->", "."):
            at -= 1
            continue
        return at
    return None


def _is_word(text: str) -> bool:
    return text[:1].isalnum() or text[:1] in ("_", '"', "'")
