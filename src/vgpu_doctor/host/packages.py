"""Packages of a host of Debian's kind, read from the files of dpkg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vgpu_doctor.host.machine import Machine

STATUS = "var/lib/dpkg/status"


@frozen
class Package:
    """One package as dpkg knows it."""

    name: str
    version: str
    wanted: str  # install, hold, deinstall, purge
    state: str  # installed, config-files, half-configured, unpacked ...
    depends: str = ""

    @property
    def there(self) -> bool:
        """Whether its files are on the disk, finished or not."""
        return self.state not in ("not-installed", "config-files")


def installed_packages(machine: Machine) -> Mapping[str, Package] | None:
    """Every package that is on the disk, by name; None where dpkg keeps no books there."""
    text = machine.text(STATUS)
    if text is None:
        return None
    found = {}
    for fields in stanzas(text, ("Package", "Version", "Status", "Depends")):
        words = fields.get("Status", "").split()
        if len(words) == 3 and "Package" in fields:
            package = Package(
                fields["Package"], fields.get("Version", ""), words[0], words[2], fields.get("Depends", "")
            )
            if package.there:
                found[package.name] = package
    return found


def stanzas(text: str, wanted: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The wanted fields of each paragraph, first lines only; other fields are passed over."""
    for paragraph in text.split("\n\n"):
        fields = {}
        for line in paragraph.split("\n"):
            name, colon, value = line.partition(":")
            if colon and name in wanted:
                fields[name] = value.strip()
        if fields:
            yield fields
