"""Remedies for the time before anything broke: the driver first, the kernel held, the patch ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.compat.predict import predict
from vgpu_doctor.compat.verdict import Question
from vgpu_doctor.frozen import replace
from vgpu_doctor.model import say
from vgpu_doctor.versions import parse_kernel, series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.check.model import Forecast, Setting
    from vgpu_doctor.compat.verdict import Prediction
    from vgpu_doctor.model import Message, Remedy, Report
    from vgpu_doctor.signatures.index import Library
    from vgpu_doctor.versions import KernelRelease

OF_LOGS = ("back_now", "back_now_unnamed", "back_now_menu", "back_now_vm", "low_confidence", "foreign_kernel")
"""Notes for those who have a log, or a host on which the driver does not work any more."""

NAMES_CHANGED = "6.8"
"""The series with which the names of cards are known to have changed."""


def before(
    report: Report,
    forecasts: Sequence[Forecast],
    main: Prediction,
    setting: Setting,
    catalogue: Catalogue,
    library: Library,
) -> Report:
    """The report with its remedies phrased for before, without notes for those whose host does not work."""
    remedies = tuple(_ahead(remedy, main, setting, catalogue, library) for remedy in report.remedies)
    notes = [_ahead_of_logs(note, main) for note in report.notes if note.key not in OF_LOGS]
    notes += _about_kernels(forecasts, main, setting)
    return replace(report, remedies=remedies, notes=tuple(notes))


def _ahead(remedy: Remedy, main: Prediction, setting: Setting, catalogue: Catalogue, library: Library) -> Remedy:
    kernel = main.question.kernel
    key = f"before_{remedy.kind}"
    if (
        remedy.kind == "driver"
        and setting.running is not None
        and not _works_now(remedy, main, setting, catalogue, library)
    ):
        key = "before_driver_after"
    sentence = say(key, kernel=kernel, running=setting.running)
    return replace(remedy, title=say("before_upgrade", title=remedy.title), steps=(sentence, *remedy.steps))


def _works_now(remedy: Remedy, main: Prediction, setting: Setting, catalogue: Catalogue, library: Library) -> bool:
    """Whether the driver that a remedy installs works on the kernel that runs, too."""
    if remedy.build is None or setting.running is None:
        return True
    question = Question(remedy.build, main.question.kind, setting.running, main.question.gpu, main.question.tree)
    return predict(question, catalogue, library).verdict == "builds"


def _ahead_of_logs(note: Message, main: Prediction) -> Message:
    """The note in words that speak of no log."""
    if note.key == "assumed_gpu":
        return say("note_card")
    if note.key == "shared_build":
        return say("note_shared", releases=", ".join(main.releases))
    return note


def _about_kernels(forecasts: Sequence[Forecast], main: Prediction, setting: Setting) -> Iterator[Message]:
    kernel = parse_kernel(main.question.kernel)
    if kernel is None:
        return
    if not kernel.series_predicts and main.question.headers is None:
        yield say("note_enterprise", **_headers_of(kernel))
    on_proxmox = "pve" in (kernel.distribution, setting.distribution) or setting.pve is not None
    asked = all(one.roles == ("asked",) for one in forecasts)
    if on_proxmox and asked and series_numbers(kernel.series) >= series_numbers(NAMES_CHANGED):
        yield say("note_names")


def _headers_of(kernel: KernelRelease) -> dict[str, str]:
    """The package that has the headers of an enterprise kernel, and where it puts them."""
    if kernel.distribution == "sles":
        version = kernel.text.removesuffix("-default")
        return {"package": "kernel-default-devel", "folder": f"/usr/src/linux-{version}"}
    return {"package": f"kernel-devel-{kernel.text}", "folder": f"/usr/src/kernels/{kernel.text}"}
