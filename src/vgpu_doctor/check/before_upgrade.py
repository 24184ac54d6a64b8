"""Remedies for the time before anything broke: the driver first, the kernel held, the patch ready."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.advice.phrases import PHRASES
from vgpu_doctor.check.phrases import tell
from vgpu_doctor.compat.predict import predict
from vgpu_doctor.compat.verdict import Question
from vgpu_doctor.frozen import replace
from vgpu_doctor.versions import parse_kernel, series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.check.forecast import Forecast, Setting
    from vgpu_doctor.compat.verdict import Prediction
    from vgpu_doctor.model import Remedy, Report
    from vgpu_doctor.signatures.index import Library
    from vgpu_doctor.versions import KernelRelease

OF_LOGS = ("back_now", "back_now_unnamed", "back_now_menu", "back_now_vm", "low_confidence", "foreign_kernel")
"""Notes for those who have a log, or a host on which the driver does not work any more."""

NAMES_CHANGED = "6.8"
"""The series with which the names of cards are known to have changed."""

_PLACEHOLDER = re.compile(r"\\\{\w+\\\}", re.ASCII)  # as re.escape leaves it
_FILE = re.compile(r"NVIDIA-Linux-x86_64-(\d+\.\d+(?:\.\d+)?)(?=[-.])", re.ASCII)


def before(
    report: Report,
    forecasts: Sequence[Forecast],
    main: Prediction,
    setting: Setting,
    catalogue: Catalogue,
    library: Library,
    language: str,
) -> Report:
    """The report with its remedies phrased for before, without notes for those whose host does not work."""
    remedies = tuple(_ahead(remedy, main, setting, catalogue, library, language) for remedy in report.remedies)
    notes = [_ahead_of_logs(note, main, language) for note in report.notes if not _is_one_of(note, OF_LOGS, language)]
    notes += _about_kernels(forecasts, main, setting, language)
    return replace(report, remedies=remedies, notes=tuple(notes))


def _ahead(
    remedy: Remedy, main: Prediction, setting: Setting, catalogue: Catalogue, library: Library, language: str
) -> Remedy:
    kernel = main.question.kernel
    key = f"before_{remedy.kind}"
    if (
        remedy.kind == "driver"
        and setting.running is not None
        and not _works_now(remedy, main, setting, catalogue, library)
    ):
        key = "before_driver_after"
    sentence = tell(language, key, kernel=kernel, running=setting.running)
    return replace(remedy, title=tell(language, "before", title=remedy.title), steps=(sentence, *remedy.steps))


def _works_now(remedy: Remedy, main: Prediction, setting: Setting, catalogue: Catalogue, library: Library) -> bool:
    """Whether the driver that a remedy installs works on the kernel that runs, too."""
    named = next((found[1] for step in remedy.steps if (found := _FILE.search(step))), None)
    if named is None or setting.running is None:
        return True
    question = Question(named, main.question.kind, setting.running, main.question.gpu, main.question.tree)
    return predict(question, catalogue, library).verdict == "builds"


def _ahead_of_logs(note: str, main: Prediction, language: str) -> str:
    """The note in words that speak of no log."""
    if _is_one_of(note, ("assumed_gpu",), language):
        return tell(language, "note_card")
    if _is_one_of(note, ("shared_build",), language):
        return tell(language, "note_shared", releases=", ".join(main.releases))
    return note


def _is_one_of(note: str, keys: Sequence[str], language: str) -> bool:
    """Whether a sentence of the advice was made from one of these phrases, whatever was filled in."""
    templates = (PHRASES.get(language, PHRASES["en"]).get(key, PHRASES["en"][key]) for key in keys)
    return any(re.fullmatch(_PLACEHOLDER.sub(".*", re.escape(one)), note) for one in templates)


def _about_kernels(forecasts: Sequence[Forecast], main: Prediction, setting: Setting, language: str) -> Iterator[str]:
    kernel = parse_kernel(main.question.kernel)
    if kernel is None:
        return
    if not kernel.series_predicts and main.question.headers is None:
        yield tell(language, "note_enterprise", **_headers_of(kernel))
    on_proxmox = "pve" in (kernel.distribution, setting.distribution) or setting.pve is not None
    asked = all(one.roles == ("asked",) for one in forecasts)
    if on_proxmox and asked and series_numbers(kernel.series) >= series_numbers(NAMES_CHANGED):
        yield tell(language, "note_names")


def _headers_of(kernel: KernelRelease) -> dict[str, str]:
    """The package that has the headers of an enterprise kernel, and where it puts them."""
    if kernel.distribution == "sles":
        version = kernel.text.removesuffix("-default")
        return {"package": "kernel-default-devel", "folder": f"/usr/src/linux-{version}"}
    return {"package": f"kernel-devel-{kernel.text}", "folder": f"/usr/src/kernels/{kernel.text}"}
