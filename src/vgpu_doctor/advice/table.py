"""Does a vGPU host build work on a kernel series, with a GPU of a generation? One answer for report, check and docs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vgpu_doctor.knowledge.catalogue import Catalogue
from vgpu_doctor.knowledge.catalogue_entries import GpuGeneration, VgpuRelease
from vgpu_doctor.knowledge.library import Library
from vgpu_doctor.knowledge.versions import series_numbers
from vgpu_doctor.model import Signature

OTHER_MODULES = ("nvidia-drm", "nvidia-uvm", "nvidia-modeset", "nvidia-peermem")
"""Modules that a vGPU host package does not build."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it works, and how much stands behind that."""

    works: bool | None  # None is not known
    basis: Literal["shown", "expected", "known", "gpu", "unknown"]  # known: that it fails; gpu: the branch dropped it
    confidence: str  # high, medium, low


def answer(catalogue: Catalogue, release: VgpuRelease, series: str, gpu: GpuGeneration | None = None) -> Answer:
    """Whether the unmodified host package of a release builds and loads on a series, with that GPU if one is given.

    ``expected`` lies between the newest series that it was shown on and the first on which it fails.
    """
    if gpu is not None and not gpu.has_branch(release.branch):
        return Answer(False, "gpu", gpu.confidence)
    wanted = series_numbers(series)
    if release.failing_series is not None and wanted >= series_numbers(release.failing_series):
        return Answer(False, "known", release.kernel_confidence)
    if release.shown_series is not None and wanted <= series_numbers(release.shown_series):
        return Answer(True, "shown", release.kernel_confidence)
    if release.failing_series is not None:
        return Answer(True, "expected", "low")
    return Answer(None, "unknown", "low")


def open_changes(library: Library, catalogue: Catalogue, build: str, series: str) -> list[Signature]:
    """Kernel changes up to a series that a vGPU host build is known not to have, oldest first.

    Records of series on which the build was shown to work are not read.
    """
    shown = [series_numbers(one.shown_series) for one in catalogue.releases_of(build) if one.shown_series]
    works_up_to = max(shown, default=(0, 0))
    found = []
    for name in library.ids:
        area, _, since = library.area(name).partition("/")
        if area != "kernel" or not works_up_to < series_numbers(since) <= series_numbers(series):
            continue
        signature = library[name]
        if concerns_host(signature) and catalogue.has_fix(build, signature.fixed_in) is False:
            found.append(signature)
    found.sort(key=lambda signature: (series_numbers(signature.area.removeprefix("kernel/")), signature.id))
    return found


def concerns_host(signature: Signature) -> bool:
    """Whether a change touches code that a vGPU host package builds."""
    files = [*(signature.source.files if signature.source else ()), *(edit.file for edit in signature.edits)]
    return not files or any(not file.startswith(OTHER_MODULES) for file in files)
