"""Find GPUs and network cards below /sys, and whether Secure Boot is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.host.host_facts import NetworkCard

if TYPE_CHECKING:
    from vgpu_doctor.host.access import Host

PCI = "sys/bus/pci/devices"
NETWORK = "sys/class/net"
FIRMWARE = "sys/firmware/efi"
SECURE_BOOT = "efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

NVIDIA = "0x10de"
DISPLAY_CLASS = "0x03"

RENAMED_DRIVERS = frozenset({"i40e"})
"""Network drivers whose cards are known to change their names with the kernel."""


def gpus(host: Host) -> tuple[str, ...] | None:
    """Return the PCI ids of NVIDIA's cards, each once; None if the PCI bus cannot be read."""
    if not host.exists(PCI):
        return None
    found: dict[str, None] = {}
    for device in host.names(PCI):
        folder = f"{PCI}/{device}"
        vendor, identity, kind = (
            (host.text(f"{folder}/{name}") or "").strip() for name in ("vendor", "device", "class")
        )
        is_virtual_function = host.exists(f"{folder}/physfn")
        if vendor == NVIDIA and kind.startswith(DISPLAY_CLASS) and not is_virtual_function:
            found[f"10de:{identity.removeprefix('0x')}"] = None
    return tuple(found)


def network_cards(host: Host) -> tuple[NetworkCard, ...] | None:
    """Return the network cards by name, without virtual interfaces and functions; None if they cannot be read."""
    if not host.exists(NETWORK):
        return None
    found = []
    for name in host.names(NETWORK):
        device = f"{NETWORK}/{name}/device"
        path = host.path(f"{device}/driver")
        if path is not None and not host.exists(f"{device}/physfn"):
            found.append(NetworkCard(name, path.name))
    return tuple(found)


def at_risk(cards: tuple[NetworkCard, ...] | None) -> tuple[str, ...]:
    """Return the names of the cards that another kernel may rename."""
    return tuple(card.name for card in cards or () if card.driver in RENAMED_DRIVERS)


def secure_boot(host: Host) -> bool | None:
    """Whether Secure Boot is on; None if that cannot be read."""
    if host.exists("sys") and not host.exists(FIRMWARE) and host.exists("sys/firmware"):
        return False
    data = host.data(f"{FIRMWARE}/{SECURE_BOOT}")
    return data[-1] == 1 if data is not None and len(data) == 5 else None
