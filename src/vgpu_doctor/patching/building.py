"""Build a patched copy of a driver tree against kernel headers, and diagnose what still breaks.

Errors hide other errors, so :func:`build_loop` patches what a build shows and builds again.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Timer
from typing import TYPE_CHECKING

from vgpu_doctor.engine import diagnose
from vgpu_doctor.errors import PatchError
from vgpu_doctor.frozen import frozen
from vgpu_doctor.intake.reading import read_log
from vgpu_doctor.patching.applying import apply_patch
from vgpu_doctor.patching.from_source import patch_from_source
from vgpu_doctor.patching.programs import close, start, stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vgpu_doctor.model import Diagnosis, LogFacts, Signature
    from vgpu_doctor.patching.from_source import SourcePatch
    from vgpu_doctor.patching.tree import DriverTree
    from vgpu_doctor.signatures.index import Library

BUILD_TIMEOUT = 3600  # seconds
MAX_REBUILDS = 5
MAX_NAME_LENGTH = 60  # characters of a file name in a progress line
TAIL_LINES = 12

_COMPILED = re.compile(r"\s*(?:CC|LD|MODPOST|CONFTEST:?)\s+(?:\[M\]\s+)?(\S+)")
_COMMON_HEADERS = re.compile(r"^include\s+(/\S+)/Makefile\s*$", re.MULTILINE)


@frozen
class Build:
    """The outcome of a build."""

    ok: bool
    diagnosis: Diagnosis  # of the build's output
    tail: tuple[str, ...]  # the last lines of that output


def build_loop(
    tree: DriverTree,
    patch: SourcePatch,
    signatures: Sequence[Signature],
    facts: LogFacts,
    build_with: Callable[[SourcePatch], Build],
) -> tuple[SourcePatch, Build]:
    """Build, add what the build shows to the patch, and repeat; return the last patch and its build.

    ``patch`` was made from ``signatures``. Each later patch is made afresh for the untouched tree. The loop ends when
    the build succeeds, or shows nothing more that can be patched.
    """
    wanted = list(signatures)
    build = build_with(patch)
    for _ in range(MAX_REBUILDS):
        if build.ok:
            break
        wanted += [finding.signature for finding in build.diagnosis.findings]
        larger = patch_from_source(tree, wanted, facts)
        if set(larger.cured) <= set(patch.cured):
            break
        patch, build = larger, build_with(larger)
    return patch, build


def build_tree(
    tree: DriverTree, patch: str, headers: Path, library: Library, progress: Callable[[str], None] = lambda _: None
) -> Build:
    """Apply a patch (or none, if it is empty) to a copy of a tree and build the modules.

    Raises :class:`PatchError` if the build cannot start or takes longer than an hour.
    """
    headers = headers.resolve()
    if not (headers / "Makefile").is_file():
        raise PatchError(headers, "has no kernel headers; give a folder such as /lib/modules/RELEASE/build")
    with _patched_copy(tree, patch) as folder:
        log = folder / "make.log"
        code = _make(_make_command(folder / "package" / tree.name, headers), folder, log, progress)
        diagnosis = diagnose([("build", read_log(str(log)))], library)
        tail = tuple(log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:])
    return Build(code == 0, diagnosis, tail)


@contextmanager
def _patched_copy(tree: DriverTree, patch: str) -> Iterator[Path]:
    """Yield a private folder with the patched tree under ``package/TREE``; remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="vgpu-doctor-") as private:
        folder = Path(private)
        try:
            shutil.copytree(tree.root, folder / "package" / tree.name, symlinks=True)
        except OSError as error:
            why = f"cannot be copied to {private}; check the free space there, and that all files are regular files"
            raise PatchError(tree.root, why) from error
        if patch:
            failed = [hunk for hunk in apply_patch(patch, folder / "package", folder) if not hunk.applied]
            if failed:
                raise PatchError(failed[0].file, f"hunk {failed[0].number} does not apply")
        yield folder


def _make_command(tree: Path, headers: Path) -> list[str]:
    jobs = f"-j{os.cpu_count() or 1}"
    makefile = tree / "Makefile"
    if makefile.is_file() and "SYSSRC" in makefile.read_text(encoding="utf-8", errors="replace"):
        # the driver's own makefile gives its Kbuild files what conftest.sh needs
        source = _common_headers(headers)
        return ["make", "-k", jobs, "-C", str(tree), f"SYSSRC={source}", f"SYSOUT={headers}", "modules"]
    return ["make", "-k", jobs, "-C", str(headers), f"M={tree}", "modules"]


def _common_headers(headers: Path) -> Path:
    """Return the folder of the headers that several kernels share, where a distribution splits them (Debian)."""
    found = _COMMON_HEADERS.search((headers / "Makefile").read_text(encoding="utf-8", errors="replace"))
    return Path(found[1]) if found else headers


def _make(command: list[str], folder: Path, log: Path, progress: Callable[[str], None]) -> int:
    process = start(command, folder=folder)
    timed_out = Event()

    def stop_late() -> None:
        timed_out.set()
        stop(process)

    timer = Timer(BUILD_TIMEOUT, stop_late)
    timer.daemon = True
    timer.start()
    count = 0
    try:
        with log.open("w", encoding="utf-8") as file:
            for line in process.stdout or ():
                file.write(line)
                if found := _COMPILED.match(line):
                    count += 1
                    progress(f"{count} {found[1].rpartition('/package/')[2][-MAX_NAME_LENGTH:]}")
        code = process.wait()
    finally:
        timer.cancel()
        stop(process)
        close(process)
    if timed_out.is_set():
        raise PatchError("make", f"did not end within {BUILD_TIMEOUT} seconds")
    return code
