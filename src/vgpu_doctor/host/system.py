"""Find which distribution and which kernel a host runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vgpu_doctor.host.access import Host
    from vgpu_doctor.host.packages import Package

OS_RELEASE = ("etc/os-release", "usr/lib/os-release")
RED_HAT_LIKE = frozenset({"rhel", "centos", "rocky", "almalinux"})
RUNNING = "proc/sys/kernel/osrelease"

_FIELD = re.compile(r"""^([A-Z_]+)=["']?([^"'\n]*)""", re.MULTILINE | re.ASCII)


def pve_release(packages: Mapping[str, Package] | None) -> str | None:
    """Return the release of Proxmox VE, 8.2, by the version of pve-manager."""
    package = (packages or {}).get("pve-manager")
    found = re.match(r"\d+\.\d+", package.version) if package else None
    return found[0] if found else None


def system_of(host: Host, pve: str | None) -> tuple[str | None, str | None]:
    """Return the name of the system for people, and the id of its distribution; RHEL's clones count as rhel."""
    if pve is not None:
        return f"Proxmox VE {pve}", "pve"
    text = next((text for name in OS_RELEASE if (text := host.text(name)) is not None), None)
    if text is None:
        return None, None
    fields = dict(_FIELD.findall(text))
    name = fields.get("ID")
    return fields.get("PRETTY_NAME") or name, "rhel" if name in RED_HAT_LIKE else name


def running_kernel(host: Host) -> str | None:
    """Return the release of the running kernel, as ``uname -r`` prints it."""
    found = (host.text(RUNNING) or "").strip()
    if not found and host.live:
        import os

        found = os.uname().release
    return found or None
