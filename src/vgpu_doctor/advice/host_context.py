"""What is known of the host that needs help, and what had to be assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen
from vgpu_doctor.versions import kernel_distribution, kernel_series, parse_kernel, series_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import GpuGeneration, PveRelease, VgpuBranch, VgpuRelease
    from vgpu_doctor.model import DriverKind, Finding, LogFacts

PACKAGED_BY = frozenset({"debian", "ubuntu", "fedora", "arch", "manjaro", "opensuse"})
"""Distributions whose users mostly install the plain driver from its packages."""


@frozen
class UserInput:
    """What the user says on the command line; it takes precedence over what a log or the host tells."""

    gpu: str | None = None
    driver: str | None = None  # a build, or a vGPU release
    kernel: str | None = None
    pve: str | None = None
    source: Path | None = None  # the driver's source
    headers: Path | None = None  # of the kernel
    root: Path | None = None  # where the host's disk is mounted


@frozen
class HostContext:
    """One host, or one virtual machine, at one moment. None means not known."""

    build: str | None
    kind: DriverKind  # a vGPU host driver, a guest (GRID) driver, or a plain one
    packaged: bool  # the driver came as a package of the distribution, not as a .run file
    releases: tuple[VgpuRelease, ...]  # vGPU releases of that host build
    branch: VgpuBranch | None
    tree: str | None
    tool: str | None
    compiled: bool  # a log shows that the driver compiles on this kernel
    failed: bool  # a log shows a failed installation; never so before an upgrade
    kernel: str | None
    series: str | None
    series_assumed: bool  # inferred from the findings, since no log names a kernel
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
        """Whether the advice is for Proxmox VE; a vGPU host of unknown distribution is taken for one."""
        return self.distribution == "pve" or (self.distribution is None and self.kind == "host")

    @property
    def series_predicts(self) -> bool:
        """Whether the kernel's series tells which changes it has; that of an enterprise distribution does not."""
        kernel = parse_kernel(self.kernel) if self.kernel else None
        return kernel is None or kernel.series_predicts

    def tree_for(self, build: str, vgpu: int | None) -> str | None:
        """Return which module sources a driver must build for this card; None if only its installer can tell.

        What the log shows of the failed driver holds for its own branch only: another branch may need other modules.
        """
        known = self.gpu.host_tree(vgpu) if self.gpu and vgpu is not None else None
        same_branch = self.build is not None and build.partition(".")[0] == self.build.partition(".")[0]
        return known or (self.tree if same_branch else None)


def context_of(
    facts: LogFacts, user_input: UserInput, findings: Sequence[Finding], catalogue: Catalogue, today: str
) -> HostContext:
    """Return the context that facts and the user's input describe; ``today`` is year and month, 2026-11."""
    build = facts.driver
    kernel = facts.kernel
    distribution = facts.distribution or (kernel_distribution(kernel) if kernel else None)
    kind = _kind(facts, distribution, catalogue)
    series = kernel_series(kernel) if kernel else None
    since = [finding.signature.kernel.since for finding in findings if finding.signature.kernel]
    assumed = series is None and bool(since)
    if assumed:
        series = max(since, key=series_numbers)
    pve = catalogue.pve(user_input.pve) if user_input.pve else None
    pve_assumed = False
    if pve is None and kernel and distribution == "pve":
        fitting = catalogue.pve_of(kernel)
        pve = fitting[0] if fitting else None
        pve_assumed = len({release.major for release in fitting}) > 1
    gpu = catalogue.gpu(user_input.gpu) if user_input.gpu else None
    for identity in facts.gpus:
        gpu = gpu or catalogue.gpu(identity)
    return HostContext(
        build=build,
        kind=kind,
        packaged=kind == "plain" and _is_packaged(facts, distribution, findings),
        releases=catalogue.releases_of(build) if build and kind == "host" else (),
        branch=catalogue.branch(build) if build else None,
        tree=facts.tree,
        tool=facts.tool,
        compiled=facts.compiled,
        failed=facts.outcome == "failed",
        kernel=kernel,
        series=series,
        series_assumed=assumed,
        distribution=distribution,
        pve=pve,
        pve_assumed=pve_assumed,
        gpu=gpu,
        today=today,
    )


def _kind(facts: LogFacts, distribution: str | None, catalogue: Catalogue) -> DriverKind:
    """Return what the driver is for; a build for hosts and others alike counts as a host's on Proxmox."""
    roles = catalogue.roles(facts.driver) if facts.driver else frozenset()
    if facts.flavour == "vgpu-kvm" or (facts.flavour != "grid" and roles == {"host"}):
        return "host"
    if facts.flavour == "grid" or roles == {"guest"}:
        return "guest"
    return "host" if facts.flavour is None and distribution == "pve" and "host" in roles else "plain"


def _is_packaged(facts: LogFacts, distribution: str | None, findings: Sequence[Finding]) -> bool:
    if facts.tool == "nvidia-installer":
        return False
    files = [diagnostic.place.file for finding in findings for diagnostic in finding.evidence if diagnostic.place]
    if any("/nvidia-current" in file or "/nvidia-srv" in file for file in files):
        return True
    return distribution in PACKAGED_BY and facts.tool == "dkms"
