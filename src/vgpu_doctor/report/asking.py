"""What somebody who is asked for help needs to see of a case that is not known here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.messages import phrase

if TYPE_CHECKING:
    from vgpu_doctor.report.rendering import RenderedReport


def is_unknown(report: RenderedReport) -> bool:
    """Whether something of NVIDIA's went wrong, and nothing of it is known."""
    diagnosis = report.diagnosis
    if report.facts.foreign_module:
        return False
    return not diagnosis.findings and (bool(diagnosis.unrecognised) or report.facts.outcome == "failed")


def request(report: RenderedReport) -> str:
    """The sentence before the list of attachments."""
    return phrase(report.language, "ask" if report.diagnosis.unrecognised else "ask_for_log")


def attachments(report: RenderedReport) -> list[str]:
    """The files to attach, a sentence each."""
    keys = ["attach_log", "attach_make_log"] if report.facts.tool == "dkms" else ["attach_log"]
    return [phrase(report.language, key) for key in keys]


def commands(report: RenderedReport) -> list[str]:
    """The commands whose output to attach; none of them prints names or addresses of the host."""
    system = "pveversion" if (report.facts.kernel or "").endswith("-pve") else "cat /etc/os-release"
    return ["uname -rv", system, "gcc --version", "lspci -nnk -d 10de:"]
