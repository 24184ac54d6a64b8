"""Read the packages of a Debian-like host from the files of dpkg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vgpu_doctor.host.access import Host

STATUS = "var/lib/dpkg/status"


@frozen
class Package:
    """A package as dpkg records it."""

    name: str
    version: str
    selection: str  # install, hold, deinstall, purge
    state: str  # installed, config-files, half-configured, unpacked ...
    depends: str = ""

    @property
    def is_unpacked(self) -> bool:
        """Whether its files are on the disk, configured or not."""
        return self.state not in ("not-installed", "config-files")


def installed_packages(host: Host) -> Mapping[str, Package] | None:
    """Return every unpacked package by name; None if the host has no dpkg."""
    text = host.text(STATUS)
    if text is None:
        return None
    found = {}
    for fields in stanzas(text, ("Package", "Version", "Status", "Depends")):
        words = fields.get("Status", "").split()
        if len(words) == 3 and "Package" in fields:
            package = Package(
                fields["Package"], fields.get("Version", ""), words[0], words[2], fields.get("Depends", "")
            )
            if package.is_unpacked:
                found[package.name] = package
    return found


def stanzas(text: str, wanted: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield the wanted fields of each paragraph of a Debian control file, only the first line of each field."""
    for paragraph in text.split("\n\n"):
        fields = {}
        for line in paragraph.split("\n"):
            name, colon, value = line.partition(":")
            if colon and name in wanted:
                fields[name] = value.strip()
        if fields:
            yield fields
