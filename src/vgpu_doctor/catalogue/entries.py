"""The values of the catalogue: drivers, kernels and GPUs, each with its source and confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vgpu_doctor.frozen import frozen
from vgpu_doctor.versions import series_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

Confidence = Literal["high", "medium", "low"]
Role = Literal["host", "guest", "plain"]


@frozen
class VgpuBranch:
    """A major version of vGPU: one driver branch, one end of life, one set of GPU generations."""

    vgpu: int  # 16
    driver: str  # 535
    kind: str  # long-term, production
    end_of_life: str  # 2026-07, the last month
    generations: tuple[str, ...]
    guests: tuple[int, ...]  # vGPU branches whose guest drivers a host of this branch takes, its own first
    confidence: Confidence
    source: str


@frozen
class VgpuRelease:
    """A release of vGPU: a host driver and its guest drivers."""

    release: str  # 16.4
    host: str  # 535.161.05; two releases can share one
    guest: str  # Linux
    windows: str | None
    date: str  # 2024-02-22, 2025-07 or 2026
    estimated: bool  # the date is inferred from neighbouring releases
    rhel: tuple[str, ...]  # minor releases of RHEL with a package of their own; empty where not recorded
    shown_series: str | None  # newest kernel series on which the unmodified host package is known to work
    failing_series: str | None  # first series on which it is known or expected to fail, when built or when loaded
    build_failing_series: str | None  # first series on which it does not compile
    kernel_confidence: Confidence
    confidence: Confidence
    source: str

    @property
    def numbers(self) -> tuple[int, int]:
        """The two numbers, for sorting: 16.10 is newer than 16.9."""
        major, minor = self.release.split(".")
        return int(major), int(minor)

    @property
    def branch(self) -> int:
        """The vGPU branch, 16."""
        return self.numbers[0]


@frozen
class PlainBranch:
    """A branch of the plain driver and its known builds."""

    branch: str  # 535
    kind: str  # legacy, long-term, production, new-feature
    end_of_life: str | None
    builds: tuple[str, ...]  # oldest first; not every build that NVIDIA published
    betas: tuple[str, ...]  # Vulkan previews, whose numbers do not tell their age
    confidence: Confidence
    source: str

    @property
    def first(self) -> str:
        """The oldest known build."""
        return self.builds[0]

    @property
    def last(self) -> str:
        """The newest known build."""
        return self.builds[-1]


@frozen
class KernelSeries:
    """A series of Proxmox kernels."""

    series: str  # 6.8
    newest: Mapping[str, str]  # major release of Proxmox VE -> newest kernel release, as uname -r prints it
    first: str | None  # date of the first build
    last: str | None  # date of the newest build: without later ones there are no security fixes
    default_kernel: str | None  # version of proxmox-default-kernel that brings this series
    confidence: Confidence
    source: str


@frozen
class PveRelease:
    """A release of Proxmox VE and the kernel series that it offers."""

    pve: str  # 8.2
    date: str
    debian: str  # 12
    default: str  # 6.8
    opt_in: tuple[str, ...]
    older: tuple[str, ...]  # defaults and opt-ins of earlier releases of the same major, still in the repository
    end_of_life: str | None
    confidence: Confidence
    source: str

    @property
    def major(self) -> str:
        """The major release, which decides the package repository."""
        return self.pve.partition(".")[0]

    @property
    def series(self) -> tuple[str, ...]:
        """Every series that can be installed, oldest first."""
        return tuple(sorted({*self.older, self.default, *self.opt_in}, key=series_numbers))


@frozen
class DistributionRelease:
    """A release of a distribution other than Proxmox, and its kernel series."""

    distribution: str  # ubuntu, debian, rhel
    release: str  # 24.04
    default: str  # series of the release itself
    newer: tuple[str, ...]  # by hardware enablement or backports
    build: int | None  # RHEL: first number after the dash
    confidence: Confidence
    source: str


@frozen
class PackageNames:
    """The package names of a kind of kernel; ``{release}`` and ``{series}`` stand for those of the kernel."""

    distribution: str
    until: str | None  # last kernel release with these names
    mark: str | None  # only kernels whose release contains this text have these names
    kernel: str
    headers: str
    signed_kernel: str | None
    series_kernel: str | None  # follows a series
    series_headers: str | None
    default_kernel: str | None  # follows the default series of the distribution
    default_headers: str | None
    confidence: Confidence
    source: str


@frozen
class GpuBoard:
    """A board for which the installer builds the closed modules on a vGPU host."""

    name: str
    ids: tuple[str, ...]  # PCI device ids, 4 hexadecimal digits
    names: tuple[str, ...]
    last_vgpu: int | None


@frozen
class GpuGeneration:
    """A generation of GPUs; a lookup returns it narrowed to the board that it found."""

    name: str  # pascal
    title: str  # Pascal
    ids: tuple[tuple[int, int], ...]  # ranges of PCI device ids, both ends included
    chips: tuple[str, ...]  # GP
    names: tuple[str, ...]
    first_vgpu: int | None  # None: no vGPU branch of the catalogue supports it
    last_vgpu: int | None  # None: the newest branch still supports it
    first_driver: str | None  # first plain branch; None: supported by the oldest of the catalogue
    last_driver: str | None  # last plain branch; None: the newest still supports it
    open_from: int | None  # vGPU branch from which a host builds kernel-open; None: always kernel
    plain_open: Literal["no", "can", "must"]  # whether a plain driver can or must use kernel-open
    interface: Literal["mdev", "sriov"]
    unlock: Literal["yes", "partial", "no"]  # whether the public unlock patches make consumer boards vGPU hosts
    boards: tuple[GpuBoard, ...]
    confidence: Confidence
    source: str
    board: str | None = None  # name of the board that a lookup found

    def has_branch(self, vgpu: int) -> bool:
        """Whether a vGPU branch supports these GPUs."""
        return self.first_vgpu is not None and self.first_vgpu <= vgpu <= (self.last_vgpu or vgpu)

    def host_tree(self, vgpu: int) -> str | None:
        """Return the module sources that a vGPU host of that branch builds: kernel or kernel-open.

        None, not known, for GPUs that build kernel-open today on branches older than ``open_from``.
        """
        if self.open_from is None:
            return "kernel"
        return "kernel-open" if vgpu >= self.open_from else None
