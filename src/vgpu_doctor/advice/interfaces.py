"""Names of network cards can change with the kernel; a file for each card keeps its name, by its address."""

from __future__ import annotations

from vgpu_doctor.model import Step, say

LINK_FILES = "/etc/systemd/network/10-vgpu-doctor-"

# A slave of a bond shows the address of the bond; virtual functions (physfn) get theirs anew at each boot.
KEEP_NAMES = (
    "for card in /sys/class/net/*/device; do name=${card%/device}; name=${name##*/}; "
    f"link={LINK_FILES}$name.link; "
    '[ -e "$card/physfn" ] || [ -e "$link" ] || '
    r"printf '[Match]\nMACAddress=%s\nType=ether\n\n[Link]\nName=%s\n' "
    '"$(cat "${card%device}bonding_slave/perm_hwaddr" 2>/dev/null || cat "${card%device}address")" "$name" > "$link"; '
    "done"
)
RENAMED_DRIVERS = "readlink -f /sys/class/net/*/device/driver | grep i40e"


def keep_names() -> list[Step]:
    """Commands to run on the kernel whose names are to stay: which cards are at risk, and one file for each card."""
    return [
        say("names_risk"),
        RENAMED_DRIVERS,
        say("names_keep"),
        "mkdir -p /etc/systemd/network",
        KEEP_NAMES,
        f"tail -n +1 {LINK_FILES}*.link",
        "update-initramfs -u -k all",
    ]


def forget_names() -> list[Step]:
    """Commands that undo it."""
    return [f"rm -f {LINK_FILES}*.link", "update-initramfs -u -k all"]
