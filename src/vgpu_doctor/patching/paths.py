"""Which file of the package a path of a log means, and which paths are not to be trusted."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

TREES = ("kernel", "kernel-open")
LONGEST_PATH = 400  # characters

_INSTALLER = re.compile(r"/NVIDIA-[^/]*/(kernel-open|kernel)/(.*)\Z", re.DOTALL)
_DKMS = re.compile(r"/var/lib/dkms/[^/]+/[^/]+/(?:build|source)/(.*)\Z", re.DOTALL)
_SOURCE = re.compile(r"/usr/src/(nvidia[^/]*)/(.*)\Z", re.DOTALL)
_PLAIN = re.compile(r"[\w+-][\w.+-]*(?:/[\w+-][\w.+-]*)*", re.ASCII)
_FOREIGN = ("linux-headers", "linux-kbuild", "/lib/modules/", "/usr/include/", "/usr/lib/")


def package_path(file: str, tree: str | None) -> tuple[str, str] | None:
    """The tree (``kernel``, ``kernel-open``) and the path below it of a file that a log names; None for any other file.

    ``tree`` is the one that the log used, for paths that do not tell: DKMS copies a tree without its name. Paths with
    ``..``, of the kernel's own headers, or with characters that no file of the package has, are refused.
    """
    if len(file) > LONGEST_PATH or any(sign in file for sign in _FOREIGN):
        return None
    found, below = tree if tree in TREES else "kernel", file
    if match := _INSTALLER.search(file):
        found, below = match[1], match[2]
    elif match := _DKMS.match(file):
        below = match[1]
        found = "kernel-open" if "nvidia-open" in file and tree not in TREES else found
    elif match := _SOURCE.match(file):
        below = match[2]
        found = "kernel-open" if "open" in match[1] and tree not in TREES else found
    else:
        below = file.removeprefix("./")
        first, _, rest = below.partition("/")
        if first in TREES:
            found, below = first, rest
    # fullmatch forbids absolute paths, empty and hidden parts, "." and ".."
    return (found, below) if _PLAIN.fullmatch(below) else None


def fits_glob(pattern: str, path: str) -> bool:
    """Whether a path below the tree is one that a record's glob means; ``*`` does not cross a slash."""
    parts, names = pattern.split("/"), path.split("/")
    return len(parts) == len(names) and all(fnmatchcase(name, part) for part, name in zip(parts, names, strict=True))
