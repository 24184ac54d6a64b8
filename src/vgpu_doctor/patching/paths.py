"""Names of files in a driver's package, for those who have no source on disk, too."""

from __future__ import annotations

from fnmatch import fnmatchcase

TREES = ("kernel", "kernel-open")
"""Folders of a package that hold the source of modules: closed and open."""


def fits_glob(glob: str, path: str) -> bool:
    """Whether a path below the tree matches a record's glob; ``*`` does not match a slash."""
    patterns, names = glob.split("/"), path.split("/")
    if len(patterns) != len(names):
        return False
    return all(fnmatchcase(name, pattern) for pattern, name in zip(patterns, names, strict=True))
