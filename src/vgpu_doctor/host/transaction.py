"""Read what apt is about to do, as it tells hooks: protocol version 3 of DPkg::Pre-Install-Pkgs (apt.conf(5))."""

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
    """The change of one package; None means that it is not installed."""

    name: str
    before: str | None
    after: str | None


def changes_of(lines: Iterable[str]) -> list[Change]:
    """Return the changes of a transaction; none if the text is not of version 3."""
    remaining = iter(lines)
    if next(remaining, "").strip() != FIRST_LINE:
        return []
    for line in remaining:  # apt's configuration, up to an empty line
        if not line.strip():
            break
    found = []
    for line in remaining:
        words = line.split(None, FIELDS - 1)
        if len(words) == FIELDS:
            after = None if words[5] == "-" or words[8].strip() == REMOVED else words[5]
            found.append(Change(words[0], None if words[1] == "-" else words[1], after))
    return found


def new_kernels(changes: Iterable[Change]) -> list[str]:
    """Return the kernel releases that a transaction installs, each once."""
    found = (kernel_of_package(change.name) for change in changes if change.after and change.before != change.after)
    return list(dict.fromkeys(release for release in found if release))
