"""Check that catalogue and signatures say the same of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.compat.release_table import concerns
from vgpu_doctor.versions import series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.signatures.index import Library


def disagreements(catalogue: Catalogue, library: Library) -> Iterator[str]:
    """Yield one sentence for each release that works on a series by the catalogue and lacks a change by a signature.

    Changes that touch only modules or files that a host with the closed modules does not build are left out.
    """
    for name in library.ids:
        if not library.area(name).startswith("kernel/"):
            continue
        signature = library[name]
        if signature.kernel is None or not concerns(signature):
            continue
        for release in catalogue.releases:
            shown = release.shown_series
            if shown is None or series_numbers(shown) < series_numbers(signature.kernel.since):
                continue
            if catalogue.has_fix(release.host, signature.fixed_in) is False:
                yield (
                    f"{release.release} ({release.host}): catalogue/vgpu.yaml says that it works on {shown}; "
                    f"{signature.origin} says by fixed_in that it lacks what {signature.kernel.since} asks for"
                )
