"""Whether a cause concerns a driver tree, by what its source uses; nothing is compiled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen
from vgpu_doctor.patching.edits import apply_edit
from vgpu_doctor.patching.pattern import compile_pattern, find_all
from vgpu_doctor.patching.ranges import EVERY, MAX_CONDITION_TOKENS, MAX_NESTING, Ranges, both, guard_ranges
from vgpu_doctor.patching.tokens import language_of
from vgpu_doctor.patching.tree import fits_glob
from vgpu_doctor.patching.unified_diff import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.model import Signature, SourceTrace
    from vgpu_doctor.patching.source import Branch, Source
    from vgpu_doctor.patching.tree import DriverTree

NO_TRACE = "the record does not say how the cause shows in a source"
NOT_USED = "the source does not use it"
SWITCHED_OFF = "the source uses it only where it switches itself off"
INCLUDED = "the source includes what it needs"
TESTED = "the driver's conftest.sh tests for it"
SETTLED = "the source chooses by version, or by a test of its own, at every place"

_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"\n]+)[>\"]", re.MULTILINE)
_WORD = re.compile(r"(?<![$\w])\w+")


@frozen
class Affected:
    """The first place where a tree uses what the kernel changed."""

    file: str  # below the tree
    line: int  # from 1


def affected(signature: Signature, tree: DriverTree) -> Affected | str:
    """Where a tree is concerned by a cause, or the reason why it is not.

    Places that only kernels before the change compile do not count, so a tree that was patched is not concerned.
    """
    trace = signature.source
    if trace is None or not trace.uses:
        return NO_TRACE
    kernels: Ranges = guard_ranges(f">={signature.kernel.since}") if signature.kernel else EVERY
    found = _used(trace, kernels, tree)
    if isinstance(found, str):
        return found
    if tree.tests().intersection(trace.unless):
        return TESTED
    return SETTLED if _settled(signature, tree) else found


def _settled(signature: Signature, tree: DriverTree) -> bool:
    """Whether the edits of a cause find their places, and nothing to do at any of them."""
    done = 0
    for edit in signature.edits:
        for file in tree.matching(edit.file):
            result = apply_edit(Draft.of(tree.text(file)), edit, file, signature.conftest)
            if result.places or result.refused:
                return False
            done += result.done
    return done > 0


def _used(trace: SourceTrace, kernels: Ranges, tree: DriverTree) -> Affected | str:
    """The first use that counts, or why there is none."""
    reason = NOT_USED
    zeros: dict[str, bool] = {}
    for file in tree.files:
        if not _looked_at(file, trace):
            continue
        text = tree.text(file)
        for use in trace.uses:
            if not all(word in text for word in _WORD.findall(use)):
                continue
            source = tree.source(file)
            for place in find_all(compile_pattern(use, language_of(file)), source):
                if not both(source.kernels(place.first), kernels):
                    continue
                if switched_off(source, place.first, tree, zeros):
                    reason = SWITCHED_OFF
                elif _includes_any(trace.lacks_include, file, tree):
                    reason = INCLUDED
                else:
                    return Affected(file, source.line_of(place.first) + 1)
    return reason


def _includes_any(wanted: Sequence[str], file: str, tree: DriverTree) -> bool:
    """Whether a file, or a header of the tree that it includes, includes one of these."""
    if not wanted:
        return False
    named: dict[str, list[str]] = {}
    for one in tree.files:
        named.setdefault(one.rpartition("/")[2], []).append(one)
    seen, waiting = {file}, [file]
    while waiting:
        for header in _INCLUDE.findall(tree.text(waiting.pop())):
            if header in wanted:
                return True
            own = [one for one in named.get(header.rpartition("/")[2], ()) if one not in seen]
            seen.update(own)
            waiting += own
    return False


def _looked_at(file: str, trace: SourceTrace) -> bool:
    if trace.files:
        return any(fits_glob(pattern, file) for pattern in trace.files)
    return file.endswith((".c", ".h"))


OFF_ON_X86 = frozenset({"NVCPU_IS_AARCH64", "NVCPU_IS_ARM", "NVCPU_IS_PPC64LE", "NVCPU_IS_RISCV64"})
"""Macros of the driver's own headers that are 1 on another processor only."""


def switched_off(source: Source, token: int, tree: DriverTree, known: dict[str, bool]) -> bool:
    """Whether a token stands in a branch that asks, beside other things, for a macro that is 0.

    ``known`` remembers the macros of a tree that were looked up.
    """
    branch, depth = source.branch[token], 0
    while branch is not None and depth < MAX_NESTING:
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
    while first > 0 and last - first < MAX_CONDITION_TOKENS and source.directive[first - 1] == source.directive[last]:
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
