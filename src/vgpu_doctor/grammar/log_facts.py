"""Collects what a log tells about host and run while it is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.model import LogFacts, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = r"\d{2,3}\.\d{2,3}(?:\.\d{2,3})?(?!\d)"

# The first group of each is a driver version; the earlier the pattern, the more reliable it is.
DRIVER = [
    re.compile(rf"^installer version: ({VERSION})", re.ASCII),
    re.compile(rf"make\.log for nvidia[\w-]*[-/]({VERSION})", re.ASCII),
    re.compile(rf"(?:Installing|for|of) [^\n]{{0,60}}?NVIDIA driver version:? ({VERSION})", re.ASCII),
    re.compile(rf"NVIDIA-Linux-[\w]+-({VERSION})", re.ASCII),
    re.compile(rf"NVIDIA (?:Accelerated Graphics Driver|UNIX)[^\n]{{0,60}}?[ (]({VERSION})", re.ASCII),
    re.compile(rf"/(?:dkms/nvidia[\w-]*/|src/nvidia-(?:[a-z-]+-)?)({VERSION})", re.ASCII),
    re.compile(rf"\bnvidia(?:-[a-z]{{1,20}}){{0,6}}[/-]({VERSION})\b", re.ASCII),
    re.compile(rf"\bmodule[^\n]{{0,40}}?nvidia[^\n]{{0,20}}? ({VERSION})", re.ASCII),
]
FLAVOUR = re.compile(
    rf"NVIDIA-(?:GRID-)?Linux-\w+-{VERSION}(-vgpu-kvm|-grid|-vgpu-xen|-merged[\w-]*)?(-custom)?", re.ASCII
)
TREE = re.compile(
    rf"(?:NVIDIA-[^/\s]{{1,120}}|nvidia-{VERSION})/(kernel(?:-open)?)/|\bcd (?:\./)?(kernel(?:-open)?);"
    r"|/(kernel-open)/",
    re.ASCII,
)
# No more than ``versions`` can read.
RELEASE = r"\d{1,3}\.\d{1,3}(?:\.\d{1,4}(?![\da-zA-Z])|(?![\da-zA-Z]|\.\d))[\w.+~-]{0,100}"
KERNEL = [
    re.compile(rf"make\.log for \S+ for kernel ({RELEASE})", re.ASCII),
    re.compile(rf"/lib/modules/({RELEASE})", re.ASCII),
    re.compile(rf"\bKERNEL(?:[_, ]{{1,2}}UNAME|RELEASE)=({RELEASE})", re.ASCII),  # with a comma as of screenshots
    re.compile(rf"\bkernel:? ({RELEASE}) \(", re.ASCII),
    re.compile(rf"/usr/src/kernels/({RELEASE})", re.ASCII),
    re.compile(rf"/usr/src/(?:linux|pve|proxmox|kernel)-(?:headers|devel)-({RELEASE})", re.ASCII),
    re.compile(rf"Linux version ({RELEASE})", re.ASCII),
    re.compile(rf"(?:kernels? |headers-)({RELEASE})\b", re.ASCII),
    re.compile(rf"/usr/src/linux-({RELEASE})", re.ASCII),
    re.compile(rf"/boot/(?:initrd\.img|vmlinuz|config)-({RELEASE})", re.ASCII),
    re.compile(r"^(\d{1,2}\.\d{1,3}\.\d{1,4}-[\w.+~-]{0,60}(?:pve|generic|amd64|x86_64))$", re.ASCII),  # of uname -r
]
COMPILER = re.compile(
    r"(?:You are using: +|compiler: |^)"
    r"((?:[\w-]+-)?gcc(?:-\d+)? \([^)\n]+\) \d[\d.]+|clang version \d[\d.]+|gcc version \d[\d.]+[^\n]{0,40})",
    re.ASCII,
)
FOREIGN = re.compile(
    r"make\.log for ([\w.+-]+?)[-/]\d[\w.+~-]* for kernel|/var/lib/dkms/([\w.+-]+)/(?:\d|[\w.+~-]+/build\b)"
    r"|/var/cache/akmods/([\w.+-]+)/|Build of ([\w.+-]+)\.ko failed"
    r"|autoinstall on \S+ failed for (?:module\(s\) )?([\w.+-]+)",
    re.ASCII,
)
BESIDE_THE_DRIVER = ("nvidia-fs", "nvidia-peer", "nvidia-p2p", "nvidia-vpci")
"""DKMS packages with the driver's name that are modules of their own."""
GPU = re.compile(r"\b10de[: ]([0-9a-f]{4})\b", re.ASCII)
ANSWER = re.compile(r"\(Answer: (?:'([^']*)'|([^)]*))\)", re.ASCII)
MAY_HOLD_FACTS = re.compile(
    r"nvidia|NVIDIA|kernel|KERNEL|Linux|gcc|clang|dkms|DKMS|akmods|Build of|10de|/usr/src"
    r"|/lib/modules|Answer|installer|LD \[M\]|^\d[\d.]+-"
)

MAX_VERSIONS = 32  # that are kept of a log; a host has few
SUCCESS_KINDS = frozenset({"install-complete", "dkms-installed"})
FAILURE_KINDS = frozenset(
    {"make-error", "dkms-bad-status", "dkms-bad-exit-status", "sanity-check-failed", "step-failed"}
)
FAILING_TOOLS = frozenset({"compiler", "modpost", "objtool", "linker", "dkms"})
"""Tools whose error ends what was tried; the installer goes on after some of its own."""


class FactCollector:
    """Takes each distinct line of one log once, and each complaint; :meth:`facts` sums them up."""

    def __init__(self, log: str) -> None:
        self._log = log
        self._drivers: dict[str, int] = {}
        self._kernels: dict[str, int] = {}
        self._flavour: str | None = None
        self._tree: str | None = None
        self._compiler: str | None = None
        self._foreign: str | None = None
        self._tool: str | None = None
        self._gpus: dict[str, None] = {}
        self._own_module = False
        self._built_modules = False
        self._compiled = False
        self._exit_codes: set[str] = set()
        self._failed = False
        self._succeeded = False
        self._gave_up = False
        self._last_answer: str | None = None
        self._first_number = 1
        self._last_number = 0

    def begins_at(self, number: int) -> None:
        """Set the number of the first line, where the log holds others before it."""
        self._first_number = number

    def line(self, number: int, text: str) -> None:
        """Take in a line that the log has not shown before."""
        self._last_number = number
        if not MAY_HOLD_FACTS.search(text):
            return
        _note_versions(DRIVER, text, self._drivers)
        _note_versions(KERNEL, text, self._kernels)
        self._read_package(text)
        self._read_module(text)
        self._read_answer(text)
        if self._compiler is None and (match := COMPILER.search(text)):
            self._compiler = match[1]
        if match := GPU.search(text):
            self._gpus[f"10de:{match[1]}"] = None
        self._tool = self._tool or _tool_of(text)

    def _read_package(self, text: str) -> None:
        if match := FLAVOUR.search(text):
            self._flavour = (match[1] or "").lstrip("-") or self._flavour or "plain"
            if match[2] and not match[1]:
                self._flavour = "custom"
        if match := TREE.search(text):
            self._tree = match[1] or match[2] or match[3]

    def _read_module(self, text: str) -> None:
        if match := FOREIGN.search(text):
            module = next(filter(None, match.groups()))
            named = [module, *(re.findall(r"nvidia[\w-]*", text) if match[5] else ())]
            if any(name.startswith("nvidia") and not name.startswith(BESIDE_THE_DRIVER) for name in named):
                self._own_module = True
            elif self._foreign is None:
                self._foreign = module
        if "LD [M]" in text and text.rstrip().endswith(".ko"):
            self._built_modules = True
        self._compiled = self._compiled or "NVRM: loading NVIDIA" in text

    def _read_answer(self, text: str) -> None:
        if match := ANSWER.search(text):
            self._last_answer = match[1] or match[2]
        elif text.startswith(("-> ", "ERROR: ")) and not text.startswith("ERROR: Installation has failed"):
            self._last_answer = None

    def complaint(self, tool: str, severity: str, kind: str, captures: Mapping[str, str]) -> None:
        """Take in a complaint, in the order of the log."""
        if kind in SUCCESS_KINDS:
            self._succeeded = True
        elif kind == "install-failed":
            self._gave_up = True
        elif kind in FAILURE_KINDS or (severity in ("error", "fatal") and tool in FAILING_TOOLS):
            self._failed = True
        elif kind == "dkms-exit-code":
            self._exit_codes.add(captures.get("status", ""))
        if tool == "modpost":
            self._compiled = True
        if self._tool is None and tool == "kernel":
            self._tool = "kernel-log"

    def facts(self) -> LogFacts:
        """Return what the log told so far."""
        drivers = sorted(self._drivers, key=lambda version: self._drivers[version])
        kernels = sorted(self._kernels, key=lambda release: self._kernels[release])
        return LogFacts(
            log=self._log,
            driver=drivers[0] if drivers else None,
            other_drivers=tuple(drivers[1:]),
            flavour=self._flavour,
            tree=self._tree,
            kernel=kernels[0] if kernels else None,
            compiler=self._compiler,
            tool=self._tool,
            outcome=self._outcome(),
            compiled=self._built_modules or self._compiled,
            foreign_module=None if self._own_module or drivers else self._foreign,
            gpus=tuple(self._gpus),
            first_line=self._first_number,
            lines=self._last_number,
        )

    def _outcome(self) -> Outcome:
        if self._succeeded:
            return "succeeded"
        if self._failed or self._exit_codes - {"0"}:
            return "failed"
        if self._last_answer and self._last_answer.lower().startswith(("abort", "no", "cancel")):
            return "aborted"
        if self._gave_up:
            return "failed"
        if self._exit_codes or self._built_modules:
            return "succeeded"
        return "unknown"


def _note_versions(patterns: list[re.Pattern[str]], text: str, found: dict[str, int]) -> None:
    """Add the versions that a line names, with the rank of the most reliable pattern that matches each."""
    for rank, pattern in enumerate(patterns):
        if len(found) < MAX_VERSIONS and (match := pattern.search(text)):
            value = match[1].rstrip(".-").removesuffix("-common")
            found[value] = min(rank, found.get(value, rank))


def _tool_of(text: str) -> str | None:
    if text.startswith(("nvidia-installer log file", "installer version:")) or "nvidia-installer" in text[:40]:
        return "nvidia-installer"
    if "DKMS" in text and "make.log" in text:
        return "dkms"
    if text.startswith(("make -C ", "make[1]: Entering directory")):
        return "make"
    return None
