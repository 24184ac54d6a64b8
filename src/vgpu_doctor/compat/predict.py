"""Predict a verdict from what is known of a driver and a kernel: source first, then headers, then the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.compat.changes import at_run_time, changes_between
from vgpu_doctor.compat.release_table import answer
from vgpu_doctor.compat.verdict import Basis, Prediction
from vgpu_doctor.model import say
from vgpu_doctor.versions import parse_kernel, series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import VgpuRelease
    from vgpu_doctor.compat.changes import Changes
    from vgpu_doctor.compat.release_table import Answer
    from vgpu_doctor.compat.verdict import Question, Verdict
    from vgpu_doctor.signatures.index import Library


def predict(question: Question, catalogue: Catalogue, library: Library) -> Prediction:
    """Predict whether the driver will build and work on the kernel, with causes and evidence."""
    releases = catalogue.releases_of(question.build) if question.kind == "host" else ()
    release = releases[-1] if releases else None
    predicts = (parsed := parse_kernel(question.kernel)) is None or parsed.series_predicts
    known = answer(catalogue, release, question.series, question.gpu, library) if release and predicts else None
    shown = release.shown_series if release and predicts else None
    changes = changes_between(question, shown, catalogue, library)
    verdict, basis = _verdict(question, release, known, changes, catalogue, library)
    return Prediction(
        question=question,
        verdict=verdict,
        causes=changes.lacking,
        undecided=changes.undecided if verdict == "unknown" else (),
        basis=(*_searched(question, changes), *basis),
        releases=tuple(known.release for known in releases),
    )


def _verdict(
    question: Question,
    release: VgpuRelease | None,
    known: Answer | None,
    changes: Changes,
    catalogue: Catalogue,
    library: Library,
) -> tuple[Verdict, list[Basis]]:
    fatal = [cause for cause in changes.lacking if not at_run_time(cause.signature)]
    basis = list(_known_basis(question, release, known, bool(changes.lacking)))
    missing = question.gpu is not None and release is not None and not question.gpu.has_branch(release.branch)
    if missing and question.gpu is not None and release is not None:
        values = {"gpu": question.gpu.board or question.gpu.title, "branch": release.branch}
        basis.insert(0, Basis("catalogue", say("basis_gpu", **values)))
    if fatal:
        return "fails", basis
    if missing or changes.lacking:
        return "unusable", basis
    if question.source is not None and not _fails_for_other_reasons(question, known, library):
        return _by_source(question, changes, library, basis)
    if known is not None and known.works is False and release is not None:
        compiles = release.build_failing_series
        before = compiles is not None and series_numbers(question.series) < series_numbers(compiles)
        return ("unusable" if before else "fails"), basis
    if known is not None and known.works:
        return "builds", basis
    return _by_records(question, release, changes, library, catalogue, basis)


def _fails_for_other_reasons(question: Question, known: Answer | None, library: Library) -> bool:
    """Tell whether the driver is known to fail there for reasons that a search of its source does not rule out.

    A source that handles every change that the release as shipped lacks has been patched.
    """
    if question.source is None or known is None or known.works is not False or known.basis != "known":
        return False
    return not known.because or any(question.source.uses(library[name]) is not False for name in known.because)


def _by_source(
    question: Question, changes: Changes, library: Library, basis: list[Basis]
) -> tuple[Verdict, list[Basis]]:
    if changes.undecided:
        return "unknown", basis
    if _too_new(question, library):
        return "unknown", [*basis, Basis("records", say("basis_too_new", series=_newest(library)))]
    return "builds", basis


def _by_records(
    question: Question,
    release: VgpuRelease | None,
    changes: Changes,
    library: Library,
    catalogue: Catalogue,
    basis: list[Basis],
) -> tuple[Verdict, list[Basis]]:
    """Decide by the records if nothing was shown: for enterprise kernels, plain drivers and series too new."""
    kernel = parse_kernel(question.kernel)
    if release is not None and kernel is not None and not kernel.series_predicts:
        minors = (minor.release for minor in catalogue.distribution_releases(question.kernel))
        shipped = next((minor for minor in minors if minor in release.rhel), None)
        if shipped is not None:
            # Shipped for that minor release, which says little about its later updates.
            values = {"release": release.release, "minor": shipped}
            return "unknown", [*basis, Basis("catalogue", say("basis_rhel", **values))]
    if _too_new(question, library):
        return "unknown", [*basis, Basis("records", say("basis_too_new", series=_newest(library)))]
    branch_known = catalogue.branch(question.build) or catalogue.plain_branch(question.build)
    if changes.undecided or branch_known is None:
        return "unknown", basis
    if question.kind == "host" and question.headers is None:
        return "unknown", basis  # the closed modules of a host have not been tested with this series
    return "builds", [*basis, Basis("records", say("basis_records", build=question.build))]


def _searched(question: Question, changes: Changes) -> Iterator[Basis]:
    if question.source is not None:
        values = {"folder": question.source.shown, "count": changes.searched}
        yield Basis("source", say("basis_source", **values))
    if question.headers is not None:
        release = question.headers.release or question.kernel
        values = {"folder": question.headers.shown, "count": changes.probed, "release": release}
        yield Basis("headers", say("basis_headers", **values))


def _known_basis(
    question: Question, release: VgpuRelease | None, known: Answer | None, lacking: bool
) -> Iterator[Basis]:
    """Yield what the catalogue says of the release, and that the records name changes which it lacks."""
    if release is not None and known is not None and known.basis != "gpu":
        values = {"release": release.release, "confidence": say(known.confidence), "series": question.series}
        match known.basis:
            case "shown":
                yield Basis("catalogue", say("basis_shown", **values, shown=release.shown_series))
            case "expected":
                yield Basis("catalogue", say("basis_expected", **values, shown=release.shown_series or "?"))
            case "known":
                yield Basis("catalogue", say("basis_known", **values, failing=release.failing_series))
            case _ if not lacking:
                yield Basis("catalogue", say("basis_unknown", **values, shown=release.shown_series or "?"))
    if lacking and question.source is None:
        yield Basis("records", say("basis_fixed_later", build=question.build))


def _too_new(question: Question, library: Library) -> bool:
    return series_numbers(question.series) > series_numbers(_newest(library))


def _newest(library: Library) -> str:
    """Return the newest series of which a change is known; beyond it the absence of findings proves nothing."""
    areas = (library.area(name) for name in library.ids)
    series = (area.removeprefix("kernel/") for area in areas if area.startswith("kernel/"))
    return max(series, key=series_numbers, default="0.0")
