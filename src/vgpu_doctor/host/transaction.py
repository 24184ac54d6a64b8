"""What apt is about to do, as it tells a hook: protocol version 3 of DPkg::Pre-Install-Pkgs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen
from vgpu_doctor.host.kernels import kernel_of_package

if TYPE_CHECKING:
    from collections.abc import Iterable

FIELDS = 9  # name; version, architecture and multi-arch before; direction; the same three after; action
FIRST_LINE = "VERSION 3"
REMOVED = "**REMOVE**"


@frozen
class Change:
    """One package of a transaction; None is no version."""

    name: str
    before: str | None
    after: str | None


def changes_of(lines: Iterable[str]) -> list[Change]:
    """The packages of a transaction; nothing where the text is not of version 3."""
    rest = iter(lines)
    if next(rest, "").strip() != FIRST_LINE:
        return []
    for line in rest:
        if not line.strip():
            break
    found = []
    for line in rest:
        words = line.split(None, FIELDS - 1)
        if len(words) == FIELDS:
            after = None if words[5] == "-" or words[8].strip() == REMOVED else words[5]
            found.append(Change(words[0], None if words[1] == "-" else words[1], after))
    return found


def new_kernels(changes: Iterable[Change]) -> list[str]:
    """Kernel releases that a transaction brings, each once."""
    found = (kernel_of_package(change.name) for change in changes if change.after and change.before != change.after)
    return list(dict.fromkeys(release for release in found if release))
