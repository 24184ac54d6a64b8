"""A patch from the driver's own source: every place of every edit, with context, and nothing guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.knowledge.versions import kernel_series, series_numbers
from vgpu_doctor.patching.diff import file_patch, hunks_of
from vgpu_doctor.patching.draft import Draft
from vgpu_doctor.patching.edits import Refused, apply_edit
from vgpu_doctor.patching.errors import PatchError
from vgpu_doctor.patching.head import head_of
from vgpu_doctor.patching.paths import fits_glob
from vgpu_doctor.patching.trace import Affected, affected
from vgpu_doctor.patching.version_header import with_version_header
from vgpu_doctor.values import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vgpu_doctor.knowledge.library import Library
    from vgpu_doctor.model import Edit, LogFacts, Signature
    from vgpu_doctor.patching.tree import DriverTree

NO_EDIT = "its record has no edit"
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
    work = _Work(tree)
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
    body, files = work.body()
    if changed := tree.changed():
        raise PatchError(tree.root / changed[0], "changed while it was read; run again")
    if not body:
        return SourcePatch("", (), tuple(done), left)
    head = head_of(
        facts, [one for one in ordered if one.id in cured or one.id in work.partly], left, notes=[*_how(tree), *notes]
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

    def __init__(self, tree: DriverTree) -> None:
        self._tree = tree
        self._drafts: dict[str, Draft] = {}
        self.partly: set[str] = set()  # ids of which some places were changed and some could not be

    def apply(self, signature: Signature) -> str | None:
        """None where all is changed, an empty text where nothing was left to do, else the reason."""
        if not signature.edits:
            return signature.no_edit or NO_EDIT
        places = done = 0
        refused: list[Refused] = []
        touched: set[str] = set()
        for edit in signature.edits:
            touched.update(self._tree.matching(edit.file))
            changed, finished, problems = self._apply_edit(edit)
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

    def _apply_edit(self, edit: Edit) -> tuple[int, int, list[Refused]]:
        places = done = 0
        refused = [
            Refused(file, 0, "is a link that leads out of the driver's folder")
            for file in self._tree.outside
            if fits_glob(edit.file, file)
        ]
        before = dict(self._drafts)
        changed: list[str] = []
        for file in self._tree.matching(edit.file):
            result = apply_edit(self._drafts.get(file) or Draft.of(self._tree.text(file)), edit, file)
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

    def body(self) -> tuple[str, list[str]]:
        """The hunks of all files, in the order of their names, and those names."""
        pieces, files = [], []
        for file, draft in sorted(self._drafts.items()):
            whole = with_version_header(draft, file, self._tree)
            hunks = hunks_of(self._tree.text(file), whole)
            if hunks:
                pieces.append(file_patch(self._tree.package_path(file), hunks))
                files.append(file)
        return "".join(pieces), files
