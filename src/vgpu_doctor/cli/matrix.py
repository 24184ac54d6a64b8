"""``vgpu-doctor check --matrix``: releases against kernel series, in the forms that tables have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vgpu_doctor.compat.matrix import matrix
from vgpu_doctor.errors import CheckError
from vgpu_doctor.messages import phrase
from vgpu_doctor.report.wrapping import aligned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import GpuGeneration
    from vgpu_doctor.signatures.index import Library

SCHEMA = "vgpu-doctor/matrix/1"


def write_matrix(
    gpu: GpuGeneration | None,
    kernels: Sequence[str],
    form: str,
    language: str,
    catalogue: Catalogue,
    library: Library,
    out: TextIO,
) -> None:
    """Write text, Markdown or JSON. Raise :class:`CheckError` for a format that has no tables."""
    if form not in ("text", "markdown", "json"):
        raise CheckError(f"--matrix: there is no table as {form}; there are text, markdown and json")
    rows = list(matrix(catalogue, library, gpu, kernels))
    legend = phrase(language, "matrix_legend")
    if form == "json":
        header, *lines = rows
        table = [
            {"release": row[0], "driver": row[1], "series": dict(zip(header[2:], row[2:], strict=True))}
            for row in lines
        ]
        name = gpu.name if gpu is not None else None
        out.write(json.dumps({"schema": SCHEMA, "gpu": name, "rows": table}, ensure_ascii=False, indent=2) + "\n")
    elif form == "markdown":
        rows.insert(1, tuple("---" for _ in rows[0]))
        out.write("\n".join(f"| {' | '.join(row)} |" for row in rows) + f"\n\n{legend}\n")
    else:
        out.write("\n".join(aligned(rows)) + f"\n\n{legend}\n")
