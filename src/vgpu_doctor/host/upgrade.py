"""Find the kernels that the next upgrade would install, by a simulation of apt or from its package lists."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from vgpu_doctor.host.debian_versions import compare_versions, newest_first
from vgpu_doctor.host.kernels import META, kernel_of_package
from vgpu_doctor.host.packages import stanzas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vgpu_doctor.host.access import Host
    from vgpu_doctor.host.packages import Package

LISTS = "var/lib/apt/lists"
PREFERENCES = "etc/apt"
SIMULATE = (
    "apt-get",
    "--simulate",
    "-o",
    "Debug::NoLocking=true",
    "-o",
    "APT::Get::Show-User-Simulation-Note=false",
    "full-upgrade",
)
"""Prints what an upgrade would do; takes no lock, needs no privileges and changes nothing."""

DEFAULT_PRIORITY = 500  # of a version without a pin (apt_preferences(5))

_INST = re.compile(r"^Inst (\S+)", re.MULTILINE)
_KERNEL_NAME = re.compile(rb"^Package: ((?:proxmox|pve|linux)-(?:default-)?(?:kernel|image)[^\n]*)$", re.MULTILINE)
_FIELDS = ("Package", "Version", "Depends")

Available = dict[str, list[tuple[str, str]]]
"""The available versions of each package, each with its Depends field."""


def next_kernels(host: Host, packages: Mapping[str, Package] | None) -> tuple[str, ...] | None:
    """Return the kernel releases that a full upgrade would install anew; None if that is not known."""
    printed = host.output(SIMULATE)
    if printed is not None:
        found = dict.fromkeys(release for name in _INST.findall(printed) if (release := kernel_of_package(name)))
        return tuple(found)
    if packages is None:
        return None
    available = _available(host)
    if not available:
        return None
    return tuple(dict.fromkeys(_upgraded_kernels(packages, available, _pins(host))))


def _upgraded_kernels(packages: Mapping[str, Package], available: Available, pins: Mapping[str, str]) -> Iterator[str]:
    """Yield the kernels that are not installed and on which upgraded meta-packages depend, directly or not."""
    queue = [name for name in packages if META.match(name)]
    queued = set(queue)
    while queue:
        name = queue.pop(0)
        package = packages.get(name)
        if package is not None and package.selection == "hold":
            continue
        version, depends = _candidate(name, available, pins)
        if version is None or (package is not None and compare_versions(version, package.version) <= 0):
            depends = package.depends if package is not None else depends
        for needed in _first_choices(depends):
            release = kernel_of_package(needed)
            if release is not None:
                if not any(kernel_of_package(installed) == release for installed in packages):
                    yield release
            elif META.match(needed) and needed not in queued:
                queued.add(needed)
                queue.append(needed)


def _candidate(name: str, available: Available, pins: Mapping[str, str]) -> tuple[str | None, str]:
    """Return the version that apt would install, None if there is none, and its Depends field."""
    versions = sorted(available.get(name, []), key=lambda version: newest_first(version[0]))
    if name in pins:
        versions = [version for version in versions if fnmatchcase(version[0], pins[name])]
    return versions[0] if versions else (None, "")


def _first_choices(depends: str) -> Iterator[str]:
    """Yield the first alternative of each dependency of a Depends field, without version and architecture."""
    for dependency in depends.split(","):
        name = dependency.split("|")[0].split("(")[0].strip()
        if name:
            yield name.partition(":")[0]


def _available(host: Host) -> Available:
    found: Available = {}
    for file in host.names(LISTS, "*_Packages*"):
        data = host.data(f"{LISTS}/{file}")
        if data is None or file.endswith((".lz4", ".zst")):
            continue
        for fields in _kernel_stanzas(_unpacked(data, file)):
            versions = found.setdefault(fields["Package"], [])
            versions.append((fields.get("Version", ""), fields.get("Depends", "")))
    return found


def _kernel_stanzas(data: bytes) -> Iterator[dict[str, str]]:
    """Yield the paragraphs about kernels; the list of a distribution has 60,000 others, too many to parse."""
    for match in _KERNEL_NAME.finditer(data):
        start = data.rfind(b"\n\n", 0, match.start()) + 1
        end = data.find(b"\n\n", match.end())
        text = data[start : end if end >= 0 else len(data)].decode("utf-8", "replace")
        yield from (fields for fields in stanzas(text.strip(), _FIELDS) if "Package" in fields)


def _unpacked(data: bytes, file: str) -> bytes:
    import gzip
    import lzma

    try:
        if file.endswith(".gz"):
            return gzip.decompress(data)
        return lzma.decompress(data) if file.endswith(".xz") else data
    except (OSError, EOFError, lzma.LZMAError):
        return b""


def _pins(host: Host) -> dict[str, str]:
    """Return the version patterns to which the host's preferences pin packages."""
    files = ["preferences", *(f"preferences.d/{name}" for name in host.names(f"{PREFERENCES}/preferences.d"))]
    found = {}
    for file in files:
        text = host.text(f"{PREFERENCES}/{file}") or ""
        for fields in stanzas(re.sub(r"\n\s*\n", "\n\n", text), ("Package", "Pin", "Pin-Priority")):
            pin = fields.get("Pin", "")
            priority = fields.get("Pin-Priority", "0")
            if pin.startswith("version ") and priority.isdigit() and int(priority) > DEFAULT_PRIORITY:
                version = pin.removeprefix("version ").strip()
                found.update(dict.fromkeys(fields.get("Package", "").split(), version))
    return found
