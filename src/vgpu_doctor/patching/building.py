"""Builds a patched copy of a driver tree against kernel headers, and lets the engine say what still breaks."""

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
from vgpu_doctor.patching.applying import apply_to
from vgpu_doctor.patching.from_source import SourcePatch, patch_from_source
from vgpu_doctor.patching.programs import close, start, stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vgpu_doctor.model import Diagnosis, LogFacts, Signature
    from vgpu_doctor.patching.tree import DriverTree
    from vgpu_doctor.signatures.index import Library

BUILD_TIMEOUT = 3600  # seconds
MAX_NAME_LENGTH = 60  # characters of a progress line

_COMPILES = re.compile(r"\s*(?:CC|LD|MODPOST|CONFTEST:?)\s+(?:\[M\]\s+)?(\S+)")
_COMMON = re.compile(r"^include\s+(/\S+)/Makefile\s*$", re.MULTILINE)


@frozen
class Built:
    """How a build ended."""

    ok: bool
    diagnosis: Diagnosis  # of the build's output
    tail: tuple[str, ...]  # the last lines of that output


def build(
    tree: DriverTree, patch: str, headers: Path, library: Library, progress: Callable[[str], None] = lambda _: None
) -> Built:
    """Applies a patch (or none, where it is empty) to a copy of a tree and builds the modules.

    Raises :class:`PatchError` where the build cannot be begun or takes longer than an hour.
    """
    headers = headers.resolve()
    if not (headers / "Makefile").is_file():
        raise PatchError(headers, "holds no kernel headers; a folder such as /lib/modules/RELEASE/build is wanted")
    with _copy_of(tree, patch) as folder:
        log = folder / "make.log"
        code = _make(_command(folder / "package" / tree.name, headers), folder, log, progress)
        diagnosis = diagnose([("build", read_log(str(log)))], library)
        tail = tuple(log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
    return Built(code == 0, diagnosis, tail)


@contextmanager
def _copy_of(tree: DriverTree, patch: str) -> Iterator[Path]:
    """A private folder with the patched tree under ``package/kernel``, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="vgpu-doctor-") as private:
        folder = Path(private)
        try:
            shutil.copytree(tree.root, folder / "package" / tree.name, symlinks=True)
        except OSError as error:
            why = f"cannot be copied to {private}; is there room, and are all files plain?"
            raise PatchError(tree.root, why) from error
        if patch:
            failed = [hunk for hunk in apply_to(patch, folder / "package", folder) if not hunk.applied]
            if failed:
                raise PatchError(failed[0].file, f"hunk {failed[0].number} does not apply")
        yield folder


def _command(tree: Path, headers: Path) -> list[str]:
    jobs = f"-j{os.cpu_count() or 1}"
    makefile = tree / "Makefile"
    if makefile.is_file() and "SYSSRC" in makefile.read_text(encoding="utf-8", errors="replace"):
        # the driver's own makefile gives its Kbuild files what conftest.sh needs
        return ["make", "-k", jobs, "-C", str(tree), f"SYSSRC={_source_of(headers)}", f"SYSOUT={headers}", "modules"]
    return ["make", "-k", jobs, "-C", str(headers), f"M={tree}", "modules"]


def _source_of(headers: Path) -> Path:
    """The folder with the headers that are common to several kernels, where a distribution splits them (Debian)."""
    found = _COMMON.search((headers / "Makefile").read_text(encoding="utf-8", errors="replace"))
    return Path(found[1]) if found else headers


def _make(command: list[str], folder: Path, log: Path, progress: Callable[[str], None]) -> int:
    process = start(command, folder=folder)
    late = Event()

    def end() -> None:
        late.set()
        stop(process)

    timer = Timer(BUILD_TIMEOUT, end)
    timer.daemon = True
    timer.start()
    count = 0
    try:
        with log.open("w", encoding="utf-8") as file:
            for line in process.stdout or ():
                file.write(line)
                if found := _COMPILES.match(line):
                    count += 1
                    progress(f"{count} {found[1].rpartition('/package/')[2][-MAX_NAME_LENGTH:]}")
        code = process.wait()
    finally:
        timer.cancel()
        stop(process)
        close(process)
    if late.is_set():
        raise PatchError("make", f"did not end within {BUILD_TIMEOUT} seconds")
    return code


MAX_REBUILDS = 5


def built_in_rounds(
    tree: DriverTree,
    patch: SourcePatch,
    signatures: Sequence[Signature],
    facts: LogFacts,
    build: Callable[[SourcePatch], Built],
) -> tuple[SourcePatch, Built]:
    """The last patch, and the build with it.

    The first patch was made of ``signatures``; each one after it, of the untouched tree too, is also made of what the
    build before it showed.
    """
    wanted = list(signatures)
    built = build(patch)
    for _ in range(MAX_REBUILDS):
        if built.ok:
            break
        wanted += [finding.signature for finding in built.diagnosis.findings]
        larger = patch_from_source(tree, wanted, facts)
        if set(larger.cured) <= set(patch.cured):
            break
        patch, built = larger, build(larger)
    return patch, built
