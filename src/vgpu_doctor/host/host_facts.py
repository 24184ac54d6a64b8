"""What is known of one host. None means not known; an empty tuple means that there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from pathlib import Path

Fact = Literal["kernel", "driver", "next_kernel", "gpus", "secure_boot", "packages"]


@frozen
class HostKernel:
    """An installed kernel."""

    release: str  # 6.8.4-2-pve
    headers: Path | None  # the folder of its headers
    complete: bool  # False: its package is only partly installed
    drivers: tuple[str, ...]  # builds of NVIDIA modules that are installed for it


@frozen
class HostDriver:
    """A driver of the host, and where it was found."""

    build: str  # 535.161.05
    found: tuple[str, ...]  # loaded, module, dkms, source, package; the strongest evidence first
    source: Path | None = None
    flavour: str | None = None  # vgpu-kvm, grid, plain
    tree: str | None = None  # kernel-open if the modules are known to be the open ones


@frozen
class NetworkCard:
    """A network card and its driver."""

    name: str  # enp1s0f0
    driver: str  # i40e


@frozen
class HostFacts:
    """The facts of one host at one moment."""

    system: str | None  # Proxmox VE 8.1, Ubuntu 24.04.1 LTS
    distribution: str | None  # pve, debian, ubuntu, rhel ...
    pve: str | None  # 8.1
    running: str | None  # kernel release
    kernels: tuple[HostKernel, ...]  # oldest first
    pinned: str | None  # kernel release that Proxmox boots whatever else is installed
    next_kernels: tuple[str, ...] | None  # kernel releases that the next upgrade installs
    held: tuple[str, ...]  # kernel packages on hold
    meta_packages: tuple[str, ...]  # not on hold; each installs the newest kernel of its kind
    drivers: tuple[HostDriver, ...]  # the one in use first
    gpus: tuple[str, ...] | None  # PCI ids of NVIDIA's cards, 10de:2204
    secure_boot: bool | None
    network: tuple[NetworkCard, ...] | None
    unknown: tuple[Fact, ...]

    @property
    def driver(self) -> HostDriver | None:
        """The driver in use, or else the one with the strongest evidence of use."""
        return self.drivers[0] if self.drivers else None

    @property
    def boots(self) -> str | None:
        """The kernel of the next boot: the pinned one, else the newest."""
        return self.pinned or (self.kernels[-1].release if self.kernels else self.running)

    def kernel(self, release: str) -> HostKernel | None:
        """Return the installed kernel of that release."""
        return next((kernel for kernel in self.kernels if kernel.release == release), None)
