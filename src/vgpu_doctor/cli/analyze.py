"""``vgpu-doctor analyze``: logs in, report out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from vgpu_doctor.advice.case import report_of
from vgpu_doctor.advice.host_context import UserInput
from vgpu_doctor.catalogue.load import load_catalogue
from vgpu_doctor.cli.output import language_of, use_colour, utf8_output, width_of
from vgpu_doctor.engine import diagnose
from vgpu_doctor.errors import LogError
from vgpu_doctor.intake.reading import read_log
from vgpu_doctor.model import say
from vgpu_doctor.report.rendering import rendered
from vgpu_doctor.report.writers import SHAREABLE, writer
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.intake.decode import Block
    from vgpu_doctor.model import Message
    from vgpu_doctor.report.rendering import RenderedReport

INSTALLER_LOG = "/var/log/nvidia-installer.log"


def run_analyze(
    logs: Sequence[str],
    *,
    form: str,
    language: str | None,
    mask: bool,
    gpu: str | None,
    driver: str | None,
    kernel: str | None,
    pve: str | None,
    colour: str,
    folders: Sequence[str | os.PathLike[str]],
) -> int:
    """Write the report of one case to standard output, and return its exit code."""
    language = language_of(language)
    damage: list[Message] = []
    cases = [(_shown(name), _readable_part(name, damage)) for name in logs or [_default_log()]]
    library = load_library(folders)
    diagnosis = diagnose(cases, library)
    user_input = UserInput(gpu=gpu, driver=driver, kernel=kernel, pve=pve)
    report = rendered(report_of(diagnosis, user_input, load_catalogue(), library, notes=damage), language)
    if mask and form in SHAREABLE:
        from vgpu_doctor.report.masking import mask_report

        report = mask_report(report)
    out = utf8_output()
    writer(form)(report, out, colour=use_colour(colour, out) and form == "text", width=width_of(out))
    return exit_code(report)


def exit_code(report: RenderedReport) -> int:
    """Return 0 for nothing wrong found, 1 for a cause, 3 for errors without a known cause."""
    if report.diagnosis.findings:
        return 1
    failed = any(facts.outcome == "failed" for facts in report.diagnosis.facts)
    return 3 if report.diagnosis.unrecognised_count or failed else 0


def _default_log() -> str:
    """Return what a call without a log reads: standard input if piped, else the installer's log of this host."""
    if not sys.stdin.isatty():
        return "-"
    sys.stderr.write(f"reading {INSTALLER_LOG}\n")
    return INSTALLER_LOG


def _shown(name: str) -> str:
    return "standard input" if name == "-" else name


def _readable_part(name: str, damage: list[Message]) -> Iterator[Block]:
    """Yield the blocks of a log; if it breaks off later than at its start, add a note to ``damage`` and stop."""
    begun = False
    try:
        for block in read_log(name):
            begun = True
            yield block
    except LogError as error:
        if not begun:
            raise
        damage.append(say("text", text=str(error)))
