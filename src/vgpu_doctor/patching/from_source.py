"""A patch from the driver's own source: every place of every edit, with context, and nothing guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.errors import PatchError
from vgpu_doctor.frozen import field, frozen
from vgpu_doctor.patching.edits import OLDER_NUMBER, Edited, Refused, apply_edit, reach
from vgpu_doctor.patching.guard_macros import (
    asks_for,
    can_run,
    edits_to_add,
    kbuild_list_for,
    sees_result,
    with_version_header,
)
from vgpu_doctor.patching.patch_header import head_of
from vgpu_doctor.patching.source_scan import Affected, affected
from vgpu_doctor.patching.tree import fits_glob
from vgpu_doctor.patching.unified_diff import Draft, file_diff, hunks_of
from vgpu_doctor.versions import kernel_series, series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vgpu_doctor.model import CompileTest, Edit, LogFacts, Signature
    from vgpu_doctor.patching.tree import DriverTree
    from vgpu_doctor.signatures.index import Library

NO_EDIT = "its record has no edit"
_CHOOSES = "The test {} in conftest.sh is new: the kernel's headers choose there, not its version number."
NO_PLACE = "no place that the edit expects is in this source"


@frozen
class SourcePatch:
    """What became of some signatures in one tree."""

    text: str  # unified diff with its head; empty where nothing is to change
    cured: tuple[str, ...] = ()  # ids whose edits changed something
    done: tuple[str, ...] = ()  # ids that the source is cured of already
    left: Mapping[str, str] = field(default_factory=dict)  # id: why not
    files: tuple[str, ...] = ()  # that the patch changes, below the tree


def concerned(library: Library, tree: DriverTree, kernel: str) -> list[Signature]:
    """Signatures of kernel changes up to this kernel that the tree's source shows."""
    series = kernel_series(kernel)
    if series is None:
        raise PatchError(kernel, "is no kernel release such as 6.8.4-2-pve, nor a series such as 6.8")
    newest = series_numbers(series)
    found = []
    for name in library.ids:
        signature = library[name]
        old_enough = signature.kernel is not None and series_numbers(signature.kernel.since) <= newest
        if old_enough and isinstance(affected(signature, tree), Affected):
            found.append(signature)
    return found


def in_order(signatures: Iterable[Signature]) -> list[Signature]:
    """The signatures, each once, the oldest kernel change first: later edits fit what earlier ones leave."""

    def age(signature: Signature) -> tuple[tuple[int, int], str]:
        return (series_numbers(signature.kernel.since) if signature.kernel else (0, 0)), signature.id

    return sorted({signature.id: signature for signature in signatures}.values(), key=age)


def patch_from_source(
    tree: DriverTree, signatures: Sequence[Signature], facts: LogFacts, notes: Sequence[str] = ()
) -> SourcePatch:
    """The patch that applies the edits of the signatures to a tree.

    Raises :class:`PatchError` where a file changed while it was read.
    """
    work = _Work(tree, facts.kernel)
    cured: list[str] = []
    done: list[str] = []
    left: dict[str, str] = {}
    ordered = in_order(signatures)
    for signature in ordered:
        outcome = work.apply(signature)
        if outcome is None:
            cured.append(signature.id)
        elif outcome == "":
            done.append(signature.id)
        else:
            left[signature.id] = outcome
    tests = work.add_tests()
    body, files = work.body()
    if changed := tree.changed():
        raise PatchError(tree.root / changed[0], "changed while it was read; run again")
    if not body:
        return SourcePatch("", (), tuple(done), left)
    head = head_of(
        facts,
        [one for one in ordered if one.id in cured or one.id in work.partly],
        left,
        notes=[*_how(tree), *map(_CHOOSES.format, tests), *notes],
    )
    return SourcePatch(head + body, tuple(cured), tuple(done), left, tuple(files))


def _how(tree: DriverTree) -> list[str]:
    lines = [f"For the tree {tree.name}. Apply it: sh ./NAME.run --apply-patch THIS_FILE"]
    if tree.bare:
        lines.append("or in a folder that holds the tree without its name: patch -p2 < THIS_FILE")
    else:
        lines.append("or in the folder of the unpacked package: patch -p1 < THIS_FILE")
    return lines


class _Work:
    """The drafts of one tree."""

    def __init__(self, tree: DriverTree, kernel: str | None) -> None:
        self._tree = tree
        self._kernel = kernel
        self._drafts: dict[str, Draft] = {}
        self._tests: dict[str, CompileTest] = {}  # by name
        self._by_number = True  # whether the kernel's version number tells the edits of the current cause to work
        self.partly: set[str] = set()  # ids of which some places were changed and some could not be

    def apply(self, signature: Signature) -> str | None:
        """None where all is changed, an empty text where nothing was left to do, else the reason."""
        if not signature.edits:
            return signature.no_edit or NO_EDIT
        places = done = 0
        self._by_number = reach(signature.edits, self._kernel)
        refused: list[Refused] = []
        touched: set[str] = set()
        for edit in signature.edits:
            touched.update(self._tree.matching(edit.file))
            changed, finished, problems = self._apply_edit(edit, signature.conftest)
            places += changed
            done += finished
            refused += problems
        if refused:
            self.partly.update([signature.id] if places else [])
            first = refused[0]
            where = f"{self._tree.package_path(first.file)}" + (f":{first.line}" if first.line else "")
            more = f" ({len(refused)} places)" if len(refused) > 1 else ""
            return f"{where}: {first.why}{more}"
        if places or (done and touched.intersection(self._drafts)):
            return None  # what another cause of this patch brought counts for this one too
        return "" if done else NO_PLACE

    def _apply_edit(self, edit: Edit, test: CompileTest | None) -> tuple[int, int, list[Refused]]:
        places = done = 0
        refused = [
            Refused(file, 0, "is a link that leads out of the driver's folder")
            for file in self._tree.outside
            if fits_glob(edit.file, file)
        ]
        before = dict(self._drafts)
        changed: list[str] = []
        for file in self._tree.matching(edit.file):
            result = self._edited(file, edit, test)
            done += result.done
            refused += result.refused
            if result.places:
                places += result.places
                changed.append(file)
                self._drafts[file] = result.draft
        if edit.times == "one" and places > 1:
            self._drafts = before
            why = f"the text to change stands in {len(changed)} files where once is expected: {', '.join(changed)}"
            return 0, done, [*refused, Refused(changed[0], 0, why)]
        return places, done, refused

    def _edited(self, file: str, edit: Edit, test: CompileTest | None) -> Edited:
        """One edit of one file, guarded by the compile test where the driver can run it, by the version elsewhere."""
        draft = self._drafts.get(file) or Draft.of(self._tree.text(file))
        fits = test is not None and can_run(self._tree, test) and kbuild_list_for(self._tree, file) is not None
        if test is not None and fits and self._tests.setdefault(test.name, test) == test:
            result = apply_edit(draft, edit, file, test)
            if sees_result(result.draft, test, file, self._tree):
                return result
        result = apply_edit(draft, edit, file, test, by_version=True)
        if result.places and edit.guard and not self._by_number:
            return Edited(draft, 0, result.done, (Refused(file, 0, OLDER_NUMBER),))
        return result

    def add_tests(self) -> list[str]:
        """Puts the compile tests that the new lines ask for into the driver's own; their names."""
        added = []
        for test in self._tests.values():
            asking = [file for file, draft in self._drafts.items() if asks_for(draft, test.macro)]
            lists = {name for file in asking if (name := kbuild_list_for(self._tree, file))}
            if lists:
                for edit in edits_to_add(self._tree, test, lists):
                    if not self._apply_edit(edit, None)[0]:
                        raise PatchError(self._tree.root / edit.file, f"has no place for the test {test.name}")
                added.append(test.name)
        return added

    def body(self) -> tuple[str, list[str]]:
        """The hunks of all files, in the order of their names, and those names."""
        pieces, files = [], []
        for file, draft in sorted(self._drafts.items()):
            whole = with_version_header(draft, file, self._tree)
            hunks = hunks_of(self._tree.text(file), whole)
            if hunks:
                pieces.append(file_diff(self._tree.package_path(file), hunks))
                files.append(file)
        return "".join(pieces), files
