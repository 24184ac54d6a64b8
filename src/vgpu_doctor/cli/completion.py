"""Values that a shell offers for a parameter; typer asks for them while it completes a line."""

from __future__ import annotations

from vgpu_doctor.cli.output import LANGUAGES
from vgpu_doctor.errors import UserError


def languages() -> list[str]:
    """Return the languages of a report."""
    return list(LANGUAGES)


def trees() -> list[str]:
    """Return the folders of a driver package that hold a kernel module."""
    return ["kernel", "kernel-open"]


def signature_ids() -> list[str]:
    """Return the ids of the shipped and the host's own signatures; none where a record of the host is broken."""
    from vgpu_doctor.signatures.load import load_library

    try:
        return list(load_library().ids)
    except (UserError, OSError):  # a message would end up in the middle of the line that is being typed
        return []


def vgpu_releases() -> list[str]:
    """Return the vGPU releases of the catalogue, such as 17.1."""
    from vgpu_doctor.catalogue.load import load_catalogue

    return [release.release for release in load_catalogue().releases]


def pve_releases() -> list[str]:
    """Return the Proxmox VE releases of the catalogue, such as 8.2."""
    from vgpu_doctor.catalogue.load import load_catalogue

    return [release.pve for release in load_catalogue().pve_releases]
