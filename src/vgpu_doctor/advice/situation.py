"""What is known of the host that needs help, and what had to be assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vgpu_doctor.knowledge.catalogue import Catalogue
from vgpu_doctor.knowledge.catalogue_entries import GpuGeneration, PveRelease, VgpuBranch, VgpuRelease
from vgpu_doctor.knowledge.versions import kernel_distribution, kernel_series, series_numbers
from vgpu_doctor.model import Finding, LogFacts

Kind = Literal["host", "guest", "plain"]


@dataclass(frozen=True, slots=True)
class Host:
    """What the user says about the host; it goes before what a log tells."""

    gpu: str | None = None
    driver: str | None = None  # a build, or a vGPU release
    kernel: str | None = None
    pve: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """One host at one moment. None is not known."""

    build: str | None
    kind: Kind  # a vGPU host driver, a guest (GRID) driver, or a plain one
    releases: tuple[VgpuRelease, ...]  # vGPU releases of that host build
    branch: VgpuBranch | None
    tree: str | None
    kernel: str | None
    series: str | None
    series_assumed: bool  # taken from the findings, since no log names a kernel
    distribution: str | None
    pve: PveRelease | None
    pve_assumed: bool
    gpu: GpuGeneration | None
    today: str  # 2026-11

    @property
    def release(self) -> VgpuRelease | None:
        """The newest of the releases that share the build."""
        return self.releases[-1] if self.releases else None

    @property
    def on_proxmox(self) -> bool:
        """Whether the advice is for Proxmox VE: what runs a vGPU host of no other known distribution, too."""
        return self.distribution == "pve" or (self.distribution is None and self.kind == "host")


def situation_of(
    facts: LogFacts, host: Host, findings: Sequence[Finding], catalogue: Catalogue, today: str
) -> Situation:
    """The situation that facts and the user's words describe; ``today`` is year and month."""
    build = facts.driver
    roles = catalogue.roles(build) if build else frozenset()
    kind: Kind = (
        "host"
        if facts.flavour == "vgpu-kvm" or roles == {"host"}
        else "guest"
        if facts.flavour == "grid" or roles == {"guest"}
        else "plain"
    )
    kernel = facts.kernel
    series = kernel_series(kernel) if kernel else None
    since = [finding.signature.kernel.since for finding in findings if finding.signature.kernel]
    assumed = series is None and bool(since)
    if assumed:
        series = max(since, key=series_numbers)
    distribution = facts.distribution or (kernel_distribution(kernel) if kernel else None)
    pve = catalogue.pve(host.pve) if host.pve else None
    pve_assumed = False
    if pve is None and kernel and distribution == "pve":
        fitting = catalogue.pve_of(kernel)
        pve = fitting[0] if fitting else None
        pve_assumed = len({release.major for release in fitting}) > 1
    gpu = catalogue.gpu(host.gpu) if host.gpu else None
    for identity in facts.gpus:
        gpu = gpu or catalogue.gpu(identity)
    return Situation(
        build=build,
        kind=kind,
        releases=catalogue.releases_of(build) if build and kind == "host" else (),
        branch=catalogue.branch(build) if build else None,
        tree=facts.tree,
        kernel=kernel,
        series=series,
        series_assumed=assumed,
        distribution=distribution,
        pve=pve,
        pve_assumed=pve_assumed,
        gpu=gpu,
        today=today,
    )
