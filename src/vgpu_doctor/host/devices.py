"""Cards of a host, as the kernel lists them below /sys, and whether Secure Boot is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.host.host_facts import NetworkCard

if TYPE_CHECKING:
    from vgpu_doctor.host.machine import Machine

PCI = "sys/bus/pci/devices"
NETWORK = "sys/class/net"
FIRMWARE = "sys/firmware/efi"
SECURE_BOOT = "efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

NVIDIA = "0x10de"
DISPLAY_CLASS = "0x03"

RENAMED_DRIVERS = frozenset({"i40e"})
"""Network drivers whose cards are known to get new names with a newer kernel."""


def gpus(machine: Machine) -> tuple[str, ...] | None:
    """PCI ids of NVIDIA's cards, each once; None where the PCI bus is not there to be read."""
    if not machine.exists(PCI):
        return None
    found: dict[str, None] = {}
    for device in machine.names(PCI):
        folder = f"{PCI}/{device}"
        read = {name: (machine.text(f"{folder}/{name}") or "").strip() for name in ("vendor", "device", "class")}
        virtual = machine.exists(f"{folder}/physfn")
        if read["vendor"] == NVIDIA and read["class"].startswith(DISPLAY_CLASS) and not virtual:
            found[f"10de:{read['device'].removeprefix('0x')}"] = None
    return tuple(found)


def network_cards(machine: Machine) -> tuple[NetworkCard, ...] | None:
    """Network cards with a driver of their own, by name; virtual functions are left out."""
    if not machine.exists(NETWORK):
        return None
    found = []
    for name in machine.names(NETWORK):
        device = f"{NETWORK}/{name}/device"
        path = machine.path(f"{device}/driver")
        if path is not None and not machine.exists(f"{device}/physfn"):
            found.append(NetworkCard(name, path.name))
    return tuple(found)


def at_risk(cards: tuple[NetworkCard, ...] | None) -> tuple[str, ...]:
    """Names of the cards that may be called otherwise after a change of kernel."""
    return tuple(card.name for card in cards or () if card.driver in RENAMED_DRIVERS)


def secure_boot(machine: Machine) -> bool | None:
    """Whether the firmware checks what is started; None where that cannot be read."""
    if machine.exists("sys") and not machine.exists(FIRMWARE) and machine.exists("sys/firmware"):
        return False
    data = machine.data(f"{FIRMWARE}/{SECURE_BOOT}")
    return data[-1] == 1 if data is not None and len(data) == 5 else None
