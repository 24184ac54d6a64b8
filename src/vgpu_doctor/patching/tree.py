"""The driver's source on disk: found and read, but never written."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from vgpu_doctor.errors import PatchError
from vgpu_doctor.patching.paths import TREES, fits_glob
from vgpu_doctor.patching.source import read_source
from vgpu_doctor.patching.tokens import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.patching.source import Source

SOURCES = re.compile(r"(?:.+\.(?:[ch]|Kbuild|sh|mk)|Kbuild|Makefile(?:\.kbuild)?)\Z", re.ASCII)
"""Names of the files that edits and traces look into."""

BUILD_FILES = ("Kbuild", "Makefile", "Makefile.kbuild")
DRIVER_FILES = ("nvidia", "nvidia-vgpu-vfio", "common", "conftest.sh", "nv.c", "nv-linux.h")
"""A folder with a build file and one of these is a driver tree."""

MAX_FILES = 20_000
MAX_FILE_SIZE = 4 * 1024 * 1024  # bytes; the largest of a driver has 0.6 million

LEADS_OUT = "is a link that leads out of the driver's folder"

_PACKAGE_NAME = re.compile(r"(?:NVIDIA-[\w-]*?|nvidia-[a-z0-9-]*?)(\d{3}\.\d{2,3}(?:\.\d{2,3})?)(?=[-/]|\Z)", re.ASCII)
_VERSION_LINES = (
    ("Kbuild", re.compile(r'NV_VERSION_STRING=\\?"?\\?"?(\d{3}\.\d{2,3}(?:\.\d{2,3})?)', re.ASCII)),
    ("dkms.conf", re.compile(r'PACKAGE_VERSION="?(\d{3}\.\d{2,3}(?:\.\d{2,3})?)', re.ASCII)),
)
_LISTED_TEST = re.compile(
    r"^[ \t]*NV_CONFTEST_\w+_COMPILE_TESTS[ \t]*\+=[ \t]*(\w+)[ \t]*\r?$", re.MULTILINE | re.ASCII
)
_CASE = re.compile(r"^[ \t]*([a-z_][a-z0-9_]*)\)[ \t]*\r?$", re.MULTILINE | re.ASCII)


class DriverTree:
    """One tree of one driver package: its files as they were when first read."""

    def __init__(self, root: Path, name: str, *, bare: bool) -> None:
        """``root`` is the folder with the Kbuild file; ``bare`` says that it is not inside its package."""
        self.root = root
        self.name = name  # kernel, kernel-open
        self.bare = bare
        self.outside: list[str] = []  # links that lead out of the tree
        self._texts: dict[str, str] = {}
        self._sources: dict[str, Source] = {}
        self.files = tuple(sorted(self._walk()))

    @property
    def version(self) -> str | None:
        """The driver build, from the names of the folders, the Kbuild file or dkms.conf; None if none of them tells."""
        for folder in (self.root.name, self.root.parent.name):
            if found := _PACKAGE_NAME.match(folder):
                return found[1]
        for file, pattern in _VERSION_LINES:
            if (self.root / file).is_file() and (found := pattern.search(self.text(file))):
                return found[1]
        return None

    def matching(self, glob: str) -> Iterator[str]:
        """Yield the files that match a record's glob, in the order of their names."""
        return (file for file in self.files if fits_glob(glob, file))

    def text(self, file: str) -> str:
        """Return the content of a file; bytes that are not UTF-8 become surrogates. Raises :class:`PatchError`."""
        if file not in self._texts:
            self._texts[file] = self._content(file)
        return self._texts[file]

    def source(self, file: str) -> Source:
        """Return the content of a file as tokens."""
        if file not in self._sources:
            self._sources[file] = read_source(self.text(file), language_of(file))
        return self._sources[file]

    def conftest_cases(self) -> frozenset[str]:
        """Return the names of the tests in the driver's own conftest.sh."""
        return frozenset(_CASE.findall(self.text("conftest.sh"))) if "conftest.sh" in self.files else frozenset()

    def tests(self) -> frozenset[str]:
        """Return the names of the driver's tests of a kernel: those in conftest.sh, and those that Kbuild files list.

        One case in conftest.sh serves many symbols by a pattern; their full names are in the Kbuild files only.
        """
        lists = (_LISTED_TEST.findall(self.text(file)) for file in self.files if file.endswith("Kbuild"))
        return self.conftest_cases().union(*lists)

    def changed(self) -> list[str]:
        """Return the files whose content has changed since it was read."""
        return [file for file, text in self._texts.items() if self._content(file) != text]

    def package_path(self, file: str) -> str:
        """Return the path of a file from the root of its package, as patches name it."""
        return f"{self.name}/{file}"

    def _walk(self) -> Iterator[str]:
        count = 0
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "conftest")
            for name in names:
                if not SOURCES.match(name):
                    continue
                count += 1
                if count > MAX_FILES:
                    raise PatchError(self.root, f"holds more than {MAX_FILES} source files; is it a driver's folder?")
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
                raise PatchError(path, LEADS_OUT)
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # opening a pipe must not block
            with os.fdopen(descriptor, "rb") as opened:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE_SIZE:
                    raise PatchError(path, "is not a source file: it is too large, or not a regular file")
                return opened.read().decode("utf-8", "surrogateescape")
        except OSError as error:
            raise PatchError(path, f"cannot be read ({error.strerror or error})") from error


def open_tree(folder: Path, wanted: str | None = None) -> DriverTree:
    """Open the driver tree in a folder: an unpacked package, a DKMS folder, or ``kernel`` itself.

    ``wanted`` is ``kernel`` or ``kernel-open``; without it, ``kernel`` is preferred if the package has both.
    Raises :class:`PatchError` if there is no such tree.
    """
    try:
        root = folder.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise PatchError(folder, f"cannot be opened ({getattr(error, 'strerror', None) or error})") from error
    if not root.is_dir():
        raise PatchError(folder, "is not a folder; --run takes the .run file itself")
    trees = [name for name in TREES if _is_tree(root / name)]
    if trees:
        name = wanted or trees[0]
        if name not in trees:
            raise PatchError(folder, f"has no {name}; it has {' and '.join(trees)}")
        inside = (root / name).resolve()
        if not inside.is_relative_to(root):
            raise PatchError(root / name, "is a link that leads out of the package")
        return DriverTree(inside, name, bare=False)
    if not _is_tree(root):
        raise PatchError(folder, "is not a driver source: it has neither kernel nor kernel-open, nor a Kbuild file")
    name = root.name if root.name in TREES else "kernel-open" if "nvidia-open" in root.name else "kernel"
    return DriverTree(root, wanted or name, bare=root.name not in TREES)


def _is_tree(folder: Path) -> bool:
    has_build_file = any((folder / name).is_file() for name in BUILD_FILES)
    return has_build_file and any((folder / name).exists() for name in DRIVER_FILES)
