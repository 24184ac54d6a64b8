"""Does a vGPU host build work on a kernel series, with a GPU of a generation? One answer for report, check and docs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vgpu_doctor.knowledge.versions import series_numbers
from vgpu_doctor.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.knowledge.catalogue import Catalogue
    from vgpu_doctor.knowledge.catalogue_entries import GpuGeneration, VgpuRelease
    from vgpu_doctor.knowledge.library import Library
    from vgpu_doctor.model import Signature

OTHER_MODULES = ("nvidia-drm", "nvidia-uvm", "nvidia-modeset", "nvidia-peermem")
"""Modules that a vGPU host package does not build."""

OPEN_FILES = ("nvidia/libspdm", "nvidia/internal_crypt_lib")
OPEN_CHANGES = frozenset({"follow-pte-vma-arg", "mm-pasid-moved", "pci-resize-resource-args"})
"""What only the open modules contain, or do not guard: these files, and what these records say of themselves."""

OLDEST_COLUMN = "5.10"


@frozen
class Answer:
    """Whether it works, and how much stands behind that."""

    works: bool | None  # None is not known
    basis: Literal["shown", "expected", "known", "gpu", "unknown"]  # known: that it fails; gpu: the branch lacks it
    confidence: str  # high, medium, low
    because: tuple[str, ...] = ()  # ids of changes that the build lacks; empty where no library was asked


def answer(
    catalogue: Catalogue,
    release: VgpuRelease,
    series: str,
    gpu: GpuGeneration | None = None,
    library: Library | None = None,
) -> Answer:
    """Whether the unmodified host package of a release builds and loads on a series, with that GPU if one is given.

    ``expected`` lies between the newest series that it was shown on and the first on which it fails. With a library,
    the answer names the changes that the build lacks; where they speak against the catalogue's expectation, it is not
    known.
    """
    if gpu is not None and not gpu.has_branch(release.branch):
        return Answer(False, "gpu", gpu.confidence)
    wanted = series_numbers(series)
    tree = gpu.host_tree(release.branch) if gpu is not None else None
    lacking = open_changes(library, catalogue, release.host, series, tree) if library is not None else []
    because = tuple(signature.id for signature in lacking)
    if release.failing_series is not None and wanted >= series_numbers(release.failing_series):
        return Answer(False, "known", release.kernel_confidence, because)
    if release.shown_series is not None and wanted <= series_numbers(release.shown_series):
        return Answer(True, "shown", release.kernel_confidence)
    if release.failing_series is not None and not because:
        return Answer(True, "expected", "low")
    return Answer(None, "unknown", "low", because)


def open_changes(
    library: Library, catalogue: Catalogue, build: str, series: str, tree: str | None = None, *, host: bool = True
) -> list[Signature]:
    """Kernel changes up to a series that a build is known not to have, oldest first.

    Records of series on which a vGPU host build was shown to work are not read. Without ``tree`` the closed modules
    are meant, as most hosts build them.
    """
    shown = [series_numbers(one.shown_series) for one in catalogue.releases_of(build) if host and one.shown_series]
    works_up_to = max(shown, default=(0, 0))
    found = []
    for name in library.ids:
        area, _, since = library.area(name).partition("/")
        if area != "kernel" or not works_up_to < series_numbers(since) <= series_numbers(series):
            continue
        signature = library[name]
        if catalogue.has_fix(build, signature.fixed_in) is False and concerns(signature, tree, host=host):
            found.append(signature)
    found.sort(key=lambda signature: (series_numbers(signature.area.removeprefix("kernel/")), signature.id))
    return found


def concerns(signature: Signature, tree: str | None = None, *, host: bool = True) -> bool:
    """Whether a change touches code that this kind of package builds."""
    if tree != "kernel-open" and signature.id in OPEN_CHANGES:
        return False
    elsewhere = (*(OTHER_MODULES if host else ()), *(OPEN_FILES if tree != "kernel-open" else ()))
    files = [*(signature.source.files if signature.source else ()), *(edit.file for edit in signature.edits)]
    return not files or any(not file.startswith(elsewhere) for file in files)


def table_rows(catalogue: Catalogue, library: Library) -> Iterator[tuple[str, ...]]:
    """The table of releases and series, as texts: a header, then a row for each release.

    A cell is yes, expected, no or ``?``; the last column names what stops the release on the first series with a no.
    """
    series = table_series(catalogue)
    yield ("release", "host driver", *series, "what stops it first")
    for release in catalogue.releases:
        answers = [answer(catalogue, release, one, library=library) for one in series]
        stops = next(
            (f"{one}: {', '.join(found.because)}" for one, found in zip(series, answers, strict=True) if found.because),
            "",
        )
        yield (release.release, release.host, *(_cell(found) for found in answers), stops)


def table_series(catalogue: Catalogue) -> list[str]:
    """The series of the table: those of Proxmox, and what other distributions have by default."""
    names = {one.series for one in catalogue.all_series} | {one.default for one in catalogue.distributions}
    oldest = series_numbers(OLDEST_COLUMN)
    return sorted((name for name in names if series_numbers(name) >= oldest), key=series_numbers)


def _cell(found: Answer) -> str:
    if found.works is None:
        return "?"
    return {"shown": "yes", "expected": "expected"}.get(found.basis, "no")
