"""Exact commands for one host: packages, installer options, what to check, how to undo."""

from __future__ import annotations

from vgpu_doctor.advice.phrases import say
from vgpu_doctor.advice.situation import Situation
from vgpu_doctor.knowledge.catalogue import Catalogue

TYPE_OPTION_SINCE = 555  # driver branch; -M type replaced -m folder there
SIGNING_NOTE = "mokutil --sb-state"


def build_tools(situation: Situation, catalogue: Catalogue) -> str:
    """The command that installs headers of the running kernel and what a module build needs."""
    headers = catalogue.headers_package(situation.kernel) if situation.kernel else None
    match situation.distribution:
        case "rhel" | "fedora" | "oracle" | "amazon":
            return f"dnf install {headers or 'kernel-devel-$(uname -r)'} gcc make"
        case "arch" | "manjaro":
            return f"pacman -S {headers or 'linux-headers'} base-devel dkms"
        case "opensuse" | "sles":
            return f"zypper install {headers or 'kernel-default-devel'} gcc make"
    default = "proxmox-headers-$(uname -r)" if situation.on_proxmox else "linux-headers-$(uname -r)"
    return f"apt install {headers or default} build-essential dkms"


def tree_option(build: str, situation: Situation, vgpu: int | None) -> str:
    """The installer's option for the tree that this card needs, with a blank before it; empty where it decides itself."""
    same_branch = build.partition(".")[0] == (situation.build or "").partition(".")[0]
    tree = situation.tree if same_branch else None
    if situation.gpu is not None and vgpu is not None:
        tree = situation.gpu.host_tree(vgpu) or tree
    if tree is None:
        return ""
    if int(build.partition(".")[0]) >= TYPE_OPTION_SINCE:
        return " -M open" if tree == "kernel-open" else " -M proprietary"
    return f" -m {tree}"


def check_host(situation: Situation, catalogue: Catalogue, vgpu: int | None) -> tuple[str, ...]:
    """What shows that a vGPU host works."""
    if situation.kind != "host":
        return ("dkms status", "nvidia-smi")
    vendor = (
        situation.gpu is not None
        and situation.series is not None
        and vgpu is not None
        and catalogue.uses_vendor_vfio(situation.gpu, situation.series, vgpu)
    )
    types = "ls /sys/bus/pci/devices/*/nvidia/creatable_vgpu_types" if vendor else "mdevctl types"
    return ("dkms status", "nvidia-smi vgpu", types)


def pin_on_proxmox(kernel: str, catalogue: Catalogue, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Commands that install, boot and keep a kernel, and those that undo it."""
    names = catalogue.package_names(kernel)
    package = names.kernel.format(release=kernel) if names else f"proxmox-kernel-{kernel}"
    if names and names.signed_kernel:
        package = names.signed_kernel.format(release=kernel)
    headers = catalogue.headers_package(kernel) or f"proxmox-headers-{kernel}"
    series = catalogue.series(kernel)
    steps = [f"apt install {package} {headers}", f"proxmox-boot-tool kernel pin {kernel}"]
    undo = [say(language, "unpin"), "proxmox-boot-tool kernel unpin"]
    if series and series.default_kernel and names and names.default_kernel:
        file = f"/etc/apt/preferences.d/{names.default_kernel}"
        pin = f"Package: {names.default_kernel}\\nPin: version {series.default_kernel}\\nPin-Priority: 1000\\n"
        steps += [say(language, "pin_hold"), f"printf '{pin}' > {file}"]
        undo.append(f"rm {file}")
    return (*steps, say(language, "reboot")), tuple(undo)


def pin_elsewhere(situation: Situation, series: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The same for other distributions, which keep the kernel that was booted before."""
    boot = say(language, "pin_boot_old", series=series)
    match situation.distribution:
        case "rhel" | "fedora" | "oracle" | "amazon":
            return (
                (
                    boot,
                    "grubby --set-default /boot/vmlinuz-$(uname -r)",
                    "dnf install python3-dnf-plugin-versionlock",
                    "dnf versionlock add kernel kernel-core kernel-modules kernel-devel",
                ),
                ("dnf versionlock delete kernel kernel-core kernel-modules kernel-devel",),
            )
        case "ubuntu":
            packages = "linux-image-generic linux-headers-generic linux-generic"
            return (
                (boot, f"apt-mark hold {packages} linux-image-$(uname -r)"),
                (f"apt-mark unhold {packages} linux-image-$(uname -r)",),
            )
        case "debian":
            packages = "linux-image-amd64 linux-headers-amd64"
            return (
                (boot, f"apt-mark hold {packages} linux-image-$(uname -r)"),
                (f"apt-mark unhold {packages} linux-image-$(uname -r)",),
            )
        case "arch" | "manjaro":
            return (
                (boot, "sed -i 's/^#*IgnorePkg *=.*/IgnorePkg = linux linux-headers/' /etc/pacman.conf"),
                ("sed -i 's/^IgnorePkg/#IgnorePkg/' /etc/pacman.conf",),
            )
    return ((boot,), ())
