"""Whether a cause concerns a driver tree, by what its source uses; nothing is compiled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.patching.draft import Draft
from vgpu_doctor.patching.edits import apply_edit
from vgpu_doctor.patching.paths import fits_glob
from vgpu_doctor.patching.pattern import compile_pattern, find_all
from vgpu_doctor.patching.ranges import EVERY, Ranges, both, guard_ranges
from vgpu_doctor.patching.tokens import language_of
from vgpu_doctor.values import frozen

if TYPE_CHECKING:
    from vgpu_doctor.model import Signature, SourceTrace
    from vgpu_doctor.patching.tree import DriverTree

NO_TRACE = "the record does not say how the cause shows in a source"
NOT_USED = "the source does not use it"
TESTED = "the driver's conftest.sh tests for it"
SETTLED = "the source chooses by version, or by a test of its own, at every place"

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
    if found is None:
        return NOT_USED
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


def _used(trace: SourceTrace, kernels: Ranges, tree: DriverTree) -> Affected | None:
    for file in tree.files:
        if not _looked_at(file, trace):
            continue
        text = tree.text(file)
        for use in trace.uses:
            if not all(word in text for word in _WORD.findall(use)):
                continue
            source = tree.source(file)
            for place in find_all(compile_pattern(use, language_of(file)), source):
                if both(source.kernels(place.first), kernels):
                    return Affected(file, source.line_of(place.first) + 1)
    return None


def _looked_at(file: str, trace: SourceTrace) -> bool:
    if trace.files:
        return any(fits_glob(pattern, file) for pattern in trace.files)
    return file.endswith((".c", ".h"))
