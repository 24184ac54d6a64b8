"""Write what nvidia-installer writes into its log, line for line as its public source does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

LOG = "/var/log/nvidia-installer.log"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MESSAGES: dict[str, str] = yaml.safe_load(Path(__file__).with_name("messages.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Built:
    """What build.py kept of one build."""

    folder: Path

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The commands, their codes, and the kernel."""
        content: dict[str, Any] = json.loads((self.folder / "facts.json").read_text())
        return content

    def output(self, step: str) -> str:
        """Return all that a step printed."""
        return (self.folder / f"{step}.txt").read_text()


@dataclass
class InstallerLog:
    """The log of one run, from the header to the last line."""

    version: str
    created: str
    arguments: tuple[str, ...] = ()
    initramfs: bool = True  # from 545.23.06 on, a thread of its own scans the initramfs
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Add the header, which every run has."""
        self.lines += [f"nvidia-installer log file '{LOG}'", f"creation time: {self.created}"]
        self.lines += [f"installer version: {self.version}", "", f"PATH: {PATH}", ""]
        self.lines += ["nvidia-installer command line:", "    ./nvidia-installer"]
        self.lines += [*(f"    {argument}" for argument in self.arguments), ""]
        self.lines += ["Using: nvidia-installer ncurses v6 user interface"]
        self.say("Detected 4 CPUs online; setting concurrency level to 4.")

    def say(self, *texts: str) -> None:
        """Add messages, questions with their answers, and the titles and results of steps."""
        self.lines += [f"-> {text}" for text in texts]

    def error(self, *texts: str) -> None:
        """Add errors; only the first line of a text has the prefix."""
        self.lines += [f"ERROR: {text}" for text in texts]

    def warn(self, *texts: str) -> None:
        """Add warnings."""
        self.lines += [f"WARNING: {text}" for text in texts]

    def start(self, release: str) -> None:
        """Add what comes up to the first look at the compiler."""
        if self.initramfs:
            self.say("Scanning the initramfs with lsinitramfs...")
            self.say(f"Executing: /usr/bin/lsinitramfs   -l /boot/initrd.img-{release}")
        self.say(f"Installing NVIDIA driver version {self.version}.")

    def checks(self, source: str, output: str) -> None:
        """Add the sanity checks of a run in which they pass."""
        self.say('Performing CC sanity check with CC="/usr/bin/cc".', "Performing CC check.")
        self.say(f"Kernel source path: '{source}'", f"Kernel output path: '{output}'")
        self.say(*(f"Performing {name} check." for name in ("Compiler", "Dom0", "Xen", "PREEMPT_RT", "vgpu_kvm")))

    def build(self, built: Built) -> None:
        """Add cleaning, building and, after a failure, one module after another."""
        facts = built.facts
        self.start(facts["release"])
        self.checks(facts["source"], f"/lib/modules/{facts['release']}/build")
        titles = {"clean": "Cleaning kernel module build directory.", "build": "Building kernel modules"}
        for step, code in facts["codes"].items():
            title = titles.get(step, f"Checking to see whether the {step} kernel module was successfully built")
            command = f"cd kernel; {facts['commands'][step]}"
            text = built.output(step)
            self.say(title)
            self.lines += [f"   executing: '{command}'..."]
            shown = [f"   {piece}" for piece in pieces(text)]
            if step == "build" and self.initramfs:
                shown.insert(min(5, len(shown)), "-> Initramfs scan complete.")
            self.lines += shown
            if code:
                self.say("Error.")
                self.error(f'An error occurred while performing the step: "{title}". See {LOG} for details.')
                self.say(f"The command `{command}` failed with the following output:")
                self.lines += ["", *text.removesuffix("\n").split("\n")]
                if step not in titles:
                    self.error(f"The {step} kernel module was not created.", MESSAGES["failed"])
            elif step != "clean":
                self.say("done.")
        if facts["codes"]["build"] == 0:
            self.say("Kernel module compilation complete.")

    def kernel_messages(self, messages: str) -> None:
        """Add the end of the kernel log, which every test load adds."""
        self.say("Kernel messages:")
        self.lines += messages.strip("\n").split("\n")

    def finish(self) -> None:
        """Add what comes from the loaded module to the last line of a run that succeeded."""
        name = "NVIDIA Accelerated Graphics Driver for Linux-x86_64"
        self.say("Searching for conflicting files:", "done.", f"Installing '{name}' ({self.version}):")
        self.lines += [f"   executing: '{command}'..." for command in ("/usr/sbin/ldconfig", "/usr/sbin/depmod -a ")]
        self.lines += ["   executing: '/usr/bin/systemctl daemon-reload'..."]
        self.say("done.", "Driver file installation is complete.", "Running post-install sanity check:", "done.")
        self.say("Post-install sanity check passed.")
        self.say(f"Installation of the {name} (version: {self.version}) is now complete.")

    def text(self) -> str:
        """Return the whole log."""
        return "\n".join(self.lines) + "\n"


def pieces(output: str) -> list[str]:
    """Return the lines of a command's output as the log indents them: read into a buffer that cuts some long lines."""
    shown: list[str] = []
    data, size, used, at = output.encode(), 1024, 0, 0
    while at < len(data):
        if size - used < 256:
            size += 1024
        room = size - used - 1
        end = data.find(b"\n", at, at + room)
        piece = data[at : end + 1 if end >= 0 else at + room]
        at += len(piece)
        used += len(piece)
        shown.append(piece.decode(errors="replace").removesuffix("\n"))
    return shown
