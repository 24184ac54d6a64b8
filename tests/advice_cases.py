"""Hosts in trouble, and their advice as one text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from vgpu_doctor.advice.case import report_of
from vgpu_doctor.advice.host_context import UserInput
from vgpu_doctor.catalogue.load import load_catalogue
from vgpu_doctor.frozen import frozen
from vgpu_doctor.model import Diagnosis, Diagnostic, Finding, LogFacts, Place
from vgpu_doctor.report.rendering import rendered
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.report.rendering import RenderedRemedy
    from vgpu_doctor.signatures.index import Library

TODAY = "2026-11"

QUOTED = {
    "iommu-ops-removed": ("nvidia/nv-pci.c", 225, "        if (pci_dev->dev.bus->iommu_ops == NULL)"),
    "eventfd-signal-args": ("nvidia-vgpu-vfio/nvidia-vgpu-vfio.c", 2656, "        eventfd_signal(trigger, 1);"),
}
"""Lines that gcc quotes below an error of that cause."""


@cache
def library() -> Library:
    """The records of the checkout."""
    return load_library(system="/nonexistent")


@frozen
class Case:
    """One host: what its log tells, and what was found in it."""

    facts: LogFacts
    ids: tuple[str, ...]
    host: UserInput = UserInput()
    package: str = ""  # folder in which the driver was compiled


@frozen
class ToldRemedy:
    """A remedy as lines of text, sentences as comments of the shell."""

    kind: str
    title: str
    steps: tuple[str, ...]
    cures: tuple[str, ...]
    proof: str
    proof_detail: str
    unless: str
    undo: tuple[str, ...]
    check: tuple[str, ...]
    patch: str | None


@frozen
class Told:
    """The advice of a case as text."""

    diagnosis: Diagnosis
    remedies: tuple[ToldRemedy, ...]
    notes: tuple[str, ...]


def advice(case: Case, language: str = "en") -> Told:
    """What is advised in a case, in words."""
    findings = tuple(_finding(name, case) for name in case.ids)
    diagnosis = Diagnosis((case.facts,), findings, (), 0, 0, 0)
    report = rendered(report_of(diagnosis, case.host, load_catalogue(), library(), today=TODAY), language)
    return Told(diagnosis, tuple(map(_told, report.remedies)), tuple(note.text for note in report.notes))


def _told(remedy: RenderedRemedy) -> ToldRemedy:
    return ToldRemedy(
        kind=remedy.kind,
        title=remedy.title,
        steps=tuple(step.line for step in remedy.steps),
        cures=remedy.cures,
        proof=remedy.proof,
        proof_detail=remedy.proof_detail,
        unless=remedy.unless,
        undo=tuple(step.line for step in remedy.undo),
        check=tuple(step.line for step in remedy.check),
        patch=remedy.patch,
    )


def _finding(name: str, case: Case) -> Finding:
    file, line, text = QUOTED.get(name, ("nvidia/nv.c", 1, ""))
    tree = case.facts.tree or "kernel"
    package = case.package or f"/tmp/selfgz1/NVIDIA-Linux-x86_64-{case.facts.driver}-vgpu-kvm/{tree}"
    diagnostic = Diagnostic(
        tool="compiler",
        severity="error",
        kind="no-member",
        message="",
        log_line=1,
        captures={},
        place=Place(f"{package}/{file}", line, 9),
        excerpt=(f"{line:5} | {text}", "      |         ^") if text else (),
    )
    return Finding(library()[name], 1, (diagnostic,))


def told(report: Told) -> str:
    """Remedies and notes in full, in the order in which a reader meets them."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Told) -> Iterator[str]:
    for number, remedy in enumerate(report.remedies, start=1):
        yield from _remedy(number, remedy)
        yield ""
    yield from (f"note: {note}" for note in report.notes)


def _remedy(number: int, remedy: ToldRemedy) -> Iterator[str]:
    yield f"{number}. {remedy.kind}: {remedy.title}"
    yield f"cures: {', '.join(remedy.cures)}"
    yield f"proof: {remedy.proof}" + (f" ({remedy.proof_detail})" if remedy.proof_detail else "")
    if remedy.unless:
        yield f"not if: {remedy.unless}"
    for name, lines in (("steps", remedy.steps), ("undo", remedy.undo), ("check", remedy.check)):
        if lines:
            yield f"{name}:"
            yield from (f"    {line}" for line in lines)
    if remedy.patch:
        yield "patch:"
        yield from (f"    {line}" for line in remedy.patch.splitlines())


def host_log(driver: str, kernel: str | None, tool: str = "nvidia-installer", tree: str | None = "kernel") -> LogFacts:
    """A failed installation of a vGPU host driver."""
    return LogFacts(driver=driver, flavour="vgpu-kvm", tree=tree, kernel=kernel, tool=tool, outcome="failed")


BUILD_68 = ("iommu-ops-removed", "eventfd-signal-args")

CASES = {
    "a-17.0-on-6.8-ampere": Case(host_log("550.54.10", "6.8.4-2-pve"), BUILD_68, UserInput(gpu="A40")),
    "b-16.5-on-6.8-pascal": Case(host_log("535.161.05", "6.8.4-2-pve"), BUILD_68, UserInput(gpu="Tesla P4")),
    "c-16.9-on-6.17": Case(host_log("535.230.02", "6.17.13-1-pve"), ("extra-cflags-removed",)),
    "d-17.6-on-6.17": Case(host_log("550.163.02", "6.17.13-1-pve"), ("extra-cflags-removed",)),
    "e-470-guest-on-6.12": Case(
        LogFacts(
            driver="470.256.02",
            flavour="grid",
            kernel="6.12.43+deb13-amd64",
            distribution="debian",
            tool="nvidia-installer",
            outcome="failed",
        ),
        ("follow-pfn-removed", "drm-output-poll-changed-removed"),
        package="/tmp/selfgz1/NVIDIA-Linux-x86_64-470.256.02-grid/kernel",
    ),
    "e-debian-package-on-6.12": Case(
        LogFacts(
            driver="535.183.01", kernel="6.12.43+deb13-amd64", distribution="debian", tool="dkms", outcome="failed"
        ),
        ("drm-output-poll-changed-removed",),
        package="/var/lib/dkms/nvidia-current/535.183.01/build",
    ),
    "f-16.5-detach-ioas": Case(
        host_log("535.161.05", "6.8.12-9-pve", tool="kernel-log", tree=None), ("detach-ioas-missing",)
    ),
    "g-19.1-on-6.17-ada": Case(
        host_log("580.82.02", "6.17.13-1-pve", tree="kernel-open"), ("irq-bypass-args",), UserInput(gpu="L40S")
    ),
    "h-secure-boot": Case(host_log("550.163.02", "6.8.12-9-pve"), ("module-signature-rejected",)),
    "i-headers-pve-7": Case(host_log("510.108.03", "5.15.158-2-pve"), ("kernel-headers-missing",)),
    "i-headers-pve-9": Case(host_log("580.65.05", "6.14.11-3-pve", tool="dkms"), ("kernel-headers-missing",)),
    "j-17.1-on-pve-9": Case(host_log("550.54.16", "6.14.8-2-pve"), BUILD_68, UserInput(pve="9.0")),
    "k-rhel-9-backport": Case(host_log("535.161.05", "5.14.0-503.11.1.el9_5.x86_64"), ("eventfd-signal-args",)),
    "l-nothing-fits": Case(
        host_log("470.256.02", "6.12.43+deb13-amd64"), ("int-conversion-gcc14",), UserInput(gpu="Tesla K80")
    ),
    "dkms-of-a-new-kernel": Case(host_log("535.230.02", "6.14.8-2-pve", tool="dkms"), ("no-llseek-removed",)),
    "headers-and-a-change": Case(
        host_log("550.54.16", "6.8.4-2-pve"), ("kernel-headers-missing", "eventfd-signal-args")
    ),
    "pascal-on-17.1": Case(host_log("550.54.16", "6.8.4-2-pve"), BUILD_68, UserInput(gpu="GTX 1080")),
    "no-header-at-all": Case(host_log("550.54.16", None), BUILD_68),
    "ubuntu-host": Case(host_log("550.54.16", "6.8.0-45-generic"), BUILD_68),
    "arch-plain": Case(
        LogFacts(driver="550.120", kernel="6.12.1-arch1-1", tool="dkms", outcome="failed"),
        ("drm-output-poll-changed-removed",),
        package="/var/lib/dkms/nvidia/550.120/build",
    ),
    "no-distribution-named": Case(
        LogFacts(driver="525.60.13", tool="nvidia-installer", outcome="failed"),
        ("nouveau-in-use", "kernel-headers-missing"),
    ),
    "no-driver-named": Case(LogFacts(kernel="6.8.4-2-pve", tool="dkms", outcome="failed"), ("eventfd-signal-args",)),
    "debian-package-on-proxmox": Case(
        LogFacts(driver="535.183.01", kernel="6.14.8-2-pve", distribution="pve", tool="dkms", outcome="failed"),
        ("drm-driver-date-removed",),
        package="/var/lib/dkms/nvidia-current/535.183.01/build",
        host=UserInput(pve="8.4"),
    ),
    "fedora-plain-installer": Case(
        LogFacts(driver="535.183.01", kernel="6.12.8-200.fc41.x86_64", tool="nvidia-installer", outcome="failed"),
        ("drm-output-poll-changed-removed",),
        package="/tmp/selfgz1/NVIDIA-Linux-x86_64-535.183.01/kernel-open",
    ),
}
"""The cases whose whole advice is kept in golden files."""
