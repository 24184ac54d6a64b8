"""Try a patch with the machine's own ``patch`` on a copy; the source itself is never touched."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from vgpu_doctor.errors import PatchError
from vgpu_doctor.frozen import frozen
from vgpu_doctor.patching.programs import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vgpu_doctor.patching.tree import DriverTree

PATCH_TIMEOUT = 120  # seconds

_FILE = re.compile(r"(?:checking|patching) file (.+)\Z")
_HUNK = re.compile(
    r"Hunk #(?P<number>\d+) (?P<what>succeeded|FAILED|ignored) at (?P<line>\d+)"
    r"(?: with fuzz (?P<fuzz>\d+))?(?: \(offset (?P<offset>-?\d+) lines?\))?"
)


@frozen
class HunkResult:
    """What ``patch`` said about one hunk."""

    file: str
    number: int  # from 1, within the file
    line: int  # from 1
    applied: bool
    offset: int = 0  # lines
    fuzz: int = 0  # lines of context that were ignored

    @property
    def clean(self) -> bool:
        return self.applied and not self.offset and not self.fuzz


def try_patch(text: str, tree: DriverTree, files: Iterable[str]) -> list[HunkResult]:
    """Apply a patch to a private copy of the files that it changes.

    Raises :class:`PatchError` if ``patch`` is missing or rejects the patch as a whole.
    """
    with tempfile.TemporaryDirectory(prefix="vgpu-doctor-") as private:
        scratch = Path(private)
        for file in files:
            target = scratch / "tree" / tree.package_path(file)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(tree.text(file).encode("utf-8", "surrogateescape"))
        return apply_patch(text, scratch / "tree", scratch)


def apply_patch(text: str, folder: Path, scratch: Path) -> list[HunkResult]:
    """Apply a patch in a private folder; return what ``patch`` said, hunk by hunk. Raises :class:`PatchError`."""
    file = scratch / "try.patch"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    program = shutil.which("patch")
    if program is None:
        raise PatchError("patch", "is not installed on this machine; install the package of that name to try a patch")
    code, output = run(
        [program, "-p1", "--batch", "--forward", "--verbose", "-i", str(file)], folder=folder, timeout=PATCH_TIMEOUT
    )
    results = list(_read_results(output))
    if code > 1 or not results:
        last = next((line for line in reversed(output.splitlines()) if line.strip()), "no output")
        raise PatchError("patch", f"ended with exit code {code}: {last}")
    return results


def _read_results(output: str) -> Iterator[HunkResult]:
    file = ""
    for line in output.splitlines():
        if found := _FILE.match(line):
            file = found[1].strip("'")
        elif found := _HUNK.match(line):
            yield HunkResult(
                file,
                int(found["number"]),
                int(found["line"]),
                found["what"] == "succeeded",
                int(found["offset"] or 0),
                int(found["fuzz"] or 0),
            )
