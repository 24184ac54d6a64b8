"""The driver's source on the disk: found, read, and never written."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from vgpu_doctor.errors import PatchError
from vgpu_doctor.patching.paths import TREES, fits_glob
from vgpu_doctor.patching.reading import read_source
from vgpu_doctor.patching.tokens import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.patching.source import Source

SOURCES = re.compile(r"(?:.+\.(?:[ch]|Kbuild|sh|mk)|Kbuild|Makefile(?:\.kbuild)?)\Z", re.ASCII)
"""Names of files that edits and traces look into."""

MARKS = ("nvidia", "nvidia-vgpu-vfio", "common", "conftest.sh", "nv.c", "nv-linux.h")
"""A folder with a Kbuild file or a Makefile and one of these is a driver tree."""

MOST_FILES = 20_000
LARGEST_FILE = 4 * 1024 * 1024  # bytes; the largest of a driver has 0.6 million

_VERSION = re.compile(r"(?:NVIDIA-[\w-]*?|nvidia-[a-z0-9-]*?)(\d{3}\.\d{2,3}(?:\.\d{2,3})?)(?=[-/]|\Z)", re.ASCII)
_VERSION_LINES = (
    ("Kbuild", re.compile(r'NV_VERSION_STRING=\\?"?\\?"?(\d{3}\.\d{2,3}(?:\.\d{2,3})?)', re.ASCII)),
    ("dkms.conf", re.compile(r'PACKAGE_VERSION="?(\d{3}\.\d{2,3}(?:\.\d{2,3})?)', re.ASCII)),
)
_ASKED = re.compile(r"^[ \t]*NV_CONFTEST_\w+_COMPILE_TESTS[ \t]*\+=[ \t]*(\w+)[ \t]*\r?$", re.MULTILINE | re.ASCII)
_CASE = re.compile(r"^[ \t]*([a-z_][a-z0-9_]*)\)[ \t]*\r?$", re.MULTILINE | re.ASCII)


class DriverTree:
    """One tree of one driver package: its files as they were when they were first read."""

    def __init__(self, root: Path, name: str, *, bare: bool) -> None:
        """``root`` is the folder with the Kbuild file; ``bare`` says that it does not lie in its package."""
        self.root = root
        self.name = name  # kernel, kernel-open
        self.bare = bare
        self.outside: list[str] = []  # links that lead out of the tree
        self._texts: dict[str, str] = {}
        self._read: dict[str, Source] = {}
        self.files = tuple(sorted(self._walk()))

    @property
    def version(self) -> str | None:
        """The driver build, by the names of the folders, the Kbuild file or dkms.conf."""
        for part in (self.root.name, self.root.parent.name):
            if found := _VERSION.match(part):
                return found[1]
        for name, pattern in _VERSION_LINES:
            if (self.root / name).is_file() and (found := pattern.search(self.text(name))):
                return found[1]
        return None

    def matching(self, pattern: str) -> Iterator[str]:
        """Files that a record's glob means, in the order of their names."""
        return (file for file in self.files if fits_glob(pattern, file))

    def text(self, file: str) -> str:
        """The content of a file. Bytes that are no UTF-8 survive. Raises :class:`PatchError`."""
        if file not in self._texts:
            self._texts[file] = self._content(file)
        return self._texts[file]

    def source(self, file: str) -> Source:
        """The content of a file as tokens."""
        if file not in self._read:
            self._read[file] = read_source(self.text(file), language_of(file))
        return self._read[file]

    def cases(self) -> frozenset[str]:
        """Names of the tests in the driver's own conftest.sh."""
        return frozenset(_CASE.findall(self.text("conftest.sh"))) if "conftest.sh" in self.files else frozenset()

    def tests(self) -> frozenset[str]:
        """Names of the tests that the driver makes of a kernel: those of conftest.sh, and those that it is asked for.

        One test there serves many symbols by a pattern for its name; the whole names stand in the Kbuild files only.
        """
        lists = (_ASKED.findall(self.text(file)) for file in self.files if file.endswith("Kbuild"))
        return self.cases().union(*lists)

    def changed(self) -> list[str]:
        """Files that are not any more as they were read."""
        return [file for file, text in self._texts.items() if self._content(file) != text]

    def package_path(self, file: str) -> str:
        """The path of a file from the root of its package, as patches name it."""
        return f"{self.name}/{file}"

    def _walk(self) -> Iterator[str]:
        count = 0
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "conftest")
            for name in names:
                if not SOURCES.match(name):
                    continue
                count += 1
                if count > MOST_FILES:
                    raise PatchError(self.root, f"holds more than {MOST_FILES} source files; is it a driver's folder?")
                path = Path(folder, name)
                below = path.relative_to(self.root).as_posix()
                if not below.isprintable() or not path.resolve().is_relative_to(self.root):
                    self.outside.append(below)
                elif path.is_file():
                    yield below

    def _content(self, file: str) -> str:
        path = self.root / file
        try:
            if not path.resolve().is_relative_to(self.root):
                raise PatchError(path, "is a link that leads out of the driver's folder")
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe must not stop the program
            with os.fdopen(descriptor, "rb") as opened:
                about = os.fstat(descriptor)
                if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST_FILE:
                    raise PatchError(path, "is no source file: too large, or no file at all")
                return opened.read().decode("utf-8", "surrogateescape")
        except OSError as error:
            raise PatchError(path, f"cannot be read ({error.strerror or error})") from error


def open_tree(folder: Path, wanted: str | None = None) -> DriverTree:
    """The driver tree in a folder: an unpacked package, a DKMS folder, or ``kernel`` itself.

    ``wanted`` is ``kernel`` or ``kernel-open``; without it a package's ``kernel`` is taken where there is one.
    Raises :class:`PatchError` where there is no such tree.
    """
    try:
        root = folder.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise PatchError(folder, f"cannot be opened ({getattr(error, 'strerror', None) or error})") from error
    if not root.is_dir():
        raise PatchError(folder, "is no folder; --run takes the .run file itself")
    there = [name for name in TREES if _is_tree(root / name)]
    if there:
        name = wanted or there[0]
        if name not in there:
            raise PatchError(folder, f"has no {name}; it has {' and '.join(there)}")
        inside = (root / name).resolve()
        if not inside.is_relative_to(root):
            raise PatchError(root / name, "is a link that leads out of the package")
        return DriverTree(inside, name, bare=False)
    if not _is_tree(root):
        raise PatchError(folder, "is no driver source: neither kernel nor kernel-open is there, nor a Kbuild file")
    name = root.name if root.name in TREES else "kernel-open" if "nvidia-open" in root.name else "kernel"
    return DriverTree(root, wanted or name, bare=root.name not in TREES)


def _is_tree(folder: Path) -> bool:
    made = any((folder / name).is_file() for name in ("Kbuild", "Makefile", "Makefile.kbuild"))
    return made and any((folder / name).exists() for name in MARKS)
