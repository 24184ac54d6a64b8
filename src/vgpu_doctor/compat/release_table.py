"""Whether a vGPU host build works on a kernel series, with a GPU of a generation: one answer for all who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vgpu_doctor.frozen import frozen
from vgpu_doctor.versions import ENTERPRISE, driver_branch, series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import GpuGeneration, VgpuRelease
    from vgpu_doctor.model import Signature
    from vgpu_doctor.signatures.index import Library

OTHER_MODULES = ("nvidia-drm", "nvidia-uvm", "nvidia-modeset", "nvidia-peermem")
"""Modules that a vGPU host package does not have."""

OPEN_FILES = ("nvidia/libspdm", "nvidia/internal_crypt_lib")
"""Folders that only the open modules have."""

HOST_FILES = ("nvidia-vgpu-vfio", "nvidia/nv-vgpu-vfio")
"""Folders that only a vGPU host package has."""

MIN_SERIES = "5.10"  # the first column of the table


@frozen
class Answer:
    """Whether it works, and how well that is known."""

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
    """Return whether the unmodified host package of a release builds and loads on a series, with that GPU, if any.

    ``expected`` lies between the newest series that it was shown on and the first on which it fails, or follows an
    older release of its branch that was shown there. With a library, the answer names the changes that the build lacks;
    if these, or changes that were not looked for in a branch so old, contradict the expectation, it is not known.
    """
    if gpu is not None and not gpu.has_branch(release.branch):
        return Answer(False, "gpu", gpu.confidence)
    wanted = series_numbers(series)
    tree = gpu.host_tree(release.branch) if gpu is not None else None
    changes = list(_changes(library, catalogue, release.host, series, tree)) if library is not None else []
    because = tuple(change.id for change in changes if catalogue.has_fix(release.host, change.fixed_in) is False)
    if release.failing_series is not None and wanted >= series_numbers(release.failing_series):
        return Answer(False, "known", release.kernel_confidence, because)
    if release.shown_series is not None and wanted <= series_numbers(release.shown_series):
        return Answer(True, "shown", release.kernel_confidence)
    expected = release.failing_series is not None or any(
        older.shown_series is not None and wanted <= series_numbers(older.shown_series)
        for older in catalogue.releases_in(release.host)
        if older.numbers < release.numbers
    )
    if expected and not because and not any(_too_old_for(release.host, change) for change in changes):
        return Answer(True, "expected", "low")
    return Answer(None, "unknown", "low", because)


def open_changes(
    library: Library, catalogue: Catalogue, build: str, series: str, tree: str | None = None, *, host: bool = True
) -> list[Signature]:
    """Return kernel changes up to a series that a build is known to lack, oldest first.

    Records of series on which a vGPU host build was shown to work are not read. ``tree`` defaults to the closed
    modules, which most hosts build.
    """
    changes = _changes(library, catalogue, build, series, tree, host=host)
    found = [change for change in changes if catalogue.has_fix(build, change.fixed_in) is False]
    found.sort(key=lambda signature: (series_numbers(signature.area.removeprefix("kernel/")), signature.id))
    return found


def _changes(
    library: Library, catalogue: Catalogue, build: str, series: str, tree: str | None, *, host: bool = True
) -> Iterator[Signature]:
    """Yield the changes that concern the package, after the series that the build was shown on, up to another."""
    shown = [
        series_numbers(release.shown_series)
        for release in catalogue.releases_of(build)
        if host and release.shown_series
    ]
    works_up_to = max(shown, default=(0, 0))
    for name in library.ids:
        area, _, since = library.area(name).partition("/")
        if area == "kernel" and works_up_to < series_numbers(since) <= series_numbers(series):
            signature = library[name]
            if concerns(signature, tree, host=host):
                yield signature


def _too_old_for(build: str, signature: Signature) -> bool:
    """Return whether every branch for which a fix is known is newer than this build's."""
    return bool(signature.fixed_in) and int(driver_branch(build)) < min(int(branch) for branch in signature.fixed_in)


def concerns(signature: Signature, tree: str | None = None, *, host: bool = True) -> bool:
    """Return whether a change touches code that this kind of package builds; without ``tree``, the closed modules.

    A record of the closed modules alone is ruled out by the source of the open ones only (:mod:`.driver_source`).
    """
    scope = signature.applies_to
    if scope.modules == "open" and tree != "kernel-open":
        return False
    if scope.package is not None and (scope.package == "host") != host:
        return False
    elsewhere = (*(OTHER_MODULES if host else HOST_FILES), *(OPEN_FILES if tree != "kernel-open" else ()))
    files = [*(signature.source.files if signature.source else ()), *(edit.file for edit in signature.edits)]
    return not files or any(not file.startswith(elsewhere) for file in files)


def table_rows(catalogue: Catalogue, library: Library) -> Iterator[tuple[str, ...]]:
    """Yield the table of releases and series, as texts: a header, then a row for each release.

    A cell is yes, expected, no or ``?``; the last column names the changes that the release lacks on the first series
    on which it is known to lack any.
    """
    series = table_series(catalogue)
    yield ("release", "host driver", *series, "first known cause")
    for release in catalogue.releases:
        answers = [answer(catalogue, release, column, library=library) for column in series]
        stops = next(
            (
                f"{column}: {', '.join(found.because)}"
                for column, found in zip(series, answers, strict=True)
                if found.because
            ),
            "",
        )
        yield (release.release, release.host, *(_cell(found) for found in answers), stops)


def table_series(catalogue: Catalogue) -> list[str]:
    """Return the series of the table: those of Proxmox, and the defaults of distributions with telling numbers."""
    names = {known.series for known in catalogue.all_series}
    names |= {system.default for system in catalogue.distributions if system.distribution not in ENTERPRISE}
    oldest = series_numbers(MIN_SERIES)
    return sorted((name for name in names if series_numbers(name) >= oldest), key=series_numbers)


def _cell(found: Answer) -> str:
    if found.works is None:
        return "?"
    return {"shown": "yes", "expected": "expected"}.get(found.basis, "no")
