"""Decide whether a kernel has a change and whether a driver handles it; None means not known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.compat.release_table import concerns
from vgpu_doctor.compat.verdict import Cause
from vgpu_doctor.frozen import frozen
from vgpu_doctor.versions import parse_kernel, series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.compat.verdict import Question
    from vgpu_doctor.model import Signature
    from vgpu_doctor.patching.source_scan import Affected
    from vgpu_doctor.signatures.index import Library
    from vgpu_doctor.versions import KernelRelease

_BACKPORT = re.compile(r"(?:(?P<whose>\w+) )?(?P<numbers>\d+\.\d+\.\d+)(?:-(?P<build>\d+))?\Z", re.ASCII)


@frozen
class Changes:
    """The changes in a kernel that a driver may not handle."""

    lacking: tuple[Cause, ...]
    undecided: tuple[str, ...]
    searched: int  # changes that the source was searched for
    probed: int  # changes that the headers were searched for


def changes_between(question: Question, shown: str | None, catalogue: Catalogue, library: Library) -> Changes:
    """Return the changes that the kernel has and the driver does not handle, and those that are not known.

    ``shown`` is the newest series on which the driver as NVIDIA ships it was shown to work; changes up to it are
    skipped, unless the driver's source is at hand.
    """
    lacking: list[Cause] = []
    undecided: list[str] = []
    searched = probed = 0
    works_up_to = series_numbers(shown) if shown and question.source is None else (0, 0)
    for signature in _candidates(library, question, works_up_to):
        here, by_headers, backport = carried(signature, question)
        probed += by_headers
        if here is False:
            continue
        place, lacks = _lacked(signature, question, catalogue)
        searched += question.source is not None and place is not None
        if lacks and here:
            lacking.append(Cause(signature, place if not isinstance(place, bool) else None, by_headers, backport))
        elif lacks is not False and signature.kernel is not None and _may_concern(signature, question):
            undecided.append(signature.id)
    lacking.sort(key=lambda cause: (at_run_time(cause.signature), _since(cause.signature), cause.id))
    return Changes(tuple(lacking), tuple(undecided), searched, probed)


def at_run_time(signature: Signature) -> bool:
    """Return whether the module builds all the same, and fails when it is loaded or used."""
    return signature.stage != "build"


def _candidates(library: Library, question: Question, works_up_to: tuple[int, int]) -> Iterator[Signature]:
    for name in library.ids:
        area, _, since = library.area(name).partition("/")
        of_toolchain = area == "build" and question.headers is not None and library[name].probe is not None
        if of_toolchain or (area == "kernel" and series_numbers(since) > works_up_to):
            signature = library[name]
            if not signature.last_resort:  # a cause only if nothing else is found, which is not known in advance
                yield signature


def _since(signature: Signature) -> tuple[int, int]:
    return series_numbers(signature.kernel.since) if signature.kernel else (0, 0)


def carried(signature: Signature, question: Question) -> tuple[bool | None, bool, str | None]:
    """Return whether the kernel has the change, whether its headers say so, and the update that brought it there."""
    if question.headers is not None and signature.probe is not None:
        found = question.headers.has_change(signature.probe)
        if found is not None:
            return found, True, None
    kernel = parse_kernel(question.kernel)
    if kernel is None or signature.kernel is None:
        return None, False, None
    if series_numbers(kernel.series) >= _since(signature):
        return True, False, None
    if backport := _backport(signature, kernel):
        return True, False, backport
    return (False if kernel.series_predicts else None), False, None


def _backport(signature: Signature, kernel: KernelRelease) -> str | None:
    """Return the update of the same series, at or before this kernel, that a record says brought the change."""
    for text in signature.kernel.backports if signature.kernel else ():
        found = _BACKPORT.match(text.removeprefix("stable "))
        if found is None or len(kernel.numbers) < 3:
            continue
        numbers = tuple(int(number) for number in found["numbers"].split("."))
        if numbers[:2] != kernel.numbers[:2]:
            continue
        if found["build"] is not None:
            same = (found["whose"] or "").lower() == kernel.distribution and numbers == kernel.numbers
            if same and kernel.build is not None and kernel.build >= int(found["build"]):
                return text
        elif found["whose"] is None and kernel.numbers >= numbers and kernel.series_predicts:
            return text
    return None


def _lacked(
    signature: Signature, question: Question, catalogue: Catalogue
) -> tuple[Affected | bool | None, bool | None]:
    """Return what the source shows (None: it was not searched), and whether the driver lacks the change."""
    if question.source is not None:
        used = question.source.uses(signature)
        if used is not None:
            return used, used is not False
    if not _may_concern(signature, question):
        return None, False
    fixed = catalogue.has_fix(question.build, signature.fixed_in)
    return None, None if fixed is None else not fixed


def _may_concern(signature: Signature, question: Question) -> bool:
    """Return whether the package has the code at all; a record that names no fix speaks of sources only."""
    if not signature.fixed_in:
        return False
    host = question.kind == "host"
    tree = question.tree
    if question.source is not None:
        tree = question.source.tree.name
        host = host and not question.source.for_display
    return concerns(signature, tree, host=host)
