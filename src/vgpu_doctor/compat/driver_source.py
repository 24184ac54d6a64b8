"""Search the driver's own source for uses of what changed; each record is searched for once."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from functools import cached_property
from typing import TYPE_CHECKING

from vgpu_doctor.errors import CheckError, PatchError
from vgpu_doctor.patching.source_scan import Affected, NotAffected, affected
from vgpu_doctor.patching.tree import open_tree

if TYPE_CHECKING:
    from pathlib import Path

    from vgpu_doctor.model import Signature
    from vgpu_doctor.patching.tree import DriverTree

VGPU_MODULE = "nvidia-vgpu-vfio/"
DISPLAY_MODULE = "nvidia-drm/"

_LISTED = re.compile(r"^[ \t]*NV_CONFTEST_[A-Z_]+_TESTS\s*\+=\s*(\w+)", re.MULTILINE | re.ASCII)


class DriverSource:
    """One source tree of a driver, and what was found in it."""

    def __init__(self, tree: DriverTree, shown: str | None = None) -> None:
        """Take a tree; ``shown`` is the host's own name of the folder, if the host's disk is mounted elsewhere."""
        self.tree = tree
        self.shown = shown or str(tree.root)
        self._found: dict[str, Affected | NotAffected] = {}

    @property
    def for_vgpu(self) -> bool:
        """Whether it is the package of a vGPU host."""
        return self._has(VGPU_MODULE)

    @property
    def for_display(self) -> bool:
        """Whether it builds the modules for displays and CUDA, which a plain vGPU host package does not have."""
        return self._has(DISPLAY_MODULE)

    def uses(self, signature: Signature) -> Affected | bool | None:
        """Return where it uses what changed; False if it does not, None if the record does not say how to tell.

        True is never returned, since a use has a place.
        """
        scope = signature.applies_to
        if scope.package == "host" and not self.for_vgpu:
            return False
        if scope.modules == "closed" and self.tree.name == "kernel-open":
            return False
        if signature.source is None or not signature.source.uses:
            return None if self._has_files_of(signature) else False
        if not self._listed.isdisjoint(signature.source.unless):
            return False
        if signature.id not in self._found:
            try:
                self._found[signature.id] = affected(signature, self.tree)
            except PatchError as error:
                raise CheckError(str(error)) from error
        found = self._found[signature.id]
        return found if isinstance(found, Affected) else False

    @cached_property
    def _listed(self) -> frozenset[str]:
        """Tests that the build runs; they are not all in conftest.sh, which has one text for every exported symbol."""
        listing = [file for file in self.tree.files if file.endswith(("Kbuild", ".mk"))]
        return frozenset(name for file in listing for name in _LISTED.findall(self.tree.text(file)))

    def _has_files_of(self, signature: Signature) -> bool:
        """Tell whether this tree has any of the files that can show the cause in a log."""
        patterns = [pattern for match in signature.match for pattern in match.fields.get("file", ("*",))]
        paths = [f"{self.tree.name}/{file}" for file in self.tree.files]
        return any("conftest" in pattern or fnmatch(path, pattern) for pattern in patterns for path in paths)

    def _has(self, folder: str) -> bool:
        return any(file.startswith(folder) for file in self.tree.files)


def open_source(folder: Path, tree: str | None = None, *, shown: str | None = None) -> DriverSource:
    """Open the source in a folder: a package, ``/usr/src/nvidia-BUILD``, or ``kernel``. Raises CheckError."""
    try:
        source = DriverSource(open_tree(folder, tree), shown)
    except PatchError as error:
        raise CheckError(str(error)) from error
    if "conftest.sh" not in source.tree.files and not source.for_vgpu:
        raise CheckError(
            f"{folder}: incomplete driver source, without conftest.sh; finding nothing in it would prove nothing"
        )
    return source
