"""Find the NVIDIA drivers of a host: loaded, built, as sources and as packages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.host.host_facts import HostDriver
from vgpu_doctor.host.modules import dkms_builds
from vgpu_doctor.versions import driver_numbers, is_driver_build

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vgpu_doctor.host.access import Host
    from vgpu_doctor.host.host_facts import HostKernel
    from vgpu_doctor.host.packages import Package

LOADED = "proc/driver/nvidia/version"
SOURCES = "usr/src"
STRENGTH = ("loaded", "module", "dkms", "source", "package")
"""Where a driver can be found, the strongest evidence of its use first."""

VGPU_SERVICES = (
    "lib/systemd/system/nvidia-vgpu-mgr.service",
    "usr/lib/systemd/system/nvidia-vgpu-mgr.service",
    "etc/systemd/system/nvidia-vgpu-mgr.service",
)
GUEST_FILES = ("etc/nvidia/gridd.conf", "usr/bin/nvidia-gridd")

_LOADED = re.compile(r"^NVRM version:\s+NVIDIA UNIX (Open )?.*?\s(\d{3}\.[0-9.]{2,8})\s", re.MULTILINE | re.ASCII)
_SOURCE = re.compile(r"nvidia(?:-[a-z-]+)?-(\d{3}\.[0-9.]+)\Z", re.ASCII)
_PACKAGE = re.compile(
    r"nvidia-(?:(?:kernel(?:-open)?|driver|current|open-kernel|tesla(?:-\d+)?-kernel)-?dkms|dkms-\d+(?:-server|-open)*"
    r"|driver-\d+(?:-server|-open)*|vgpu-[a-z]+-\d+|driver|kernel-open-dkms)\Z",
    re.ASCII,
)
_BUILD = re.compile(r"(?:\d+:)?(\d{3}\.\d{2,3}(?:\.\d{2,3})?)(?=[-+~]|\Z)", re.ASCII)


def drivers_of(
    host: Host,
    packages: Mapping[str, Package] | None,
    kernels: Iterable[HostKernel],
    running: str | None,
) -> tuple[HostDriver, ...]:
    """Return every driver of the host by strength of evidence, so that the one in use is first."""
    places_by_build: dict[str, set[str]] = {}

    def note(build: str, place: str) -> None:
        if is_driver_build(build):
            places_by_build.setdefault(build, set()).add(place)

    loaded = _LOADED.search(host.text(LOADED) or "")
    if loaded:
        note(loaded[2], "loaded")
    for kernel in kernels:
        if kernel.release == running:
            for build in kernel.drivers:
                note(build, "module")
    for _, build in dkms_builds(host):
        note(build, "dkms")
    sources = {match[1]: name for name in host.names(SOURCES, "nvidia*") if (match := _SOURCE.match(name))}
    for build in sources:
        note(build, "source")
    for name, package in (packages or {}).items():
        packaged = driver_of_package(name, package.version)
        if packaged is not None and package.state == "installed":
            note(packaged, "package")
    drivers = [
        _driver(host, build, tuple(sorted(places, key=STRENGTH.index)), sources.get(build), bool(loaded and loaded[1]))
        for build, places in places_by_build.items()
    ]
    drivers.sort(key=lambda driver: driver_numbers(driver.build), reverse=True)
    return tuple(sorted(drivers, key=lambda driver: STRENGTH.index(driver.found[0])))


def driver_of_package(name: str, version: str) -> str | None:
    """Return the build that a driver package installs; None for other packages."""
    found = _BUILD.match(version) if _PACKAGE.match(name) else None
    return found[1] if found else None


def _driver(host: Host, build: str, places: tuple[str, ...], source: str | None, open_loaded: bool) -> HostDriver:
    folder = f"{SOURCES}/{source}" if source else None
    is_complete = folder is not None and host.exists(f"{folder}/conftest.sh")
    is_open = (open_loaded and "loaded" in places) or (source is not None and "open" in source)
    return HostDriver(
        build=build,
        found=places,
        source=host.path(folder) if folder is not None and is_complete else None,
        flavour=_flavour(host, folder),
        tree="kernel-open" if is_open else None,
    )


def _flavour(host: Host, source: str | None) -> str | None:
    if source is not None and any(
        host.exists(f"{source}/{folder}nvidia-vgpu-vfio") for folder in ("", "kernel/", "kernel-open/")
    ):
        return "vgpu-kvm"
    if any(map(host.exists, VGPU_SERVICES)):
        return "vgpu-kvm"
    return "grid" if any(map(host.exists, GUEST_FILES)) else None
