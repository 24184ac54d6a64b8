"""Commands that boot an older kernel and keep it, for each distribution, and those that undo it.

Names of network cards can change with the kernel; a file for each card keeps its name, by its MAC address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.steps import package_manager
from vgpu_doctor.model import Step, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.advice.host_context import HostContext
    from vgpu_doctor.catalogue.catalogue import Catalogue

Commands = tuple[tuple[Step, ...], tuple[Step, ...]]
"""Steps, and how to undo them."""

GRUB_FILE = "/etc/default/grub.d/vgpu-doctor.cfg"
PACMAN_FILE = "/etc/pacman.d/vgpu-doctor.conf"
META_PACKAGES = r"^linux-((image|headers)-)?(amd64|generic|virtual|lowlatency)(-hwe-[0-9.]+)?$"
"""Names of the packages on Debian and Ubuntu that bring the newest kernel."""

LINK_FILES = "/etc/systemd/network/10-vgpu-doctor-"

# A slave of a bond shows the address of the bond; virtual functions (physfn) get theirs anew at each boot.
KEEP_NETWORK_NAMES = (
    "for card in /sys/class/net/*/device; do name=${card%/device}; name=${name##*/}; "
    f"link={LINK_FILES}$name.link; "
    '[ -e "$card/physfn" ] || [ -e "$link" ] || '
    r"printf '[Match]\nMACAddress=%s\nType=ether\n\n[Link]\nName=%s\n' "
    '"$(cat "${card%device}bonding_slave/perm_hwaddr" 2>/dev/null || cat "${card%device}address")" "$name" > "$link"; '
    "done"
)
RENAMED_DRIVERS = "readlink -f /sys/class/net/*/device/driver | grep i40e"


def pin_on_proxmox(kernel: str, build_driver: Sequence[Step], catalogue: Catalogue) -> Commands:
    """Return what installs, boots and keeps a kernel of Proxmox.

    ``build_driver`` is done before the reboot, and must build the driver for that kernel.
    """
    names = catalogue.package_names(kernel)
    package, headers = catalogue.kernel_package(kernel), catalogue.headers_package(kernel)
    if names and names.signed_kernel:
        package = names.signed_kernel.format(release=kernel)
    series = catalogue.series(kernel)
    steps: list[Step] = [
        f"apt install -y {package} {headers} build-essential dkms",
        *build_driver,
        *keep_network_names(),
    ]
    undo = ["proxmox-boot-tool kernel unpin", "proxmox-boot-tool refresh", *forget_network_names()]
    default = names.default_kernel if names else None
    if default and series and series.default_kernel:
        file = f"/etc/apt/preferences.d/{default}"
        pin = f"Package: {default}\\nPin: version {series.default_kernel}\\nPin-Priority: 1000\\n"
        steps += [say("pin_hold"), f"printf '{pin}' > {file}"]
        undo.insert(0, f"rm {file}")
    elif default:
        steps += [say("pin_hold"), f"apt-mark hold {default}"]
        undo.insert(0, f"apt-mark unhold {default}")
    steps += [f"proxmox-boot-tool kernel pin {kernel}", "proxmox-boot-tool refresh", say("reboot")]
    return tuple(steps), (say("unpin"), *undo, say("reboot"))


def pin_elsewhere(context: HostContext, before: str, catalogue: Catalogue) -> Commands:
    """Return the same for other distributions, which keep older kernels installed.

    ``before`` is the first kernel, or series, that is too new.
    """
    choose = say("choose_older", before=before)
    match package_manager(context):
        case "dnf" | "yum" as manager:
            plugin = "python3-dnf-plugin-versionlock" if manager == "dnf" else "yum-plugin-versionlock"
            return (
                (
                    choose,
                    'grubby --set-default "/boot/vmlinuz-$(uname -r)"',
                    say("pin_hold"),
                    f"{manager} install -y {plugin}",
                    f"{manager} versionlock add 'kernel*'",
                ),
                (
                    say("unpin"),
                    f"{manager} versionlock delete 'kernel*'",
                    'grubby --set-default "$(ls -v /boot/vmlinuz-*.x86_64 | tail -n 1)"',
                ),
            )
        case "apt" if context.distribution in ("debian", "ubuntu"):
            return (
                (
                    say("grub_saved"),
                    "mkdir -p /etc/default/grub.d",
                    f"printf 'GRUB_DEFAULT=saved\\nGRUB_SAVEDEFAULT=true\\n' > {GRUB_FILE}",
                    "update-grub",
                    say("pin_hold"),
                    f"dpkg-query -W -f '${{Package}}\\n' | grep -E '{META_PACKAGES}' | xargs -r apt-mark hold",
                    choose,
                    "apt-mark manual linux-image-$(uname -r)",
                ),
                (
                    say("unpin"),
                    f"rm {GRUB_FILE}",
                    "update-grub",
                    f"apt-mark showhold | grep -E '{META_PACKAGES}' | xargs -r apt-mark unhold",
                ),
            )
        case "pacman":
            return _pacman(context, catalogue)
        case "zypper":
            return (
                (choose, say("pin_hold"), "zypper addlock kernel-default kernel-default-devel"),
                (say("unpin"), "zypper removelock kernel-default kernel-default-devel"),
            )
    return ((choose,), ())


def _pacman(context: HostContext, catalogue: Catalogue) -> Commands:
    """Put a package back from the cache, since Arch keeps no older kernel beside the new one."""
    names = catalogue.package_names(context.kernel) if context.kernel else None
    kernel, headers = (names.kernel, names.headers) if names else ("linux", "linux-headers")
    include = f"Include = {PACMAN_FILE}"
    return (
        (
            say("pacman_cache"),
            f"ls -1 /var/cache/pacman/pkg/{kernel}-[0-9]* /var/cache/pacman/pkg/{headers}-[0-9]*",
            say("pin_hold"),
            f"printf 'IgnorePkg = {kernel} {headers}\\n' > {PACMAN_FILE}",
            f"grep -qxF '{include}' /etc/pacman.conf || sed -i '/^\\[options\\]/a {include}' /etc/pacman.conf",
            say("reboot_machine"),
        ),
        (
            say("unpin"),
            f"sed -i '\\#^{include}$#d' /etc/pacman.conf",
            f"rm {PACMAN_FILE}",
        ),
    )


def keep_network_names() -> list[Step]:
    """Return the commands that show which cards are at risk, and write one file for each card.

    They are for the kernel whose names are to stay.
    """
    return [
        say("names_risk"),
        RENAMED_DRIVERS,
        say("names_keep"),
        "mkdir -p /etc/systemd/network",
        KEEP_NETWORK_NAMES,
        f"tail -n +1 {LINK_FILES}*.link",
        "update-initramfs -u -k all",
    ]


def forget_network_names() -> list[Step]:
    """Return the commands that undo :func:`keep_network_names`."""
    return [f"rm -f {LINK_FILES}*.link", "update-initramfs -u -k all"]
