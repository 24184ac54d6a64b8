"""Kernels of a host: which lie on the disk, with which headers and modules, and which one starts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.host.host_facts import HostKernel
from vgpu_doctor.host.modules import DKMS, dkms_builds, module_build
from vgpu_doctor.versions import parse_kernel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from vgpu_doctor.host.machine import Machine
    from vgpu_doctor.host.packages import Package

MODULES = "lib/modules"
IMAGES = ("vmlinuz-", "vmlinux-")
PIN = "etc/kernel/proxmox-boot-pin"
NEXT_BOOT_PIN = "etc/kernel/next-boot-pin"

META = re.compile(
    r"(?:proxmox-default-kernel|(?:proxmox|pve)-kernel-\d+\.\d+"
    r"|linux-image-(?:amd64|cloud-amd64|(?:generic|lowlatency|virtual|oem)(?:-hwe-[\d.]+|-[\d.]+[a-z]?)?(?:-edge)?))\Z",
    re.ASCII,
)
"""Packages that bring whatever kernel is the newest of their kind."""

_IMAGE = re.compile(
    r"(?:(?:proxmox|pve)-kernel|linux-image(?:-unsigned)?)-(\d+\.\d+\.\d+-[\w.+~-]+?|\d+\.\d+\.\d+\+[\w.+~-]+?)"
    r"(?:-signed|-dbg|-unsigned)?\Z",
    re.ASCII,
)


def kernel_of_package(name: str) -> str | None:
    """The kernel release that a package installs: 6.8.4-2-pve for proxmox-kernel-6.8.4-2-pve-signed."""
    if name.endswith("-dbg"):
        return None
    found = _IMAGE.match(name)
    return found[1] if found and parse_kernel(found[1]) else None


def installed_kernels(machine: Machine, packages: Mapping[str, Package] | None) -> tuple[HostKernel, ...]:
    """Kernels whose image or modules are on the disk, or whose package is, oldest first."""
    states: dict[str, bool] = {}
    for name, package in (packages or {}).items():
        release = kernel_of_package(name)
        if release is not None:
            states[release] = states.get(release, True) and package.state == "installed"
    releases = set(states) | set(_with_files(machine))
    kernels = (
        HostKernel(
            release=release,
            headers=headers_of(machine, release),
            complete=states.get(release, True),
            drivers=_drivers(machine, release),
        )
        for release in releases
    )
    return tuple(sorted(kernels, key=lambda kernel: _order(kernel.release)))


def headers_of(machine: Machine, release: str) -> Path | None:
    """The folder with the headers of a kernel."""
    for folder in (f"{MODULES}/{release}/build", f"usr/src/linux-headers-{release}", f"usr/src/kernels/{release}"):
        path = machine.path(folder)
        if path is not None and machine.exists(f"{folder}/include"):
            return path
    return None


def pinned_kernel(machine: Machine) -> str | None:
    """The kernel that Proxmox starts whatever is installed; the one for the next start goes first."""
    for file in (NEXT_BOOT_PIN, PIN):
        if release := (machine.text(file) or "").strip():
            return release
    return None


def held_packages(packages: Mapping[str, Package] | None) -> tuple[str, ...]:
    """Packages of kernels that upgrades leave alone."""
    held = (name for name, package in (packages or {}).items() if package.wanted == "hold")
    return tuple(sorted(name for name in held if META.match(name) or kernel_of_package(name)))


def following_packages(packages: Mapping[str, Package] | None) -> tuple[str, ...]:
    """Packages whose upgrade can bring another kernel, and which are not held."""
    free = (name for name, package in (packages or {}).items() if package.wanted != "hold")
    return tuple(sorted(name for name in free if META.match(name)))


def _with_files(machine: Machine) -> Iterator[str]:
    for image in IMAGES:
        for name in machine.names("boot", f"{image}*"):
            release = name.removeprefix(image)
            if parse_kernel(release) and not release.endswith((".old", ".bak")) and "rescue" not in release:
                yield release
    for name in machine.names(MODULES):
        if parse_kernel(name) and machine.exists(f"{MODULES}/{name}/kernel"):
            yield name


def _drivers(machine: Machine, release: str) -> tuple[str, ...]:
    """Builds that are ready for a kernel: by DKMS, else by the module itself."""
    made = tuple(build for name, build in dkms_builds(machine) if machine.exists(f"{DKMS}/{name}/{build}/{release}"))
    if made:
        return made
    found = module_build(machine, release)
    return (found,) if found else ()


def _order(release: str) -> tuple[tuple[int, ...], int, str]:
    kernel = parse_kernel(release)
    return (kernel.numbers if kernel else (), (kernel.build or 0) if kernel else 0, release)
