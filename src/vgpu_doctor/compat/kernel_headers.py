"""Headers of one kernel: whether a change is in them. They are read, never compiled or run."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from vgpu_doctor.errors import CheckError

if TYPE_CHECKING:
    from pathlib import Path

    from vgpu_doctor.model import Probe

MAX_FILE_SIZE = 16 * 1024 * 1024  # bytes; Module.symvers has 2 million
INSIDE_MODULES = ("build", "source")
"""Names of header folders in /lib/modules/RELEASE; both may be links."""

_COMMON = re.compile(r"^include\s+(?:\S*/)?(linux-headers-[\w.+~-]+)/Makefile", re.MULTILINE | re.ASCII)
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_RELEASE = re.compile(r'UTS_RELEASE\s+"([^"\n]{1,128})"', re.ASCII)
_COMPILER = re.compile(r"^#define CONFIG_GCC_VERSION ([0-9]{5,6})$", re.MULTILINE | re.ASCII)


class KernelHeaders:
    """A folder that modules are built against; a file is read when a probe asks for it."""

    def __init__(self, folder: Path, shown: str | None = None) -> None:
        """Take a folder; ``shown`` is the host's own name of it, if the host's disk is mounted elsewhere."""
        self.folder = folder
        self.shown = shown or str(folder)
        self._folders = _folders(folder)
        self._texts: dict[str, str | None] = {}

    @property
    def release(self) -> str | None:
        """The kernel that they belong to, as ``uname -r`` prints it."""
        found = _RELEASE.search(self.raw("include/generated/utsrelease.h") or "")
        if found:
            return found[1]
        return (self.raw("include/config/kernel.release") or "").strip() or None

    @property
    def gcc(self) -> int | None:
        """The major version of the gcc that built the kernel; modules are built with the same."""
        found = _COMPILER.search(self.raw("include/generated/autoconf.h") or "")
        return int(found[1]) // 10000 if found and int(found[1]) else None

    def has_option(self, option: str) -> bool | None:
        """Tell whether the kernel was configured with an option, built in or as a module; None if that is not there."""
        text = self.raw("include/generated/autoconf.h")
        if text is None:
            return None
        return re.search(rf"^#define {option}(?:_MODULE)? 1$", text, re.MULTILINE) is not None

    def has_change(self, probe: Probe) -> bool | None:
        """Tell whether the change that a probe looks for is in this kernel; None if the files for it are missing."""
        if probe.gcc is not None:
            return self.gcc >= probe.gcc if self.gcc is not None else None
        if probe.option is not None and self.has_option(probe.option) is False:
            return False
        texts = [text for file in probe.header if (text := self._code(file)) is not None]
        if probe.gone:
            return not texts if self._complete else None
        if not texts:
            return None
        pattern = _pattern(probe.has or probe.lacks or "")
        found = any(pattern.search(text) for text in texts)
        return found if probe.has is not None else not found

    def raw(self, file: str) -> str | None:
        """Return the content of a file below the headers, or None if there is none that can be read."""
        for folder in self._folders:
            path = folder / file
            try:
                if path.is_file() and path.stat().st_size <= MAX_FILE_SIZE:
                    return path.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
        return None

    @property
    def _complete(self) -> bool:
        return any((folder / "include/linux/module.h").is_file() for folder in self._folders)

    def _code(self, file: str) -> str | None:
        if file not in self._texts:
            text = self.raw(file)
            self._texts[file] = _COMMENT.sub(" ", text) if text is not None and file.endswith(".h") else text
        return self._texts[file]


def open_headers(folder: Path, *, shown: str | None = None) -> KernelHeaders:
    """Open the headers in a folder such as ``/usr/src/linux-headers-RELEASE`` or ``/lib/modules/RELEASE``.

    Raises :class:`CheckError` if there are none.
    """
    for candidate in (folder, *(folder / name for name in INSIDE_MODULES)):
        headers = KernelHeaders(candidate, shown)
        if headers.raw("include/linux/module.h") is not None:
            return headers
    raise CheckError(f"{folder}: no kernel headers (looked for include/linux/module.h)")


def _folders(folder: Path) -> tuple[Path, ...]:
    """Return the folder, and the one with what Debian's flavours share.

    That one is looked for beside the folder: the absolute path in its Makefile is wrong below ``--root``.
    """
    found = [folder]
    try:
        text = (folder / "Makefile").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    found += [folder.resolve().parent / name for name in _COMMON.findall(text)]
    if not found[1:] and folder.name == "build":
        found.append(folder.parent / "source")
    return tuple(found)


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str]:
    """Compile C text to a pattern in which blanks do not matter and words are whole."""
    tokens = re.findall(r"\w+|[^\w\s]", text)
    parts: list[str] = []
    for before, token in zip(["", *tokens], tokens, strict=False):
        between = r"\s+" if before and before[-1].isalnum() | (before[-1] == "_") and re.match(r"\w", token) else r"\s*"
        parts.append((between if before else "") + re.escape(token))
    start = r"(?<!\w)" if re.match(r"\w", text.strip()) else ""
    end = r"(?!\w)" if re.search(r"\w\Z", text.strip()) else ""
    return re.compile(start + "".join(parts) + end)
