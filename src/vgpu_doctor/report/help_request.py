"""What to include when asking for help with a case that is not known here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.messages import phrase

if TYPE_CHECKING:
    from vgpu_doctor.report.rendering import RenderedReport


def is_unknown(report: RenderedReport) -> bool:
    """Tell whether something of NVIDIA's failed, and no cause is known."""
    diagnosis = report.diagnosis
    if report.facts.foreign_module:
        return False
    return not diagnosis.findings and (bool(diagnosis.unrecognised) or report.facts.outcome == "failed")


def request(report: RenderedReport) -> str:
    """Return the sentence before the list of attachments."""
    return phrase(report.language, "ask" if report.diagnosis.unrecognised else "ask_for_log")


def attachments(report: RenderedReport) -> list[str]:
    """Return the files to attach, a phrase each."""
    keys = ["attach_log", "attach_make_log"] if report.facts.tool == "dkms" else ["attach_log"]
    return [phrase(report.language, key) for key in keys]


def commands(report: RenderedReport) -> list[str]:
    """Return the commands whose output to attach; none of them prints names or addresses of the host."""
    system = "pveversion" if (report.facts.kernel or "").endswith("-pve") else "cat /etc/os-release"
    return ["uname -rv", system, "gcc --version", "lspci -nnk -d 10de:"]
