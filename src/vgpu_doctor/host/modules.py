"""NVIDIA's modules on the disk: what DKMS holds, and what a module says of itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.versions import is_driver_build

if TYPE_CHECKING:
    from vgpu_doctor.host.machine import Machine

DKMS = "var/lib/dkms"
FOLDERS = ("updates/dkms", "updates", "extra", "extra/nvidia", "weak-updates", "kernel/drivers/video", "misc")
"""Where installers put a module below /lib/modules/RELEASE."""

_VERSION = re.compile(rb"\0version=([0-9]{3}\.[0-9.]{2,8})\0")


def dkms_builds(machine: Machine) -> list[tuple[str, str]]:
    """Names and builds of NVIDIA's drivers in the tree of DKMS."""
    return [
        (name, build)
        for name in machine.names(DKMS, "nvidia*")
        for build in machine.names(f"{DKMS}/{name}")
        if is_driver_build(build)
    ]


def module_build(machine: Machine, release: str) -> str | None:
    """The build of the module nvidia that lies ready for a kernel."""
    for folder in FOLDERS:
        for name in machine.names(f"lib/modules/{release}/{folder}", "nvidia.ko*"):
            data = machine.data(f"lib/modules/{release}/{folder}/{name}")
            found = _VERSION.search(_unpacked(data or b"", name))
            if found:
                return found[1].decode("ascii")
    printed = (machine.output(["modinfo", "-k", release, "-F", "version", "nvidia"]) or "").strip()
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
