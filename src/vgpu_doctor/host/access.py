"""Read files and run commands of a host: the live one, or a folder with the files of another."""

from __future__ import annotations

import os
import stat
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_FILE_SIZE = 256 * 1024 * 1024  # bytes; the package lists of a distribution have 50 million
MAX_ENTRIES = 20_000  # of a folder
MAX_LINKS = 40  # on the way to one file; the kernel has the same limit
TIMEOUT = 20  # seconds for one command; apt-get -s of a full upgrade takes one to three

COMMAND_ENVIRONMENT = {
    "LC_ALL": "C",
    "LANG": "C",
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "DEBIAN_FRONTEND": "noninteractive",
}
"""The whole environment of a command: English output, no questions."""


class Host:
    """Read-only access to a host. All names are relative to its root; links, also absolute ones, stay below it."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root
        self.live = root == Path("/")

    def path(self, name: str) -> Path | None:
        """Return where this program finds a file of the host, links resolved; None if there is no such file."""
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
            if links > MAX_LINKS:
                return None
            if target.startswith("/"):
                found = []
            parts = [step for step in target.split("/") if step not in ("", ".")] + parts
        return self.root.joinpath(*found)

    def shown(self, path: Path) -> str:
        """Return the name by which the host itself knows a path of this program."""
        return f"/{path.relative_to(self.root)}" if path.is_relative_to(self.root) else str(path)

    def text(self, name: str) -> str | None:
        """Return the content of a file as UTF-8, None if it cannot be read."""
        data = self.data(name)
        return data.decode("utf-8", "replace") if data is not None else None

    def data(self, name: str) -> bytes | None:
        """Return the bytes of a regular file of bounded size, None otherwise."""
        path = self.path(name)
        if path is None:
            return None
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # opening a pipe must not block
            with os.fdopen(descriptor, "rb") as opened:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE_SIZE:
                    return None
                return opened.read(MAX_FILE_SIZE)
        except OSError:
            return None

    def names(self, folder: str, pattern: str = "*") -> list[str]:
        """Return the names in a folder that fit a shell pattern, sorted; none if there is no such folder."""
        path = self.path(folder)
        if path is None:
            return []
        try:
            with os.scandir(path) as entries:
                names = [entry.name for entry, _ in zip(entries, range(MAX_ENTRIES), strict=False)]
        except OSError:
            return []
        return sorted(name for name in names if fnmatchcase(name, pattern))

    def exists(self, name: str) -> bool:
        """Whether the host has a file or folder of that name."""
        return self.path(name) is not None

    def output(self, command: Sequence[str]) -> str | None:
        """Run a command that changes nothing and return its output; None on a folder, on failure and on timeout."""
        if not self.live:
            return None
        import subprocess

        try:
            finished = subprocess.run(  # noqa: S603 - fixed commands, no shell, a path of our own
                list(command),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=COMMAND_ENVIRONMENT,
                timeout=TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return finished.stdout.decode("utf-8", "replace") if finished.returncode == 0 else None
