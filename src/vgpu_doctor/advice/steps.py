"""Exact commands for one host: packages, the installer, what to check. Each runs as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.model import Message, Step, say
from vgpu_doctor.versions import parse_kernel

if TYPE_CHECKING:
    from vgpu_doctor.advice.host_context import HostContext
    from vgpu_doctor.catalogue.catalogue import Catalogue

FOLDER_OPTION_SINCE = 510  # driver branch; older ones have one tree only
TYPE_OPTION_SINCE = 555  # driver branch in which "-M type" replaced "-m folder"
PLAIN_FILE = "NVIDIA-Linux-x86_64-{build}.run"
BUILD_PACKAGES = frozenset({"build-essential", "dkms", "gcc", "make", "base-devel"})
"""What a build needs beside headers; these names are the same on every release of a distribution."""

DKMS_KEY = "/var/lib/dkms/mok.pub"
UBUNTU_KEY = "/var/lib/shim-signed/mok/MOK.der"

RED_HAT = frozenset({"rhel", "fedora", "oracle", "amazon"})
DEBIAN_LIKE = frozenset({"pve", "debian", "ubuntu"})


def package_manager(context: HostContext) -> str | None:
    """Return the tool that installs packages there: apt, dnf, yum, pacman or zypper; None if it is not known."""
    distribution = context.distribution
    if context.on_proxmox or distribution in DEBIAN_LIKE or distribution is None:
        return "apt"
    if distribution in RED_HAT:
        kernel = parse_kernel(context.kernel) if context.kernel else None
        return "yum" if kernel and (kernel.distribution_release or "").split(".")[0] == "7" else "dnf"
    if distribution in ("arch", "manjaro"):
        return "pacman"
    return "zypper" if distribution in ("opensuse", "sles") else None


def headers_of(context: HostContext, catalogue: Catalogue) -> str | None:
    """Return the package with the headers of the host's kernel, or of the running one if no log names it."""
    if context.kernel and (known := catalogue.headers_package(context.kernel)):
        return known
    if context.on_proxmox:
        return "proxmox-headers-$(uname -r)"
    manager = package_manager(context)
    if manager == "apt":
        return "linux-headers-$(uname -r)"
    return "kernel-devel-$(uname -r)" if manager in ("dnf", "yum") else None


def build_tools(context: HostContext, catalogue: Catalogue) -> list[Step]:
    """Return the commands that install headers and build tools, or a sentence if the package tool is not known."""
    headers = headers_of(context, catalogue)
    match package_manager(context):
        case "apt":
            command = f"apt install -y {headers} build-essential dkms"
        case "dnf" | "yum" as manager:
            dkms = " dkms" if context.distribution == "fedora" else ""
            command = f"{manager} install -y {headers} gcc make{dkms}"
        case "pacman" if headers:
            command = f"pacman -S --needed --noconfirm {headers} base-devel dkms"
        case "zypper" if headers:
            command = f"zypper --non-interactive install {headers} gcc make"
        case _:
            return [say("tools_yourself")]
    return [say("tools"), command]


def tree_option(build: str, tree: str | None) -> str:
    """Return the installer's option for a module tree, with a leading blank; empty to let the installer decide."""
    branch = int(build.partition(".")[0])
    if tree is None or branch < FOLDER_OPTION_SINCE:
        return ""
    if branch >= TYPE_OPTION_SINCE:
        return " -M open" if tree == "kernel-open" else " -M proprietary"
    return f" -m {tree}"


def dkms_option(context: HostContext) -> str:
    """Return the installer's option for DKMS, with a leading blank; empty if the distribution has no DKMS."""
    packaged = package_manager(context) in ("apt", "pacman") or context.distribution == "fedora"
    return " --dkms" if packaged or context.tool == "dkms" else ""


def installer_file(context: HostContext, build: str, catalogue: Catalogue) -> str:
    """Return the name under which NVIDIA ships a driver of the kind that the host has."""
    if context.kind == "plain":
        return PLAIN_FILE.format(build=build)
    return catalogue.package_file(build, "guest" if context.kind == "guest" else "host")


def install(
    context: HostContext, build: str, vgpu: int | None, catalogue: Catalogue, custom: bool = False
) -> list[Step]:
    """Return the commands that build and install a driver for the running kernel, up to the reboot."""
    file = installer_file(context, build, catalogue)
    if custom:
        file = file.removesuffix(".run") + "-custom.run"
    tree = context.tree_for(build, vgpu)
    lines: list[Step] = []
    if context.failed and context.tool == "dkms" and context.build and package_manager(context) == "apt":
        lines = [say("dkms_out"), f"dkms remove nvidia/{context.build} --all", "dpkg --configure -a"]
    lines += build_tools(context, catalogue)
    if context.kind == "host":
        lines += [say("stop_vms"), "systemctl stop nvidia-vgpu-mgr.service nvidia-vgpud.service"]
        if tree is None and int(build.partition(".")[0]) >= FOLDER_OPTION_SINCE:
            lines.append(say("installer_decides"))
    lines.append(f"sh ./{file}{dkms_option(context)}{tree_option(build, tree)}")
    if context.tool == "dkms" and context.kernel:
        lines.append(f"dkms autoinstall -k {context.kernel}")
    return [*lines, *refresh_initramfs(context), reboot(context)]


def refresh_initramfs(context: HostContext) -> list[str]:
    """Return the command that removes modules of an older driver from the initramfs."""
    match package_manager(context):
        case "apt":
            return ["update-initramfs -u -k all"]
        case "dnf" | "yum":
            return ["dracut --force --regenerate-all"]
        case "pacman":
            return ["mkinitcpio -P"]
        case "zypper":
            return ["dracut --force --regenerate-all"]
    return []


def reboot(context: HostContext) -> Message:
    """Return the reboot as a sentence, so that pasting the commands does not reboot half-way."""
    return say({"guest": "reboot_vm", "host": "reboot"}.get(context.kind, "reboot_machine"))


def check_driver(context: HostContext, catalogue: Catalogue, vgpu: int | None) -> tuple[Step, ...]:
    """Return the commands that show whether a driver works."""
    key = UBUNTU_KEY if context.distribution == "ubuntu" else DKMS_KEY
    lines: list[Step] = ["mokutil --sb-state", say("secure_boot", public=key)]
    if dkms_option(context):
        lines.append("dkms status")
    if context.kind == "guest":
        return (*lines, "nvidia-smi", say("licence"), "nvidia-smi -q | grep -i license")
    if context.kind == "plain":
        return (*lines, "nvidia-smi")
    lines.append("nvidia-smi vgpu")
    series = context.series
    generations = [context.gpu] if context.gpu else catalogue.generations
    vendor = {
        series and vgpu is not None and catalogue.uses_vendor_vfio(generation, series, vgpu)
        for generation in generations
    }
    if False in vendor or None in vendor:
        lines.append("mdevctl types")
    if True in vendor:
        if len(vendor) > 1:
            lines.append(say("sriov"))
        lines += ["/usr/lib/nvidia/sriov-manage -e ALL", "ls /sys/bus/pci/devices/*/nvidia/creatable_vgpu_types"]
    return tuple(lines)
