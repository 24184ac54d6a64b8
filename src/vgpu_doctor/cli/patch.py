"""``vgpu-doctor patch``: a log, a source or both in; a unified diff out."""

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
from vgpu_doctor.patching.from_source import SourcePatch, concerned, patch_from_source
from vgpu_doctor.patching.tree import DriverTree, open_tree
from vgpu_doctor.report.safe import printable
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from vgpu_doctor.patching.building import Built
    from vgpu_doctor.signatures.index import Library

WRITTEN, NOT_ALL, COULD_NOT_RUN = 0, 1, 2
CLEAR_LINE = "\r\x1b[K"


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
    """Writes the patch to standard output or to a file; returns the exit code of the contract.

    0: written, and it holds all that is known to be wanted. 1: nothing to patch, or not all could be patched.
    2: could not run. What is to be said goes to standard error.
    """
    if source is not None and run is not None:
        raise PatchError("--source and --run", "give one of them")
    if not logs and for_kernel is None:
        raise PatchError("patch", "wants a log, or --for-kernel with --source or --run")
    library = load_library(folders)
    findings, facts = _from_logs(logs, library)
    facts = replace(facts, driver=driver or facts.driver, kernel=kernel or facts.kernel)
    if source is None and run is None:
        if for_kernel is not None or check or build is not None:
            raise PatchError("--for-kernel, --check and --build", "want the source: --source DIR or --run FILE")
        return _log_only(findings, facts, output)
    with _tree(source, run, tree or facts.tree) as found:
        return _with_source(found, library, findings, facts, for_kernel, output, check, build)


def _from_logs(logs: Sequence[str], library: Library) -> tuple[tuple[Finding, ...], LogFacts]:
    if not logs:
        return (), LogFacts()
    diagnosis = diagnose([(name, read_log(name)) for name in logs], library)
    return diagnosis.findings, merged(diagnosis.facts)


@contextmanager
def _tree(source: Path | None, run: Path | None, wanted: str | None) -> Iterator[DriverTree]:
    if source is not None:
        yield open_tree(source, wanted)
    elif run is not None:
        from vgpu_doctor.patching.runfile import unpacked

        with unpacked(run, _say) as folder:
            yield open_tree(folder, wanted)


def _log_only(findings: Sequence[Finding], facts: LogFacts, output: Path | None) -> int:
    made = patch_from_findings(findings, facts)
    if not findings:
        _say("the log shows no cause that is known; nothing to patch")
    _say_all("patched", made.cured)
    _tell_left(made.left)
    if not made.text:
        return NOT_ALL
    _write(made.text, output)
    _say("made from the log, without the source: apply it with patch -p1 -l, or try --source or --run")
    return NOT_ALL if made.left else WRITTEN


def _with_source(
    tree: DriverTree,
    library: Library,
    findings: Sequence[Finding],
    facts: LogFacts,
    for_kernel: str | None,
    output: Path | None,
    check: bool,
    build: Path | None,
) -> int:
    if output is not None and output.resolve().is_relative_to(tree.root):
        raise PatchError(output, "lies in the driver's source, which is never written to; choose another place")
    target = for_kernel or facts.kernel
    shown: list[Signature] = [finding.signature for finding in findings]
    foreseen = concerned(library, tree, target) if target else []
    facts = replace(facts, driver=tree.version or facts.driver, kernel=target)
    made = patch_from_source(tree, [*shown, *foreseen], facts)
    _tell(made)
    built = False
    try:
        if build is not None:
            made, built = _built(tree, made, [*shown, *foreseen], facts, build, library)
    finally:
        if made.text:
            if check:
                _check(made, tree)
            _write(made.text, output)
    return WRITTEN if made.text and (built or (build is None and not made.left)) else NOT_ALL


def _tell(made: SourcePatch) -> None:
    _say_all("cured already", made.done)
    _say_all("patched", made.cured)
    _tell_left(made.left)
    if not made.text:
        _say("nothing to patch; no patch is written")


def _tell_left(left: Mapping[str, str]) -> None:
    for name, why in left.items():
        _say(f"not patched: {name}: {why}")


def _check(made: SourcePatch, tree: DriverTree) -> None:
    """Says how the machine's ``patch`` takes it."""
    from vgpu_doctor.patching.applying import try_patch

    tried = try_patch(made.text, tree, made.files)
    for hunk in tried:
        if not hunk.clean:
            how = f"offset {hunk.offset}, fuzz {hunk.fuzz}" if hunk.applied else "does not apply"
            _say(f"{hunk.file}: hunk {hunk.number} at line {hunk.line}: {how}")
    if not all(hunk.applied for hunk in tried):
        raise PatchError("the patch", "does not apply to this source")
    if all(hunk.clean for hunk in tried):
        _say(f"patch applies it to a copy: {len(tried)} hunks in {len(made.files)} files, no offset, no fuzz")


def _built(
    tree: DriverTree,
    made: SourcePatch,
    signatures: Sequence[Signature],
    facts: LogFacts,
    headers: Path,
    library: Library,
) -> tuple[SourcePatch, bool]:
    """The last patch, and whether its copy builds; says what remains if not."""
    from vgpu_doctor.patching.building import build, built_in_rounds

    def begin(patch: SourcePatch) -> Built:
        more = [name for name in patch.cured if name not in made.cured]
        _say(f"building a patched copy against {headers}")
        _say_all("this time also patched, for the build showed it", more)
        with _progress() as progress:
            return build(tree, patch.text, headers, library, progress)

    last, built = built_in_rounds(tree, made, signatures, facts, begin)
    if built.ok:
        _say("builds")
        return last, True
    _say("does not build; these causes remain:")
    for finding in built.diagnosis.findings:
        _say(f"  {finding.id}: {finding.signature.title['en']} ({finding.count} places)")
    for diagnostic in built.diagnosis.unrecognised[:8]:
        place = f"{diagnostic.place.file}:{diagnostic.place.line}: " if diagnostic.place else ""
        _say(f"  not known: {place}{diagnostic.message}")
    if not built.diagnosis.findings and not built.diagnosis.unrecognised:
        for line in built.tail:
            _say(f"  {line}")
    return last, False


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Shows each compiled file on a terminal, in one line that is gone at the end, and one file in fifty elsewhere."""
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


def _say_all(what: str, names: Sequence[str]) -> None:
    """Says something of all these names, in as many lines as they want; nothing where there are none."""
    if not names:
        return
    for line in wrap(f"{what}: {', '.join(names)}", 100, subsequent_indent="  ", break_on_hyphens=False):
        _say(line)


def _say(text: str) -> None:
    sys.stderr.write(f"{printable(text)}\n")
