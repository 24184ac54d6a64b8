"""The table of vGPU releases against kernel series, for one GPU or for any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.compat.predict import predict
from vgpu_doctor.compat.release_table import table_series
from vgpu_doctor.compat.verdict import Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import GpuGeneration
    from vgpu_doctor.compat.verdict import Prediction
    from vgpu_doctor.signatures.index import Library

CELLS = {"builds": "yes", "unusable": "load", "fails": "no", "unknown": "?"}
"""Cells of the table; beside them, ``expected`` is an untested yes."""


def matrix(
    catalogue: Catalogue, library: Library, gpu: GpuGeneration | None, kernels: Sequence[str] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield a header, then a row for each release that supports the GPU; by default for every known series."""
    series = kernels or table_series(catalogue)
    yield ("release", "driver", *series)
    for release in catalogue.releases:
        if gpu is not None and not gpu.has_branch(release.branch):
            continue
        tree = gpu.host_tree(release.branch) if gpu is not None else None
        questions = (Question(release.host, "host", column, gpu, tree) for column in series)
        cells = (_cell(predict(question, catalogue, library)) for question in questions)
        yield (release.release, release.host, *cells)


def _cell(prediction: Prediction) -> str:
    expected = any(basis.message.key in ("basis_expected", "basis_records") for basis in prediction.basis)
    return "expected" if prediction.verdict == "builds" and expected else CELLS[prediction.verdict]
