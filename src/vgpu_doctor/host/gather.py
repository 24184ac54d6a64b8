"""Gather all facts of a host once. Any source may be missing; ``HostFacts.unknown`` then names what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.host.devices import gpus, network_cards, secure_boot
from vgpu_doctor.host.drivers import drivers_of
from vgpu_doctor.host.host_facts import HostFacts
from vgpu_doctor.host.kernels import held_packages, installed_kernels, meta_packages, pinned_kernel
from vgpu_doctor.host.packages import installed_packages
from vgpu_doctor.host.system import pve_release, running_kernel, system_of
from vgpu_doctor.host.upgrade import next_kernels

if TYPE_CHECKING:
    from vgpu_doctor.host.access import Host
    from vgpu_doctor.host.host_facts import Fact


def host_facts(host: Host, *, ask_apt: bool = True) -> HostFacts:
    """Return the facts of a host; without ``ask_apt`` not those of the next upgrade, which take the longest."""
    packages = installed_packages(host)
    pve = pve_release(packages)
    system, distribution = system_of(host, pve)
    running = running_kernel(host)
    kernels = installed_kernels(host, packages)
    upcoming = next_kernels(host, packages) if ask_apt else None
    gpu_ids = gpus(host)
    has_secure_boot = secure_boot(host)
    known: dict[Fact, object] = {
        "kernel": running,
        "packages": packages,
        "next_kernel": upcoming if ask_apt else (),
        "gpus": gpu_ids,
        "secure_boot": has_secure_boot,
    }
    return HostFacts(
        system=system,
        distribution=distribution,
        pve=pve,
        running=running,
        kernels=kernels,
        pinned=pinned_kernel(host),
        next_kernels=upcoming,
        held=held_packages(packages),
        meta_packages=meta_packages(packages),
        drivers=drivers_of(host, packages, kernels, running),
        gpus=gpu_ids,
        secure_boot=has_secure_boot,
        network=network_cards(host),
        unknown=tuple(name for name, value in known.items() if value is None),
    )
