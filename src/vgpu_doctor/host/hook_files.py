"""The files of the hook: apt runs the check before it installs a kernel, and the kernel's packages after it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Mode = Literal["warn", "stop"]

MARK = "Written by 'vgpu-doctor hook install'; 'vgpu-doctor hook remove' takes it away."
"""Marks our files: a file without it is not ours, and is never touched."""

WRAPPER = "etc/vgpu-doctor/apt-hook"
APT = "etc/apt/apt.conf.d/90vgpu-doctor"
AFTER_KERNEL = "etc/kernel/postinst.d/zz-vgpu-doctor"
AFTER_HEADERS = "etc/kernel/header_postinst.d/zz-vgpu-doctor"
FILES = (WRAPPER, APT, AFTER_KERNEL, AFTER_HEADERS)

STOP = 91
"""The exit code by which the check stops apt; with any other, also after a crash, apt goes on."""

TIMEOUT = 10  # seconds until a check that hangs is killed


def contents(mode: Mode, command: Sequence[str], root: str) -> dict[str, str]:
    """Return the content of each file by name; ``command`` runs the check, ``root`` is ``/`` or a test's folder."""
    wrapper = f"{root.rstrip('/')}/{WRAPPER}"
    run = " ".join(shlex.quote(part) for part in command)
    where = f" --root {shlex.quote(root)}" if root != "/" else ""
    after = (
        f"#!/bin/sh\n# {MARK}\n# Check whether DKMS built the driver for the kernel that was just installed.\n"
        f'[ -n "$1" ] && timeout {TIMEOUT} {run} kernel{where} "$1" </dev/null\nexit 0\n'
    )
    return {
        WRAPPER: (
            f"#!/bin/sh\n# {MARK}\n"
            "# apt stops if this exits with anything but 0, so only a clear answer may.\n"
            f"mode=${{VGPU_DOCTOR_HOOK:-{mode}}}\n"
            "input=$(cat)\n"
            'case "$input" in *kernel*|*linux-image*) ;; *) exit 0 ;; esac\n'
            f'printf "%s\\n" "$input" | timeout {TIMEOUT} {run} apt --mode "$mode"{where}\n'
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
    """Return the mode of an installed wrapper, given its content."""
    return "stop" if "VGPU_DOCTOR_HOOK:-stop" in wrapper else "warn"
