"""The files and commands of one host: the live one, or a folder that holds the files of another."""

from __future__ import annotations

import os
import stat
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST_FILE = 256 * 1024 * 1024  # bytes; the package lists of a distribution have 50 million
MOST_ENTRIES = 20_000
MOST_LINKS = 40  # as the kernel itself allows
SECONDS = 20  # for one command; apt-get -s of a full upgrade takes one to three

QUIET = {"LC_ALL": "C", "LANG": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
"""The whole environment of a command, so that it speaks English and asks nothing."""


class Machine:
    """A host that is read. Links stay below ``root``, also those that name a whole path."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root
        self.live = root == Path("/")

    def path(self, name: str) -> Path | None:
        """Where a file of the host lies here, links followed as the host itself would; None where there is none."""
        parts = [part for part in name.split("/") if part not in ("", ".")]
        found: list[str] = []
        links = 0
        while parts:
            part = parts.pop(0)
            if part == "..":
                found = found[:-1]
                continue
            here = self.root.joinpath(*found, part)
            try:
                mode = here.lstat().st_mode
                if not stat.S_ISLNK(mode):
                    found.append(part)
                    continue
                links += 1
                target = str(here.readlink())
            except OSError:
                return None
            if links > MOST_LINKS:
                return None
            if target.startswith("/"):
                found = []
            parts = [step for step in target.split("/") if step not in ("", ".")] + parts
        return self.root.joinpath(*found)

    def shown(self, path: Path) -> str:
        """What the host itself calls a file."""
        return f"/{path.relative_to(self.root)}" if path.is_relative_to(self.root) else str(path)

    def text(self, name: str) -> str | None:
        """The content of a file, None where it cannot be read."""
        data = self.data(name)
        return data.decode("utf-8", "replace") if data is not None else None

    def data(self, name: str) -> bytes | None:
        """The bytes of a regular file of bounded size, None otherwise."""
        path = self.path(name)
        if path is None:
            return None
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe must not stop the program
            with os.fdopen(descriptor, "rb") as opened:
                about = os.fstat(descriptor)
                if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST_FILE:
                    return None
                return opened.read(LARGEST_FILE)
        except OSError:
            return None

    def names(self, folder: str, pattern: str = "*") -> list[str]:
        """What a folder holds, sorted; nothing where there is no such folder."""
        path = self.path(folder)
        if path is None:
            return []
        try:
            with os.scandir(path) as entries:
                names = [entry.name for entry, _ in zip(entries, range(MOST_ENTRIES), strict=False)]
        except OSError:
            return []
        return sorted(name for name in names if fnmatchcase(name, pattern))

    def exists(self, name: str) -> bool:
        """Whether the host has a file or folder of that name."""
        return self.path(name) is not None

    def output(self, command: Sequence[str]) -> str | None:
        """What a command that only reads prints; None on a folder, and where it fails or takes too long."""
        if not self.live:
            return None
        import subprocess

        try:
            done = subprocess.run(  # noqa: S603 - fixed commands, no shell, a path of our own
                list(command),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=QUIET,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
