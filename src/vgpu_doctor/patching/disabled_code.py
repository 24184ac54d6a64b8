"""Parts of a source that no build for x86 compiles, whatever the kernel: their condition is 0 in the tree itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.patching.ranges import DEEPEST, LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.patching.source import Branch, Source
    from vgpu_doctor.patching.tree import DriverTree

OFF_ON_X86 = frozenset({"NVCPU_IS_AARCH64", "NVCPU_IS_ARM", "NVCPU_IS_PPC64LE", "NVCPU_IS_RISCV64"})
"""Macros of the driver's own headers that are 1 on another processor only."""


def switched_off(source: Source, token: int, tree: DriverTree, known: dict[str, bool]) -> bool:
    """Whether a token stands in a branch that asks, beside other things, for a macro that is 0.

    ``known`` remembers the macros of a tree that were looked up.
    """
    branch, depth = source.branch[token], 0
    while branch is not None and depth < DEEPEST:
        for name in _asked_for(source, branch):
            if name not in known:
                known[name] = _is_zero(name, tree)
            if known[name]:
                return True
        branch, depth = branch.parent, depth + 1
    return False


def _asked_for(source: Source, branch: Branch) -> Iterator[str]:
    """The macros that must not be 0: ``A`` and ``B`` of ``#if A && B()``; none where the condition is another."""
    texts, last = source.tokens.texts, branch.first - 1
    first = last
    while first > 0 and last - first < LONGEST and source.directive[first - 1] == source.directive[last]:
        first -= 1
    words = texts[first : last + 1]
    if words[:2] not in (["#", "if"], ["#", "elif"]):
        return
    part: list[str] = []
    parts = [part]
    level = 0
    for word in words[2:]:
        level += (word == "(") - (word == ")")
        if level == 0 and word in ("||", "?"):
            return
        if level == 0 and word == "&&":
            parts.append(part := [])
        else:
            part.append(word)
    for part in parts:
        if len(part) == 1 or part[1:] == ["(", ")"]:
            yield part[0]


def _is_zero(name: str, tree: DriverTree) -> bool:
    """Whether the tree defines ``NAME()`` as 0, in one place, and nobody can have defined it before."""
    if name in OFF_ON_X86:
        return True
    if not re.fullmatch(r"\w+", name):
        return False
    texts = [text for file in tree.files if name in (text := tree.text(file))]
    defined = [body for text in texts for body in re.findall(rf"\bdefine[ \t]+{name}\(\)([^\n]*)", text)]
    asked = re.compile(rf"(?:\b(?:undef|ifn?def)[ \t]+|\bdefined(?:[ \t]*\([ \t]*|[ \t]+)|-D){name}\b")
    return [body.strip() for body in defined] == ["0"] and not any(asked.search(text) for text in texts)
