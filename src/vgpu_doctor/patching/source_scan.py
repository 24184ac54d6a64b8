"""Tell from a driver's source whether a cause affects it, by what the source uses; nothing is compiled."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen
from vgpu_doctor.patching.edits import apply_edit
from vgpu_doctor.patching.paths import fits_glob
from vgpu_doctor.patching.pattern import compile_pattern, find_all
from vgpu_doctor.patching.ranges import EVERY, MAX_CONDITION_TOKENS, MAX_NESTING, Ranges, guard_ranges, intersection
from vgpu_doctor.patching.source import enclosing_branches
from vgpu_doctor.patching.tokens import language_of
from vgpu_doctor.patching.unified_diff import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.model import Signature, SourceTrace
    from vgpu_doctor.patching.source import Branch, Source
    from vgpu_doctor.patching.tree import DriverTree

OFF_ON_X86 = frozenset({"NVCPU_IS_AARCH64", "NVCPU_IS_ARM", "NVCPU_IS_PPC64LE", "NVCPU_IS_RISCV64"})
"""Macros of the driver's own headers that are 1 on another processor only."""

_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"\n]+)[>\"]", re.MULTILINE)
_WORD = re.compile(r"(?<![$\w])\w+")


@frozen
class Affected:
    """The first place where a tree uses what the kernel changed."""

    file: str  # below the tree
    line: int  # from 1


@frozen
class NotAffected:
    """Why a cause does not affect a tree, or why nothing can be said."""

    reason: str


NO_TRACE = NotAffected("the record does not say how the cause shows in a source")
NOT_USED = NotAffected("the source does not use it")
DISABLED = NotAffected("the source uses it only in code that it disables itself")
INCLUDED = NotAffected("the source includes what it needs")
TESTED = NotAffected("the driver's conftest.sh tests for it")
ALREADY_APPLIED = NotAffected("the source chooses by version, or by a test of its own, at every place")


def affected(signature: Signature, tree: DriverTree) -> Affected | NotAffected:
    """Return where a cause affects a tree, or why it does not.

    Places that only kernels before the change compile do not count, so a patched tree is not affected.
    """
    trace = signature.source
    if trace is None or not trace.uses:
        return NO_TRACE
    kernels: Ranges = guard_ranges(f">={signature.kernel.since}") if signature.kernel else EVERY
    use = _first_use(trace, kernels, tree)
    if isinstance(use, NotAffected):
        return use
    if tree.tests().intersection(trace.unless):
        return TESTED
    return ALREADY_APPLIED if _is_already_applied(signature, tree) else use


def _is_already_applied(signature: Signature, tree: DriverTree) -> bool:
    """Whether the edits of a cause find places but nothing to change at any of them."""
    already_applied = 0
    for edit in signature.edits:
        for file in tree.matching(edit.file):
            result = apply_edit(Draft.of(tree.text(file)), edit, file, signature.conftest)
            if result.places or result.refused:
                return False
            already_applied += result.already_applied
    return already_applied > 0


def _first_use(trace: SourceTrace, kernels: Ranges, tree: DriverTree) -> Affected | NotAffected:
    """Return the first use that counts, or why none does."""
    reason = NOT_USED
    disabled_code = _DisabledCode(tree)
    for file in tree.files:
        if not _is_searched(file, trace):
            continue
        text = tree.text(file)
        for use in trace.uses:
            if not all(word in text for word in _WORD.findall(use)):
                continue
            source = tree.source(file)
            for place in find_all(compile_pattern(use, language_of(file)), source):
                if not intersection(source.kernels(place.first), kernels):
                    continue
                if disabled_code.holds(source, place.first):
                    reason = DISABLED
                elif _includes_any(trace.lacks_include, file, tree):
                    reason = INCLUDED
                else:
                    return Affected(file, source.line_of(place.first) + 1)
    return reason


def _includes_any(headers: Sequence[str], file: str, tree: DriverTree) -> bool:
    """Whether a file, or a header of the tree that it includes, includes one of these headers."""
    if not headers:
        return False
    by_name: dict[str, list[str]] = {}
    for candidate in tree.files:
        by_name.setdefault(candidate.rpartition("/")[2], []).append(candidate)
    seen, waiting = {file}, [file]
    while waiting:
        for included in _INCLUDE.findall(tree.text(waiting.pop())):
            if included in headers:
                return True
            own = [header for header in by_name.get(included.rpartition("/")[2], ()) if header not in seen]
            seen.update(own)
            waiting += own
    return False


def _is_searched(file: str, trace: SourceTrace) -> bool:
    if trace.files:
        return any(fits_glob(glob, file) for glob in trace.files)
    return file.endswith((".c", ".h"))


class _DisabledCode:
    """Code that no build for x86 compiles, whatever the kernel: a macro of the tree itself makes its ``#if`` 0."""

    def __init__(self, tree: DriverTree) -> None:
        self._tree = tree
        self._zero: dict[str, bool] = {}  # by macro, as far as they were looked up

    def holds(self, source: Source, token: int) -> bool:
        """Whether a token stands in a branch whose condition requires a macro that is 0."""
        branches = islice(enclosing_branches(source.branch[token]), MAX_NESTING)
        return any(self._is_zero(macro) for branch in branches for macro in _required_macros(source, branch))

    def _is_zero(self, macro: str) -> bool:
        if macro not in self._zero:
            self._zero[macro] = self._is_defined_as_zero(macro)
        return self._zero[macro]

    def _is_defined_as_zero(self, macro: str) -> bool:
        """Whether the tree defines ``MACRO()`` as 0, in one place, and nothing can have defined it before."""
        if macro in OFF_ON_X86:
            return True
        if not re.fullmatch(r"\w+", macro):
            return False
        texts = [text for file in self._tree.files if macro in (text := self._tree.text(file))]
        values = [value for text in texts for value in re.findall(rf"\bdefine[ \t]+{macro}\(\)([^\n]*)", text)]
        tested = re.compile(rf"(?:\b(?:undef|ifn?def)[ \t]+|\bdefined(?:[ \t]*\([ \t]*|[ \t]+)|-D){macro}\b")
        return [value.strip() for value in values] == ["0"] and not any(tested.search(text) for text in texts)


def _required_macros(source: Source, branch: Branch) -> Iterator[str]:
    """Yield the macros that must not be 0: ``A`` and ``B`` of ``#if A && B()``; none of any other condition."""
    texts, last = source.tokens.texts, branch.first - 1
    first = last
    while first > 0 and last - first < MAX_CONDITION_TOKENS and source.directive[first - 1] == source.directive[last]:
        first -= 1
    words = texts[first : last + 1]
    if words[:2] not in (["#", "if"], ["#", "elif"]):
        return
    operand: list[str] = []
    operands = [operand]
    depth = 0
    for word in words[2:]:
        depth += (word == "(") - (word == ")")
        if depth == 0 and word in ("||", "?"):
            return
        if depth == 0 and word == "&&":
            operands.append(operand := [])
        else:
            operand.append(word)
    for operand in operands:
        if len(operand) == 1 or operand[1:] == ["(", ")"]:
            yield operand[0]
