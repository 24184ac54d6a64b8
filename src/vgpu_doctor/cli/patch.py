"""``vgpu-doctor patch``: read a log, a source or both, and write a unified diff."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from textwrap import wrap
from typing import TYPE_CHECKING

from vgpu_doctor.advice.case import merged
from vgpu_doctor.engine import diagnose
from vgpu_doctor.errors import PatchError
from vgpu_doctor.frozen import replace
from vgpu_doctor.intake.reading import read_log
from vgpu_doctor.model import Finding, LogFacts, Signature
from vgpu_doctor.patching.from_log import patch_from_findings
from vgpu_doctor.patching.from_source import SourcePatch, affecting, patch_from_source
from vgpu_doctor.patching.tree import DriverTree, open_tree
from vgpu_doctor.report.safe import printable
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from vgpu_doctor.patching.building import Build
    from vgpu_doctor.signatures.index import Library

WRITTEN, NOT_ALL, COULD_NOT_RUN = 0, 1, 2
CLEAR_LINE = "\r\x1b[K"
MAX_UNKNOWN_SHOWN = 8  # errors
MAX_WIDTH = 100  # columns of a message


def run_patch(
    logs: Sequence[str] = (),
    *,
    source: Path | None = None,
    run: Path | None = None,
    for_kernel: str | None = None,
    tree: str | None = None,
    output: Path | None = None,
    check: bool = False,
    build: Path | None = None,
    kernel: str | None = None,
    driver: str | None = None,
    folders: Sequence[Path] = (),
) -> int:
    """Write the patch to standard output or to a file, and messages to standard error; return the exit code.

    0: the patch is written and solves everything that was found. 1: there is nothing to patch, or something is left
    unsolved. 2: the command could not run (raised as :class:`PatchError`).
    """
    if source is not None and run is not None:
        raise PatchError("--source and --run", "give only one of them")
    if not logs and for_kernel is None:
        raise PatchError("patch", "needs a log, or --for-kernel with --source or --run")
    library = load_library(folders)
    findings, facts = _read_logs(logs, library)
    facts = replace(facts, driver=driver or facts.driver, kernel=kernel or facts.kernel)
    if source is None and run is None:
        if for_kernel is not None or check or build is not None:
            raise PatchError("--for-kernel, --check and --build", "need the source: --source DIR or --run FILE")
        return _patch_from_log(findings, facts, output)
    with _open_source(source, run, tree or facts.tree) as driver_tree:
        return _patch_from_source(driver_tree, library, findings, facts, for_kernel, output, check, build)


def _read_logs(logs: Sequence[str], library: Library) -> tuple[tuple[Finding, ...], LogFacts]:
    if not logs:
        return (), LogFacts()
    diagnosis = diagnose([(name, read_log(name)) for name in logs], library)
    return diagnosis.findings, merged(diagnosis.facts)


@contextmanager
def _open_source(source: Path | None, run: Path | None, wanted: str | None) -> Iterator[DriverTree]:
    if source is not None:
        yield open_tree(source, wanted)
    elif run is not None:
        from vgpu_doctor.patching.runfile import unpacked

        with unpacked(run, _say) as folder:
            yield open_tree(folder, wanted)


def _patch_from_log(findings: Sequence[Finding], facts: LogFacts, output: Path | None) -> int:
    patch = patch_from_findings(findings, facts)
    if not findings:
        _say("the log shows no known cause; nothing to patch")
    _say_ids("patched", patch.cured)
    _say_not_cured(patch.not_cured)
    if not patch.text:
        return NOT_ALL
    _write(patch.text, output)
    _say("made from the log without the source: apply it with patch -p1 -l, or use --source or --run")
    return NOT_ALL if patch.not_cured else WRITTEN


def _patch_from_source(
    tree: DriverTree,
    library: Library,
    findings: Sequence[Finding],
    facts: LogFacts,
    for_kernel: str | None,
    output: Path | None,
    check: bool,
    headers: Path | None,
) -> int:
    if output is not None and output.resolve().is_relative_to(tree.root):
        raise PatchError(output, "is inside the driver's source, which is never written to; choose another place")
    target = for_kernel or facts.kernel
    shown_by_log: list[Signature] = [finding.signature for finding in findings]
    shown_by_source = affecting(library, tree, target) if target else []
    signatures = [*shown_by_log, *shown_by_source]
    facts = replace(facts, driver=tree.version or facts.driver, kernel=target)
    patch = patch_from_source(tree, signatures, facts)
    _say_outcome(patch)
    builds = False
    try:
        if headers is not None:
            patch, builds = _build(tree, patch, signatures, facts, headers, library)
    finally:
        # an error in a long build must not lose the patch
        if patch.text:
            if check:
                _check(patch, tree)
            _write(patch.text, output)
    return WRITTEN if patch.text and (builds or (headers is None and not patch.not_cured)) else NOT_ALL


def _say_outcome(patch: SourcePatch) -> None:
    _say_ids("already cured", patch.already_cured)
    _say_ids("patched", patch.cured)
    _say_not_cured(patch.not_cured)
    if not patch.text:
        _say("nothing to patch; no patch written")


def _say_not_cured(not_cured: Mapping[str, str]) -> None:
    for signature_id, reason in not_cured.items():
        _say(f"not patched: {signature_id}: {reason}")


def _check(patch: SourcePatch, tree: DriverTree) -> None:
    """Apply the patch to a copy with the machine's ``patch`` and report how it applies."""
    from vgpu_doctor.patching.applying import try_patch

    hunks = try_patch(patch.text, tree, patch.files)
    for hunk in hunks:
        if not hunk.clean:
            how = f"offset {hunk.offset}, fuzz {hunk.fuzz}" if hunk.applied else "does not apply"
            _say(f"{hunk.file}: hunk {hunk.number} at line {hunk.line}: {how}")
    if not all(hunk.applied for hunk in hunks):
        raise PatchError("the patch", "does not apply to this source")
    if all(hunk.clean for hunk in hunks):
        _say(f"the patch applies cleanly to a copy: {_count(len(hunks), 'hunk')} in {_count(len(patch.files), 'file')}")


def _build(
    tree: DriverTree,
    patch: SourcePatch,
    signatures: Sequence[Signature],
    facts: LogFacts,
    headers: Path,
    library: Library,
) -> tuple[SourcePatch, bool]:
    """Build patched copies; return the last patch and whether its copy builds, and report what remains if not."""
    from vgpu_doctor.patching.building import build_loop, build_tree

    def build_with(larger: SourcePatch) -> Build:
        added = [signature_id for signature_id in larger.cured if signature_id not in patch.cured]
        _say(f"building a patched copy against {headers}")
        _say_ids("also patched, because the build showed it", added)
        with _progress() as progress:
            return build_tree(tree, larger.text, headers, library, progress)

    last, build = build_loop(tree, patch, signatures, facts, build_with)
    if build.ok:
        _say("the patched copy builds")
        return last, True
    _say("the patched copy does not build; what remains:")
    for finding in build.diagnosis.findings:
        _say(f"  {finding.id}: {finding.signature.title['en']} ({_count(finding.count, 'place')})")
    for diagnostic in build.diagnosis.unrecognised[:MAX_UNKNOWN_SHOWN]:
        place = f"{diagnostic.place.file}:{diagnostic.place.line}: " if diagnostic.place else ""
        _say(f"  unknown: {place}{diagnostic.message}")
    if not build.diagnosis.findings and not build.diagnosis.unrecognised:
        for line in build.tail:
            _say(f"  {line}")
    return last, False


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show each compiled file on one line of a terminal, cleared at the end; elsewhere, report one file in fifty."""
    terminal = sys.stderr.isatty()

    def show(text: str) -> None:
        if terminal:
            sys.stderr.write(f"{CLEAR_LINE}{printable(text)}")
            sys.stderr.flush()
        elif text.partition(" ")[0].endswith(("00", "50")):
            _say(f"compiled {text}")

    try:
        yield show
    finally:
        if terminal:
            sys.stderr.write(CLEAR_LINE)


def _write(text: str, output: Path | None) -> None:
    content = text.encode("utf-8", "surrogateescape")
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise PatchError(output, f"cannot be written ({error.strerror or error})") from error
    _say(f"wrote {output}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _say_ids(what: str, signature_ids: Sequence[str]) -> None:
    """Say something about all these signatures, wrapped to the width; nothing if there are none."""
    if not signature_ids:
        return
    for line in wrap(f"{what}: {', '.join(signature_ids)}", MAX_WIDTH, subsequent_indent="  ", break_on_hyphens=False):
        _say(line)


def _say(text: str) -> None:
    sys.stderr.write(f"{printable(text)}\n")
