"""Find NVIDIA's kernel modules: in the tree of DKMS, and by the version in a module itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.versions import is_driver_build

if TYPE_CHECKING:
    from vgpu_doctor.host.access import Host

DKMS = "var/lib/dkms"
FOLDERS = ("updates/dkms", "updates", "extra", "extra/nvidia", "weak-updates", "kernel/drivers/video", "misc")
"""Folders below /lib/modules/RELEASE in which installers put a module."""

_VERSION = re.compile(rb"\0version=([0-9]{3}\.[0-9.]{2,8})\0")


def dkms_builds(host: Host) -> list[tuple[str, str]]:
    """Return the pairs of module name and build of NVIDIA's drivers in the tree of DKMS."""
    return [
        (name, build)
        for name in host.names(DKMS, "nvidia*")
        for build in host.names(f"{DKMS}/{name}")
        if is_driver_build(build)
    ]


def module_build(host: Host, release: str) -> str | None:
    """Return the build of the module ``nvidia`` that is installed for a kernel."""
    for folder in FOLDERS:
        for name in host.names(f"lib/modules/{release}/{folder}", "nvidia.ko*"):
            data = host.data(f"lib/modules/{release}/{folder}/{name}")
            found = _VERSION.search(_unpacked(data or b"", name))
            if found:
                return found[1].decode("ascii")
    printed = (host.output(["modinfo", "-k", release, "-F", "version", "nvidia"]) or "").strip()
    return printed if is_driver_build(printed) else None


def _unpacked(data: bytes, name: str) -> bytes:
    try:
        if name.endswith(".xz"):
            import lzma

            return lzma.decompress(data)
        if name.endswith(".gz"):
            import gzip

            return gzip.decompress(data)
    except (OSError, EOFError, ValueError, ImportError):
        return b""
    except Exception as error:
        if type(error).__name__ != "LZMAError":
            raise
        return b""
    return data
