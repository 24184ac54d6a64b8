"""What is known of one host. None is not known; an empty tuple is known to be none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from pathlib import Path

Fact = Literal["kernel", "driver", "next_kernel", "gpus", "secure_boot", "packages"]


@frozen
class HostKernel:
    """A kernel whose files are on the disk."""

    release: str  # 6.8.4-2-pve
    headers: Path | None  # the folder with its headers
    complete: bool  # False: its package is only half installed
    drivers: tuple[str, ...]  # builds of the NVIDIA modules that lie ready for it


@frozen
class HostDriver:
    """A driver of the host, with everything that speaks for it."""

    build: str  # 535.161.05
    found: tuple[str, ...]  # loaded, dkms, source, module, package; the strongest first
    source: Path | None = None
    flavour: str | None = None  # vgpu-kvm, grid, plain
    tree: str | None = None  # kernel-open where the modules say that they are the open ones


@frozen
class NetworkCard:
    """A network card and its driver."""

    name: str  # enp1s0f0
    driver: str  # i40e


@frozen
class HostFacts:
    """One host at one moment."""

    system: str | None  # Proxmox VE 8.1, Ubuntu 24.04.1 LTS
    distribution: str | None  # pve, debian, ubuntu, rhel ...
    pve: str | None
    running: str | None
    kernels: tuple[HostKernel, ...]  # oldest first
    pinned: str | None
    next_kernels: tuple[str, ...] | None  # what the next upgrade brings
    held: tuple[str, ...]  # packages of kernels that are held back
    following: tuple[str, ...]  # packages that bring whatever kernel is the newest
    drivers: tuple[HostDriver, ...]  # the one in use first
    gpus: tuple[str, ...] | None  # PCI ids of NVIDIA's cards, 10de:2204
    secure_boot: bool | None
    network: tuple[NetworkCard, ...] | None
    unknown: tuple[Fact, ...]

    @property
    def driver(self) -> HostDriver | None:
        """The driver in use."""
        return self.drivers[0] if self.drivers else None

    @property
    def boots(self) -> str | None:
        """The kernel of the next start: the pinned one, else the newest."""
        return self.pinned or (self.kernels[-1].release if self.kernels else self.running)

    def kernel(self, release: str) -> HostKernel | None:
        """An installed kernel by its release."""
        return next((kernel for kernel in self.kernels if kernel.release == release), None)
