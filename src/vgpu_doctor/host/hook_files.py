"""The files with which apt and the kernel's packages ask before and after a new kernel."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Mode = Literal["warn", "stop"]

MARK = "Written by 'vgpu-doctor hook install'; 'vgpu-doctor hook remove' takes it away."
"""A file without these words is not ours, and is never touched."""

WRAPPER = "etc/vgpu-doctor/apt-hook"
APT = "etc/apt/apt.conf.d/90vgpu-doctor"
AFTER_KERNEL = "etc/kernel/postinst.d/zz-vgpu-doctor"
AFTER_HEADERS = "etc/kernel/header_postinst.d/zz-vgpu-doctor"
FILES = (WRAPPER, APT, AFTER_KERNEL, AFTER_HEADERS)

STOP = 91
"""With this the check asks for a stop; everything else, also its own death, lets the transaction through."""

SECONDS = 10  # after which a check that hangs is ended


def contents(mode: Mode, command: Sequence[str], root: str) -> dict[str, str]:
    """What each file holds; ``command`` runs the check, ``root`` is ``/`` or the folder of a test."""
    wrapper = f"{root.rstrip('/')}/{WRAPPER}"
    run = " ".join(shlex.quote(part) for part in command)
    where = f" --root {shlex.quote(root)}" if root != "/" else ""
    after = (
        f"#!/bin/sh\n# {MARK}\n# Looks whether DKMS built the driver for the kernel that was just installed.\n"
        f'[ -n "$1" ] && timeout {SECONDS} {run} kernel{where} "$1" </dev/null\nexit 0\n'
    )
    return {
        WRAPPER: (
            f"#!/bin/sh\n# {MARK}\n"
            "# Apt stops where this ends with anything but 0, so only a clear answer does.\n"
            f"mode=${{VGPU_DOCTOR_HOOK:-{mode}}}\n"
            "input=$(cat)\n"
            'case "$input" in *kernel*|*linux-image*) ;; *) exit 0 ;; esac\n'
            f'printf "%s\\n" "$input" | timeout {SECONDS} {run} apt --mode "$mode"{where}\n'
            f'[ $? -eq {STOP} ] && [ "$mode" = stop ] && exit 1\n'
            "exit 0\n"
        ),
        APT: (
            f'// {MARK}\nDPkg::Pre-Install-Pkgs {{ "{wrapper}"; }};\nDPkg::Tools::Options::{wrapper}::Version "3";\n'
        ),
        AFTER_KERNEL: after,
        AFTER_HEADERS: after,
    }


def mode_of(wrapper: str) -> Mode:
    """The mode that an installed wrapper has."""
    return "stop" if "VGPU_DOCTOR_HOOK:-stop" in wrapper else "warn"
