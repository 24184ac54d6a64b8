"""``vgpu-doctor check``: what is predicted for a driver and a kernel, or for this host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.catalogue.load import load_catalogue
from vgpu_doctor.check.arguments import gpu_of, kernels_of
from vgpu_doctor.check.forecast import report_of_forecasts
from vgpu_doctor.check.host_advice import report_without_driver, with_host
from vgpu_doctor.check.model import Forecast, decisive_of
from vgpu_doctor.check.questions import forecasts_of
from vgpu_doctor.cli.output import language_of, use_colour, utf8_output, width_of
from vgpu_doctor.errors import CheckError
from vgpu_doctor.report.rendering import rendered
from vgpu_doctor.report.safe import printable
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vgpu_doctor.advice.host_context import UserInput
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.host.host_facts import HostFacts
    from vgpu_doctor.report.rendering import RenderedReport
    from vgpu_doctor.signatures.index import Library

EXIT_CODES = {"builds": 0, "unusable": 1, "fails": 1, "unknown": 3}
NOTHING_TO_BREAK, COULD_NOT_RUN = 0, 2


def run_check(
    user_input: UserInput,
    *,
    form: str = "text",
    language: str | None = None,
    mask: bool = True,
    colour: str = "auto",
    matrix: bool = False,
    folders: Sequence[Path] = (),
    today: str | None = None,
) -> int:
    """Write the forecast to standard output, and return the exit code.

    0 it builds and works, 1 it will not, 3 not known, 2 could not run. ``today`` is a year and month, by default
    the clock's.
    """
    language = language_of(language)
    library, catalogue = load_library(folders), load_catalogue()
    if matrix:
        return _write_matrix(user_input, form, language, catalogue, library)
    forecasts, facts = forecasts_of(user_input, catalogue, library)
    if not forecasts:
        return _write_nothing(rendered(report_without_driver(facts, catalogue), language), facts, form)
    report = report_of_forecasts(forecasts, user_input, facts, catalogue, library, today=today)
    if facts is not None:
        report = with_host(report, forecasts, facts)
    _write(rendered(report, language), forecasts, facts, form, colour, mask)
    return EXIT_CODES[decisive_of(forecasts).prediction.verdict]


def _write(
    report: RenderedReport, forecasts: Sequence[Forecast], facts: HostFacts | None, form: str, colour: str, mask: bool
) -> None:
    out = utf8_output()
    if form == "json":
        from vgpu_doctor.check.json import write_json

        write_json(report, forecasts, facts, out)
        return
    if form == "prometheus":
        from vgpu_doctor.check.prometheus import metrics

        out.write(metrics(forecasts, facts))
        return
    from vgpu_doctor.report.writers import SHAREABLE, writer

    if mask and form in SHAREABLE:
        from vgpu_doctor.report.masking import mask_report

        report = mask_report(report)
    writer(form)(report, out, colour=use_colour(colour, out) and form == "text", width=width_of(out))


def _write_nothing(report: RenderedReport, facts: HostFacts | None, form: str) -> int:
    if form in ("json", "prometheus"):
        _write(report, (), facts, form, "never", mask=False)
    else:
        lines = (report.headline, *(f"  {line}" for line in report.summary if line))
        utf8_output().writelines(f"{printable(line)}\n" for line in lines)
    return NOTHING_TO_BREAK


def _write_matrix(user_input: UserInput, form: str, language: str, catalogue: Catalogue, library: Library) -> int:
    from vgpu_doctor.cli.matrix import write_matrix

    if user_input.driver is not None or user_input.source is not None or user_input.headers is not None:
        raise CheckError("--matrix: the table has every release; it takes --kernel and --gpu, and no driver")
    kernels = kernels_of(user_input.kernel, catalogue, library) if user_input.kernel is not None else ()
    write_matrix(gpu_of(user_input.gpu, catalogue), kernels, form, language, catalogue, library, utf8_output())
    return 0
