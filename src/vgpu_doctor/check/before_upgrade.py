"""Phrase a report for the time before an upgrade: driver first, kernel held back, patch ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.compat.predict import predict
from vgpu_doctor.compat.verdict import Question
from vgpu_doctor.frozen import replace
from vgpu_doctor.model import say
from vgpu_doctor.versions import parse_kernel, series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.advice.host_context import UserInput
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.check.model import Forecast
    from vgpu_doctor.compat.verdict import Prediction
    from vgpu_doctor.host.host_facts import HostFacts
    from vgpu_doctor.model import Message, Remedy, Report
    from vgpu_doctor.signatures.index import Library
    from vgpu_doctor.versions import KernelRelease

AFTER_FAILURE = ("back_now", "back_now_unnamed", "back_now_menu", "back_now_vm", "low_confidence", "foreign_kernel")
"""Notes for those who have a log, or a host on which the driver has stopped working."""

NAMES_CHANGED = "6.8"
"""The series with which names of network cards are known to have changed."""


def before_upgrade(
    report: Report,
    forecasts: Sequence[Forecast],
    main: Prediction,
    user_input: UserInput,
    facts: HostFacts | None,
    catalogue: Catalogue,
    library: Library,
) -> Report:
    """Phrase the remedies for before the upgrade, and drop notes for those whose driver has stopped working."""
    running = facts.running if facts is not None else None
    remedies = tuple(_remedy(remedy, main, running, catalogue, library) for remedy in report.remedies)
    notes = [_without_log(note, main) for note in report.notes if note.key not in AFTER_FAILURE]
    notes += _about_kernels(forecasts, main, user_input, facts)
    return replace(report, remedies=remedies, notes=tuple(notes))


def _remedy(remedy: Remedy, main: Prediction, running: str | None, catalogue: Catalogue, library: Library) -> Remedy:
    key = f"before_{remedy.kind}"
    if remedy.kind == "driver" and running is not None and not _works_now(remedy, main, running, catalogue, library):
        key = "before_driver_after"
    sentence = say(key, kernel=main.question.kernel, running=running)
    return replace(remedy, title=say("before_upgrade", title=remedy.title), steps=(sentence, *remedy.steps))


def _works_now(remedy: Remedy, main: Prediction, running: str, catalogue: Catalogue, library: Library) -> bool:
    """Tell whether the driver that a remedy installs works on the running kernel, too."""
    if remedy.build is None:
        return True
    question = Question(remedy.build, main.question.kind, running, main.question.gpu, main.question.tree)
    return predict(question, catalogue, library).verdict == "builds"


def _without_log(note: Message, main: Prediction) -> Message:
    """Return the note in words that do not speak of a log."""
    if note.key == "assumed_gpu":
        return say("note_card")
    if note.key == "shared_build":
        return say("note_shared", releases=", ".join(main.releases))
    return note


def _about_kernels(
    forecasts: Sequence[Forecast], main: Prediction, user_input: UserInput, facts: HostFacts | None
) -> Iterator[Message]:
    kernel = parse_kernel(main.question.kernel)
    if kernel is None:
        return
    if not kernel.series_predicts and main.question.headers is None:
        yield say("note_enterprise", **_headers_of(kernel))
    distribution, pve = (facts.distribution, facts.pve) if facts is not None else (None, None)
    on_proxmox = "pve" in (kernel.distribution, distribution) or (user_input.pve or pve) is not None
    all_named = all(forecast.roles == ("asked",) for forecast in forecasts)
    if on_proxmox and all_named and series_numbers(kernel.series) >= series_numbers(NAMES_CHANGED):
        yield say("note_names")


def _headers_of(kernel: KernelRelease) -> dict[str, str]:
    """Return the package with the headers of an enterprise kernel, and the folder that it installs them in."""
    if kernel.distribution == "sles":
        version = kernel.text.removesuffix("-default")
        return {"package": "kernel-default-devel", "folder": f"/usr/src/linux-{version}"}
    return {"package": f"kernel-devel-{kernel.text}", "folder": f"/usr/src/kernels/{kernel.text}"}
