"""All facts of one host, gathered once. Any source may be missing; what is then not known is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.host.devices import gpus, network_cards, secure_boot
from vgpu_doctor.host.drivers import drivers_of
from vgpu_doctor.host.host_facts import HostFacts
from vgpu_doctor.host.kernels import following_packages, held_packages, installed_kernels, pinned_kernel
from vgpu_doctor.host.packages import installed_packages
from vgpu_doctor.host.system import pve_release, running_kernel, system_of
from vgpu_doctor.host.upgrade import next_kernels

if TYPE_CHECKING:
    from vgpu_doctor.host.host_facts import Fact
    from vgpu_doctor.host.machine import Machine


def host_facts(machine: Machine, *, ask_apt: bool = True) -> HostFacts:
    """What the host is and has. Without ``ask_apt`` nobody looks what an upgrade would bring; that takes longest."""
    packages = installed_packages(machine)
    pve = pve_release(packages)
    system, distribution = system_of(machine, pve)
    running = running_kernel(machine)
    kernels = installed_kernels(machine, packages)
    coming = next_kernels(machine, packages) if ask_apt else None
    cards = gpus(machine)
    signed = secure_boot(machine)
    known: dict[Fact, object] = {
        "kernel": running,
        "packages": packages,
        "next_kernel": coming if ask_apt else (),
        "gpus": cards,
        "secure_boot": signed,
    }
    return HostFacts(
        system=system,
        distribution=distribution,
        pve=pve,
        running=running,
        kernels=kernels,
        pinned=pinned_kernel(machine),
        next_kernels=coming,
        held=held_packages(packages),
        following=following_packages(packages),
        drivers=drivers_of(machine, packages, kernels, running),
        gpus=cards,
        secure_boot=signed,
        network=network_cards(machine),
        unknown=tuple(name for name, value in known.items() if value is None),
    )
