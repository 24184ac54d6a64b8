"""The driver's own source as evidence: which changes it still has to learn. Each record is looked for once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.patching.errors import PatchError
from vgpu_doctor.patching.trace import SETTLED, Affected, affected
from vgpu_doctor.patching.tree import open_tree
from vgpu_doctor.prediction.errors import CheckError

if TYPE_CHECKING:
    from pathlib import Path

    from vgpu_doctor.model import Signature
    from vgpu_doctor.patching.tree import DriverTree

VGPU_MODULE = "nvidia-vgpu-vfio/"
DISPLAY_MODULE = "nvidia-drm/"


class DriverSource:
    """One tree of a driver, and what was found in it."""

    def __init__(self, tree: DriverTree) -> None:
        self.tree = tree
        self._found: dict[str, Affected | str] = {}

    @property
    def for_vgpu(self) -> bool:
        """Whether it is the package of a vGPU host."""
        return self._has(VGPU_MODULE)

    @property
    def for_display(self) -> bool:
        """Whether it builds the modules that a screen or CUDA needs; a plain host package does not."""
        return self._has(DISPLAY_MODULE)

    @property
    def patched(self) -> bool:
        """Whether a change was found that this tree knows although its conftest.sh has no test for it."""
        return SETTLED in self._found.values()

    def uses(self, signature: Signature) -> Affected | None | bool:
        """Where it uses what changed; False where it does not, and None where the record does not say how to look."""
        if signature.source is None or not signature.source.uses:
            return None
        if signature.id not in self._found:
            try:
                self._found[signature.id] = affected(signature, self.tree)
            except PatchError as error:
                raise CheckError(str(error)) from error
        found = self._found[signature.id]
        return found if isinstance(found, Affected) else False

    def _has(self, folder: str) -> bool:
        return any(file.startswith(folder) for file in self.tree.files)


def open_source(folder: Path, tree: str | None = None) -> DriverSource:
    """The source in a folder: an unpacked package, ``/usr/src/nvidia-BUILD``, or ``kernel``. Raises CheckError."""
    try:
        return DriverSource(open_tree(folder, tree))
    except PatchError as error:
        raise CheckError(str(error)) from error
