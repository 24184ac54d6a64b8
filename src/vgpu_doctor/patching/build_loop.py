"""Patches what a build shows, and builds again, until nothing more is to be changed: errors hide other errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.patching.from_source import SourcePatch, patch_from_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vgpu_doctor.model import LogFacts, Signature
    from vgpu_doctor.patching.building import Built
    from vgpu_doctor.patching.tree import DriverTree

MOST_ROUNDS = 5


def built_in_rounds(
    tree: DriverTree,
    patch: SourcePatch,
    signatures: Sequence[Signature],
    facts: LogFacts,
    build: Callable[[SourcePatch], Built],
) -> tuple[SourcePatch, Built]:
    """The last patch, and the build with it.

    The first patch was made of ``signatures``; each one after it, of the untouched tree too, is also made of what the
    build before it showed.
    """
    wanted = list(signatures)
    built = build(patch)
    for _ in range(MOST_ROUNDS):
        if built.ok:
            break
        wanted += [finding.signature for finding in built.diagnosis.findings]
        larger = patch_from_source(tree, wanted, facts)
        if set(larger.cured) <= set(patch.cured):
            break
        patch, built = larger, build(larger)
    return patch, built
