"""Find the kernels of a host: which are installed, with which headers and modules, and which one is pinned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.host.host_facts import HostKernel
from vgpu_doctor.host.modules import DKMS, dkms_builds, module_build
from vgpu_doctor.versions import parse_kernel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from vgpu_doctor.host.access import Host
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
"""Meta-packages, each of which depends on the newest kernel of its kind."""

_IMAGE = re.compile(
    r"(?:(?:proxmox|pve)-kernel|linux-image(?:-unsigned)?)-(\d+\.\d+\.\d+-[\w.+~-]+?|\d+\.\d+\.\d+\+[\w.+~-]+?)"
    r"(?:-signed|-dbg|-unsigned)?\Z",
    re.ASCII,
)


def kernel_of_package(name: str) -> str | None:
    """Return the kernel release that a package installs: 6.8.4-2-pve for proxmox-kernel-6.8.4-2-pve-signed."""
    if name.endswith("-dbg"):
        return None
    found = _IMAGE.match(name)
    return found[1] if found and parse_kernel(found[1]) else None


def installed_kernels(host: Host, packages: Mapping[str, Package] | None) -> tuple[HostKernel, ...]:
    """Return the kernels with an image, modules or a package, oldest first."""
    complete: dict[str, bool] = {}
    for name, package in (packages or {}).items():
        release = kernel_of_package(name)
        if release is not None:
            complete[release] = complete.get(release, True) and package.state == "installed"
    releases = set(complete) | set(_releases_with_files(host))
    kernels = (
        HostKernel(
            release=release,
            headers=headers_of(host, release),
            complete=complete.get(release, True),
            drivers=_drivers(host, release),
        )
        for release in releases
    )
    return tuple(sorted(kernels, key=lambda kernel: _order(kernel.release)))


def headers_of(host: Host, release: str) -> Path | None:
    """Return the folder of the headers of a kernel."""
    for folder in (f"{MODULES}/{release}/build", f"usr/src/linux-headers-{release}", f"usr/src/kernels/{release}"):
        path = host.path(folder)
        if path is not None and host.exists(f"{folder}/include"):
            return path
    return None


def pinned_kernel(host: Host) -> str | None:
    """Return the kernel that Proxmox is pinned to; a pin for the next boot alone goes first."""
    for file in (NEXT_BOOT_PIN, PIN):
        if release := (host.text(file) or "").strip():
            return release
    return None


def held_packages(packages: Mapping[str, Package] | None) -> tuple[str, ...]:
    """Return the kernel packages that are on hold."""
    held = (name for name, package in (packages or {}).items() if package.selection == "hold")
    return tuple(sorted(name for name in held if META.match(name) or kernel_of_package(name)))


def meta_packages(packages: Mapping[str, Package] | None) -> tuple[str, ...]:
    """Return the meta-packages that are not on hold: their upgrade can install another kernel."""
    upgraded = (name for name, package in (packages or {}).items() if package.selection != "hold")
    return tuple(sorted(name for name in upgraded if META.match(name)))


def _releases_with_files(host: Host) -> Iterator[str]:
    for image in IMAGES:
        for name in host.names("boot", f"{image}*"):
            release = name.removeprefix(image)
            if parse_kernel(release) and not release.endswith((".old", ".bak")) and "rescue" not in release:
                yield release
    for name in host.names(MODULES):
        if parse_kernel(name) and host.exists(f"{MODULES}/{name}/kernel"):
            yield name


def _drivers(host: Host, release: str) -> tuple[str, ...]:
    """Return the driver builds with modules for a kernel: those of DKMS, else that of the module itself."""
    of_dkms = tuple(build for name, build in dkms_builds(host) if host.exists(f"{DKMS}/{name}/{build}/{release}"))
    if of_dkms:
        return of_dkms
    found = module_build(host, release)
    return (found,) if found else ()


def _order(release: str) -> tuple[tuple[int, ...], int, str]:
    kernel = parse_kernel(release)
    return (kernel.numbers if kernel else (), (kernel.build or 0) if kernel else 0, release)
