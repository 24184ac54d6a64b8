"""Make a patch from the driver's own source: every place of every edit, with context, and nothing guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vgpu_doctor.errors import PatchError
from vgpu_doctor.frozen import field, frozen
from vgpu_doctor.patching.edits import BACKPORTED, Edited, RefusedPlace, any_guard_allows, apply_edit
from vgpu_doctor.patching.guard_macros import (
    asks_for,
    can_run,
    edits_to_add,
    kbuild_list_for,
    sees_result,
    with_version_header,
)
from vgpu_doctor.patching.patch_header import patch_header
from vgpu_doctor.patching.paths import fits_glob
from vgpu_doctor.patching.rewriting import Refused
from vgpu_doctor.patching.source_scan import Affected, affected
from vgpu_doctor.patching.tree import LEADS_OUT
from vgpu_doctor.patching.unified_diff import Draft, file_diff, hunks_of
from vgpu_doctor.versions import kernel_series, series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vgpu_doctor.model import CompileTest, Edit, LogFacts, Signature
    from vgpu_doctor.patching.tree import DriverTree
    from vgpu_doctor.signatures.index import Library

NO_EDIT = "its record has no edit"
NO_PLACE = "this source has none of the places that the edit expects"
NEW_TEST = "The test {} in conftest.sh is new: it asks the kernel's headers instead of trusting the version number."


@frozen
class SourcePatch:
    """A patch for one tree, and what became of each signature."""

    text: str  # unified diff with its header; empty if nothing is to change
    cured: tuple[str, ...] = ()  # ids whose edits are all in the patch
    already_cured: tuple[str, ...] = ()  # ids that the source needs no edit for
    not_cured: Mapping[str, str] = field(default_factory=dict)  # reasons by id
    files: tuple[str, ...] = ()  # that the patch changes, below the tree


def affecting(library: Library, tree: DriverTree, kernel: str) -> list[Signature]:
    """Return the signatures of kernel changes up to this kernel that affect the tree.

    Raises :class:`PatchError` if ``kernel`` is neither a release nor a series.
    """
    series = kernel_series(kernel)
    if series is None:
        raise PatchError(kernel, "is not a kernel release such as 6.8.4-2-pve, nor a series such as 6.8")
    newest = series_numbers(series)
    found = []
    for signature_id in library.ids:
        signature = library[signature_id]
        old_enough = signature.kernel is not None and series_numbers(signature.kernel.since) <= newest
        if old_enough and isinstance(affected(signature, tree), Affected):
            found.append(signature)
    return found


def patch_from_source(
    tree: DriverTree, signatures: Sequence[Signature], facts: LogFacts, notes: Sequence[str] = ()
) -> SourcePatch:
    """Return the patch that applies the edits of the signatures to a tree.

    Raises :class:`PatchError` if a file changed while it was read.
    """
    drafts = _Drafts(tree, facts.kernel)
    cured: list[str] = []
    already_cured: list[str] = []
    not_cured: dict[str, str] = {}
    ordered = _oldest_change_first(signatures)
    for signature in ordered:
        outcome = drafts.apply(signature)
        if isinstance(outcome, Refused):
            not_cured[signature.id] = outcome.reason
        elif outcome == "cured":
            cured.append(signature.id)
        else:
            already_cured.append(signature.id)
    tests = drafts.add_compile_tests()
    body, files = drafts.diff()
    if changed := tree.changed():
        raise PatchError(tree.root / changed[0], "changed while it was read; run again")
    if not body:
        return SourcePatch("", (), tuple(already_cured), not_cured)
    in_patch = {*cured, *drafts.partly_cured}
    header = patch_header(
        facts,
        [signature for signature in ordered if signature.id in in_patch],
        not_cured,
        notes=[*_how_to_apply(tree), *map(NEW_TEST.format, tests), *notes],
    )
    return SourcePatch(header + body, tuple(cured), tuple(already_cured), not_cured, tuple(files))


def _oldest_change_first(signatures: Iterable[Signature]) -> list[Signature]:
    """Return each signature once, the oldest kernel change first: later edits fit what earlier ones leave."""

    def age(signature: Signature) -> tuple[tuple[int, int], str]:
        return (series_numbers(signature.kernel.since) if signature.kernel else (0, 0)), signature.id

    return sorted({signature.id: signature for signature in signatures}.values(), key=age)


def _how_to_apply(tree: DriverTree) -> list[str]:
    lines = [f"For the tree {tree.name}. Apply it: sh ./NAME.run --apply-patch THIS_FILE"]
    if tree.bare:
        lines.append("or in a folder that holds the tree without its name: patch -p2 < THIS_FILE")
    else:
        lines.append("or in the folder of the unpacked package: patch -p1 < THIS_FILE")
    return lines


@frozen
class _EditOutcome:
    """What one edit came to in all files of a tree."""

    places: int  # that were changed
    already_applied: int  # places that needed no change
    refused: tuple[RefusedPlace, ...]


class _Drafts:
    """The drafts of one tree's files, and the compile tests that their guards ask for."""

    def __init__(self, tree: DriverTree, kernel: str | None) -> None:
        self._tree = tree
        self._kernel = kernel
        self._drafts: dict[str, Draft] = {}
        self._tests: dict[str, CompileTest] = {}  # by name
        self._version_guard_works = True  # the kernel's version number lets an edit of the current signature through
        self.partly_cured: set[str] = set()  # ids with places that were changed and others that could not be

    def apply(self, signature: Signature) -> Literal["cured", "already cured"] | Refused:
        """Apply all edits of a signature; return what became of it."""
        if not signature.edits:
            return Refused(signature.no_edit or NO_EDIT)
        self._version_guard_works = any_guard_allows(signature.edits, self._kernel)
        outcomes = [self._apply_edit(edit, signature.conftest) for edit in signature.edits]
        places = sum(outcome.places for outcome in outcomes)
        already_applied = sum(outcome.already_applied for outcome in outcomes)
        if refused := [place for outcome in outcomes for place in outcome.refused]:
            self.partly_cured.update([signature.id] if places else [])
            return self._summary(refused)
        files = {file for edit in signature.edits for file in self._tree.matching(edit.file)}
        # what another signature of this patch brought counts for this one too
        if places or (already_applied and not files.isdisjoint(self._drafts)):
            return "cured"
        return "already cured" if already_applied else Refused(NO_PLACE)

    def _summary(self, refused: Sequence[RefusedPlace]) -> Refused:
        first = refused[0]
        where = f"{self._tree.package_path(first.file)}" + (f":{first.line}" if first.line else "")
        return Refused(f"{where}: {first.reason}" + (f" ({len(refused)} places)" if len(refused) > 1 else ""))

    def _apply_edit(self, edit: Edit, test: CompileTest | None) -> _EditOutcome:
        """Apply an edit to every file that it names."""
        places = already_applied = 0
        refused = [RefusedPlace(file, 0, LEADS_OUT) for file in self._tree.outside if fits_glob(edit.file, file)]
        before = dict(self._drafts)
        changed: list[str] = []
        for file in self._tree.matching(edit.file):
            result = self._edit_file(file, edit, test)
            already_applied += result.already_applied
            refused += result.refused
            if result.places:
                places += result.places
                changed.append(file)
                self._drafts[file] = result.draft
        if edit.times == "one" and places > 1:
            self._drafts = before
            reason = f"the text to change is expected once but occurs in {len(changed)} files: {', '.join(changed)}"
            return _EditOutcome(0, already_applied, (*refused, RefusedPlace(changed[0], 0, reason)))
        return _EditOutcome(places, already_applied, tuple(refused))

    def _edit_file(self, file: str, edit: Edit, test: CompileTest | None) -> Edited:
        """Apply an edit to one file, guarded by the compile test if the driver can run it, and else by version."""
        draft = self._drafts.get(file) or Draft.of(self._tree.text(file))
        runnable = test is not None and can_run(self._tree, test) and kbuild_list_for(self._tree, file) is not None
        # another record may have a different test of the same name
        if test is not None and runnable and self._tests.setdefault(test.name, test) == test:
            result = apply_edit(draft, edit, file, test)
            if sees_result(result.draft, test, file, self._tree):
                return result
        result = apply_edit(draft, edit, file, test, by_version=True)
        if result.places and edit.guard and not self._version_guard_works:
            return Edited(draft, 0, result.already_applied, (RefusedPlace(file, 0, BACKPORTED),))
        return result

    def add_compile_tests(self) -> list[str]:
        """Add the compile tests that new lines ask for to the driver's own; return their names."""
        added = []
        for test in self._tests.values():
            asking = [file for file, draft in self._drafts.items() if asks_for(draft, test.macro)]
            lists = {kbuild for file in asking if (kbuild := kbuild_list_for(self._tree, file))}
            if lists:
                for edit in edits_to_add(self._tree, test, lists):
                    if not self._apply_edit(edit, None).places:
                        raise PatchError(self._tree.root / edit.file, f"has no place for the test {test.name}")
                added.append(test.name)
        return added

    def diff(self) -> tuple[str, list[str]]:
        """Return the hunks of all changed files, in the order of their names, and those names."""
        pieces, files = [], []
        for file, draft in sorted(self._drafts.items()):
            hunks = hunks_of(self._tree.text(file), with_version_header(draft, file, self._tree))
            if hunks:
                pieces.append(file_diff(self._tree.package_path(file), hunks))
                files.append(file)
        return "".join(pieces), files
