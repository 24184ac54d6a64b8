"""Folders that look like hosts: they hold the files that a check reads, and no others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

T4, A40, P4 = "0x1eb8", "0x2235", "0x1bb3"

PVE_8_LISTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "proxmox-default-kernel": (("1.0.1", "proxmox-kernel-6.5"), ("1.1.0", "proxmox-kernel-6.8")),
    "proxmox-kernel-6.5": (("6.5.13-5", "proxmox-kernel-6.5.13-5-pve-signed | proxmox-kernel-6.5.13-5-pve"),),
    "proxmox-kernel-6.8": (("6.8.4-2", "proxmox-kernel-6.8.4-2-pve-signed | proxmox-kernel-6.8.4-2-pve"),),
}

SOURCE = {
    "Kbuild": "NV_KERNEL_SOURCES :=\n",
    "conftest.sh": "case $1 in\n    follow_pfn)\n    ;;\nesac\n",
    "nvidia/nv-pci.c": (
        "static int nv_pci_probe(struct pci_dev *pci_dev)\n{\n"
        "    if (pci_dev->dev.bus->iommu_ops == NULL)\n    {\n        return -1;\n    }\n    return 0;\n}\n"
    ),
    "nvidia-vgpu-vfio/nvidia-vgpu-vfio.c": (
        "static void vgpu_msix_handler(struct eventfd_ctx *trigger)\n{\n    eventfd_signal(trigger, 1);\n}\n"
    ),
}
"""The lines of a vGPU host driver that Linux 6.8 refuses."""

PATCHED_SOURCE = {
    **SOURCE,
    "nvidia/nv-pci.c": SOURCE["nvidia/nv-pci.c"].replace(
        "    if (pci_dev->dev.bus->iommu_ops == NULL)\n",
        "#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)\n"
        "    if (!device_iommu_mapped(&pci_dev->dev))\n"
        "#else\n    if (pci_dev->dev.bus->iommu_ops == NULL)\n#endif\n",
    ),
    "nvidia-vgpu-vfio/nvidia-vgpu-vfio.c": SOURCE["nvidia-vgpu-vfio/nvidia-vgpu-vfio.c"].replace(
        "    eventfd_signal(trigger, 1);\n",
        "#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)\n    eventfd_signal(trigger);\n"
        "#else\n    eventfd_signal(trigger, 1);\n#endif\n",
    ),
}


@dataclass
class FakeHost:
    """A host to write as a folder; what is left out here is missing there."""

    root: Path
    system: str | None = 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
    pve: str | None = None
    running: str | None = None
    kernels: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict)  # name to version
    states: Mapping[str, str] = field(default_factory=dict)  # name to the three words of dpkg
    depends: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    loaded: str | None = None
    dkms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # build to kernels
    module: Mapping[str, str] = field(default_factory=dict)  # kernel to build
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # build to files
    vgpu: bool = False
    gpus: tuple[str, ...] | None = ()
    network: Mapping[str, str] = field(default_factory=dict)
    secure_boot: bool | None = False
    pinned: str | None = None
    preferences: str | None = None

    def write(self) -> Path:
        """Write the folder and return its path."""
        for text, name in (
            (self.system, "etc/os-release"),
            (self.running and f"{self.running}\n", "proc/sys/kernel/osrelease"),
            (self.pinned and f"{self.pinned}\n", "etc/kernel/proxmox-boot-pin"),
            (self.preferences, "etc/apt/preferences.d/kernel"),
            ("[Unit]\n" if self.vgpu else None, "usr/lib/systemd/system/nvidia-vgpu-mgr.service"),
        ):
            if text:
                self.put(name, text)
        (self.root / "lib").mkdir(parents=True, exist_ok=True)
        self._kernels()
        self._packages()
        self._drivers()
        self._devices()
        return self.root

    def put(self, name: str, text: str) -> None:
        """Write one file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def _kernels(self) -> None:
        for release in self.kernels:
            self.put(f"boot/vmlinuz-{release}", "")
            (self.root / "lib/modules" / release / "kernel").mkdir(parents=True)
        for release in self.headers:
            self.put(f"usr/src/linux-headers-{release}/include/config/kernel.release", release)

    def _packages(self) -> None:
        packages = dict(self.packages)
        if self.pve:
            packages["pve-manager"] = self.pve
        if packages:
            stanzas = [
                f"Package: {name}\nStatus: {self.states.get(name, 'install ok installed')}\nVersion: {version}\n"
                + (f"Depends: {self.depends[name]}\n" if name in self.depends else "")
                for name, version in packages.items()
            ]
            self.put("var/lib/dpkg/status", "\n".join(stanzas))
        if self.lists:
            stanzas = [
                f"Package: {name}\nVersion: {version}\nDepends: {depends}\n"
                for name, versions in self.lists.items()
                for version, depends in versions
            ]
            self.put("var/lib/apt/lists/download.proxmox.com_debian_pve_Packages", "\n".join(stanzas))

    def _drivers(self) -> None:
        if self.loaded:
            line = f"NVRM version: NVIDIA UNIX x86_64 Kernel Module  {self.loaded}  Tue Feb 20 05:30:11 UTC 2024\n"
            self.put("proc/driver/nvidia/version", line)
        for build, kernels in self.dkms.items():
            (self.root / "var/lib/dkms/nvidia" / build).mkdir(parents=True)
            for release in kernels:
                self.put(f"var/lib/dkms/nvidia/{build}/{release}/x86_64/module/nvidia.ko", "")
        for release, build in self.module.items():
            self.put(f"lib/modules/{release}/extra/nvidia.ko", f"\0license=NVIDIA\0version={build}\0")
        for build, files in self.sources.items():
            for name, text in files.items():
                self.put(f"usr/src/nvidia-{build}/{name}", text)

    def _devices(self) -> None:
        if self.gpus is not None:
            (self.root / "sys/bus/pci/devices").mkdir(parents=True)
            for number, identity in enumerate(self.gpus):
                folder = f"sys/bus/pci/devices/0000:{number + 1:02x}:00.0"
                for name, text in (("vendor", "0x10de"), ("device", identity), ("class", "0x030200")):
                    self.put(f"{folder}/{name}", f"{text}\n")
        for name, driver in self.network.items():
            device = self.root / "sys/class/net" / name / "device"
            device.mkdir(parents=True)
            (self.root / "sys/bus/pci/drivers" / driver).mkdir(parents=True, exist_ok=True)
            (device / "driver").symlink_to(f"/sys/bus/pci/drivers/{driver}")
        if self.secure_boot is not None:
            (self.root / "sys/firmware").mkdir(parents=True, exist_ok=True)
        if self.secure_boot:
            name = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
            self.put(name, "\x06\0\0\0\x01")


def pve_7_4(root: Path) -> FakeHost:
    """vGPU 16.0 on 5.15; the upgrade stays in the series."""
    return FakeHost(
        root,
        pve="7.4-17",
        running="5.15.108-1-pve",
        kernels=("5.15.108-1-pve",),
        headers=("5.15.108-1-pve",),
        packages={"pve-kernel-5.15": "7.4-4", "pve-kernel-5.15.108-1-pve": "5.15.108-2"},
        depends={"pve-kernel-5.15": "pve-kernel-5.15.108-1-pve"},
        lists={"pve-kernel-5.15": (("7.4-14", "pve-kernel-5.15.158-2-pve"),)},
        loaded="535.54.06",
        dkms={"535.54.06": ("5.15.108-1-pve",)},
        vgpu=True,
        gpus=(T4,),
    )


def pve_8_1_to_8_2(root: Path) -> FakeHost:
    """The day on which 6.8 came: vGPU 16.4, its source at hand, network cards that will be renamed."""
    return FakeHost(
        root,
        pve="8.1.10",
        running="6.5.13-5-pve",
        kernels=("6.5.11-8-pve", "6.5.13-5-pve"),
        headers=("6.5.13-5-pve",),
        packages={
            "proxmox-default-kernel": "1.0.1",
            "proxmox-kernel-6.5": "6.5.13-5",
            "proxmox-kernel-6.5.13-5-pve-signed": "6.5.13-5",
            "proxmox-kernel-6.5.11-8-pve-signed": "6.5.11-8",
        },
        depends={"proxmox-default-kernel": "proxmox-kernel-6.5"},
        lists=PVE_8_LISTS,
        loaded="535.161.05",
        dkms={"535.161.05": ("6.5.11-8-pve", "6.5.13-5-pve")},
        sources={"535.161.05": SOURCE},
        gpus=(T4,),
        network={"enp1s0f0": "i40e", "enp1s0f1": "i40e", "eno1": "igb"},
        secure_boot=True,
    )


def pve_8_1_patched(root: Path) -> FakeHost:
    """The same host with a source that was patched by hand, but not for every cause."""
    host = pve_8_1_to_8_2(root)
    host.sources = {"535.161.05": PATCHED_SOURCE}
    return host


def pve_8_1_held(root: Path) -> FakeHost:
    """The same host, kept on its series by apt's preferences and a pin."""
    host = pve_8_1_to_8_2(root)
    host.preferences = "Package: proxmox-default-kernel\nPin: version 1.0.1\nPin-Priority: 1000\n"
    host.pinned = "6.5.13-5-pve"
    return host


def pve_8_4(root: Path) -> FakeHost:
    """vGPU 17.6 on 6.8 and on 6.14, which is installed beside it."""
    return FakeHost(
        root,
        pve="8.4.1",
        running="6.8.12-10-pve",
        kernels=("6.8.12-10-pve", "6.14.0-2-bpo12-pve"),
        headers=("6.8.12-10-pve",),
        packages={
            "proxmox-default-kernel": "1.1.0",
            "proxmox-kernel-6.8": "6.8.12-10",
            "proxmox-kernel-6.8.12-10-pve-signed": "6.8.12-10",
            "proxmox-kernel-6.14": "6.14.0-2~bpo12+1",
            "proxmox-kernel-6.14.0-2-bpo12-pve-signed": "6.14.0-2~bpo12+1",
        },
        depends={"proxmox-default-kernel": "proxmox-kernel-6.8"},
        lists={"proxmox-kernel-6.8": (("6.8.12-11", "proxmox-kernel-6.8.12-11-pve-signed"),)},
        loaded="550.163.02",
        dkms={"550.163.02": ("6.8.12-10-pve",)},
        vgpu=True,
        gpus=(A40,),
    )


def pve_8_4_two_drivers(root: Path) -> FakeHost:
    """vGPU 16.8 is loaded, 17.2 is left in DKMS."""
    host = pve_8_4(root)
    host.loaded = "535.216.01"
    host.dkms = {"535.216.01": ("6.8.12-10-pve",), "550.90.05": ()}
    host.gpus = (P4,)
    return host


def pve_8_4_half_installed(root: Path) -> FakeHost:
    """The package of 6.14 is half-configured, because DKMS failed in it."""
    host = pve_8_4(root)
    host.states = {"proxmox-kernel-6.14.0-2-bpo12-pve-signed": "install ok half-configured"}
    return host


def pve_9_1_18(root: Path) -> FakeHost:
    """vGPU 18.4 on 6.14; the upgrade brings 6.17."""
    return FakeHost(
        root,
        system='ID=debian\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n',
        pve="9.1.1",
        running="6.14.11-4-pve",
        kernels=("6.14.11-4-pve",),
        headers=("6.14.11-4-pve",),
        packages={
            "proxmox-default-kernel": "2.0.0",
            "proxmox-kernel-6.14": "6.14.11-4",
            "proxmox-kernel-6.14.11-4-pve-signed": "6.14.11-4",
        },
        depends={"proxmox-default-kernel": "proxmox-kernel-6.14"},
        lists={
            "proxmox-default-kernel": (("2.0.1", "proxmox-kernel-6.17"),),
            "proxmox-kernel-6.17": (("6.17.2-1", "proxmox-kernel-6.17.2-1-pve-signed | proxmox-kernel-6.17.2-1-pve"),),
        },
        loaded="570.172.07",
        dkms={"570.172.07": ("6.14.11-4-pve",)},
        vgpu=True,
        gpus=(A40,),
    )


def pve_9_1_19(root: Path) -> FakeHost:
    """vGPU 19.5, which is ready for what comes."""
    host = pve_9_1_18(root)
    host.loaded = "580.159.01"
    host.dkms = {"580.159.01": ("6.14.11-4-pve",)}
    return host


def debian_plain(root: Path) -> FakeHost:
    """A plain driver from the distribution's packages."""
    return FakeHost(
        root,
        running="6.1.0-18-amd64",
        kernels=("6.1.0-18-amd64",),
        headers=("6.1.0-18-amd64",),
        packages={
            "linux-image-amd64": "6.1.76-1",
            "linux-image-6.1.0-18-amd64": "6.1.76-1",
            "nvidia-kernel-dkms": "525.147.05-4~deb12u1",
        },
        depends={"linux-image-amd64": "linux-image-6.1.0-18-amd64 (= 6.1.76-1)"},
        lists={"linux-image-amd64": (("6.12.95-1~bpo12+1", "linux-image-6.12.95+deb12-amd64 (= 6.12.95-1)"),)},
        dkms={"525.147.05": ("6.1.0-18-amd64",)},
        gpus=(T4,),
    )


def no_driver(root: Path) -> FakeHost:
    """A host without NVIDIA's driver."""
    return FakeHost(root, pve="8.2.2", running="6.8.4-2-pve", kernels=("6.8.4-2-pve",))


def ubuntu_24_04(root: Path) -> FakeHost:
    """vGPU 17.1 as a host on Ubuntu, whose hardware enablement brings a newer series."""
    return FakeHost(
        root,
        system='ID=ubuntu\nPRETTY_NAME="Ubuntu 24.04.1 LTS"\n',
        running="6.8.0-31-generic",
        kernels=("6.8.0-31-generic",),
        headers=("6.8.0-31-generic",),
        packages={
            "linux-image-generic-hwe-24.04": "6.8.0-31.31",
            "linux-image-6.8.0-31-generic": "6.8.0-31.31",
            "nvidia-vgpu-ubuntu-550": "550.90.05",
        },
        depends={"linux-image-generic-hwe-24.04": "linux-image-6.8.0-31-generic"},
        lists={"linux-image-generic-hwe-24.04": (("6.14.0-24.24~24.04.3", "linux-image-6.14.0-24-generic"),)},
        dkms={"550.90.05": ("6.8.0-31-generic",)},
        vgpu=True,
        gpus=(A40,),
    )


def rhel_9(root: Path) -> FakeHost:
    """vGPU 17.1 as NVIDIA's package for RHEL 9.4; nothing tells what an upgrade brings."""
    return FakeHost(
        root,
        system='ID="rhel"\nPRETTY_NAME="Red Hat Enterprise Linux 9.4 (Plow)"\n',
        running="5.14.0-427.13.1.el9_4.x86_64",
        kernels=("5.14.0-427.13.1.el9_4.x86_64",),
        module={"5.14.0-427.13.1.el9_4.x86_64": "550.54.16"},
        vgpu=True,
        gpus=(A40,),
        secure_boot=None,
    )


def bare(root: Path) -> FakeHost:
    """A driver and a kernel, and hardly anything else to read."""
    return FakeHost(root, system=None, kernels=("6.8.4-2-pve",), dkms={"535.161.05": ()}, gpus=None, secure_boot=None)


HOSTS: Mapping[str, Callable[[Path], FakeHost]] = {
    "pve-7.4-vgpu-16.0": pve_7_4,
    "pve-8.1-to-8.2-vgpu-16.4": pve_8_1_to_8_2,
    "pve-8.1-patched": pve_8_1_patched,
    "pve-8.1-held-and-pinned": pve_8_1_held,
    "pve-8.4-vgpu-17.6": pve_8_4,
    "pve-8.4-two-drivers": pve_8_4_two_drivers,
    "pve-8.4-half-installed-kernel": pve_8_4_half_installed,
    "pve-9.1-vgpu-18.4": pve_9_1_18,
    "pve-9.1-vgpu-19.5": pve_9_1_19,
    "debian-12-plain-driver": debian_plain,
    "no-driver": no_driver,
    "ubuntu-24.04-vgpu-17.2": ubuntu_24_04,
    "rhel-9.4-vgpu-17.1": rhel_9,
    "nearly-nothing-known": bare,
}
