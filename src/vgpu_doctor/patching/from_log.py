"""Make a patch from a log alone: hunks of one line, made from the source lines that the compiler quoted.

Nothing here has seen the source. A hunk says what is on one line and what shall be there; under a guard, the old line
stays and is the hunk's only context.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import field, frozen
from vgpu_doctor.patching.edits import BACKPORTED, any_guard_allows, apply_edit
from vgpu_doctor.patching.patch_header import patch_header
from vgpu_doctor.patching.paths import TREES, fits_glob
from vgpu_doctor.patching.rewriting import Refused
from vgpu_doctor.patching.unified_diff import Draft, Hunk, file_diff, hunks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vgpu_doctor.model import Diagnostic, Finding, LogFacts

MAX_QUOTE_LENGTH = 500  # characters that a diagnostic keeps of a line; one that long may be cut
MAX_PATH_LENGTH = 400  # characters

NO_EDIT = "its record has no edit"
NO_QUOTE = "the log does not quote the line to change"
ELSEWHERE = "the text to change is not on the line that the log quotes; --source or --run can find it"
TEST_HELPS = "; with --source or --run a test in the driver's conftest.sh can guard it"
MACRO = "the quoted line is part of a macro of several lines; --source or --run can change it"
MISREAD = "names in the log are misread, so the quoted line may be too; --source or --run can make the patch"
NOT_IN_PACKAGE = "the log names a file that is not part of the package"

_INSTALLER = re.compile(r"/NVIDIA-[^/]*/(kernel-open|kernel)/(.*)\Z", re.DOTALL)
_DKMS = re.compile(r"/var/lib/dkms/[^/]+/[^/]+/(?:build|source)/(.*)\Z", re.DOTALL)
_USR_SRC = re.compile(r"/usr/src/(nvidia[^/]*)/(.*)\Z", re.DOTALL)
_RELATIVE_PATH = re.compile(r"[\w+-][\w.+-]*(?:/[\w+-][\w.+-]*)*", re.ASCII)
_NOT_THE_DRIVER = ("linux-headers", "linux-kbuild", "/lib/modules/", "/usr/include/", "/usr/lib/")
_NUMBERED = re.compile(r"\s*(\d+) \|(?: (.*))?\Z", re.DOTALL)
_CARET_LINE = re.compile(r"[\s~-]*\^[\s~^-]*\Z|[\s^~]*\Z")


@frozen
class LogPatch:
    """A patch from a log, and what became of each finding."""

    text: str  # unified diff with its header; empty if there is no hunk
    cured: tuple[str, ...] = ()  # ids whose every known place has a hunk
    not_cured: Mapping[str, str] = field(default_factory=dict)  # reasons by id, also of those cured in part


@frozen
class _QuotedPlace:
    """One line of one file of the package."""

    tree: str
    file: str  # below the tree
    line: int  # from 1

    @property
    def package_path(self) -> str:
        return f"{self.tree}/{self.file}"


def patch_from_findings(findings: Sequence[Finding], facts: LogFacts) -> LogPatch:
    """Return hunks for every place of the findings that the log quotes, for ``patch -p1 -l`` in the package."""
    drafts: dict[_QuotedPlace, tuple[str, Draft]] = {}  # the quoted line, and its draft
    cured: list[str] = []
    in_patch: set[str] = set()
    not_cured: dict[str, str] = {}
    for finding in findings:
        changed = 0
        reasons: list[str] = []
        for quoted in _quoted_places(finding, facts):
            if isinstance(quoted, Refused):
                reasons.append(quoted.reason)
                continue
            place, old = quoted
            old, draft = drafts.get(place, (old, Draft.of(old)))
            edited = _apply_edits(finding, place, draft)
            if isinstance(edited, Refused):
                reasons.append(edited.reason)
            else:
                drafts[place] = (old, edited)
                changed += 1
        if changed:
            in_patch.add(finding.id)
        if not changed:
            not_cured[finding.id] = finding.signature.no_edit or (reasons[0] if reasons else NO_QUOTE)
        elif reasons:
            not_cured[finding.id] = f"only {changed} of {changed + len(reasons)} places have a hunk; {reasons[0]}"
        elif finding.count > len(finding.evidence):
            not_cured[finding.id] = f"{changed} places have a hunk, but there are more than the report keeps"
        else:
            cured.append(finding.id)
    body = _diff(drafts)
    if not body:
        return LogPatch("", (), not_cured)
    signatures = [finding.signature for finding in findings if finding.id in in_patch]
    return LogPatch(patch_header(facts, signatures, not_cured, from_log=True) + body, tuple(cured), not_cured)


def quoted_line(diagnostic: Diagnostic) -> str | None:
    """Return the source line that the compiler quoted, without the margin; None if the log does not show it.

    Compilers before gcc 9 and clang 17 print no line number; gcc puts one blank before the line then.
    """
    place = diagnostic.place
    if place is None or place.line is None or not diagnostic.excerpt:
        return None
    first = diagnostic.excerpt[0]
    if len(first) >= MAX_QUOTE_LENGTH:
        return None
    if found := _NUMBERED.match(first):
        return found[2] if int(found[1]) == place.line else None
    return None if _CARET_LINE.match(first) else first.removeprefix(" ")


def file_in_package(file: str, used_tree: str | None) -> tuple[str, str] | None:
    """Return the tree (``kernel``, ``kernel-open``) and the path below it of a file that a log names, or None.

    ``used_tree`` is the one that the log used, for paths that do not tell: DKMS copies a tree without its name. Paths
    with ``..``, of the kernel's own headers, or with characters that no file of the package has, give None.
    """
    if len(file) > MAX_PATH_LENGTH or any(foreign in file for foreign in _NOT_THE_DRIVER):
        return None
    tree = used_tree if used_tree in TREES else "kernel"
    if match := _INSTALLER.search(file):
        tree, below = match[1], match[2]
    elif match := _DKMS.match(file):
        below = match[1]
        tree = "kernel-open" if "nvidia-open" in file and used_tree not in TREES else tree
    elif match := _USR_SRC.match(file):
        below = match[2]
        tree = "kernel-open" if "open" in match[1] and used_tree not in TREES else tree
    else:
        below = file.removeprefix("./")
        first, _, rest = below.partition("/")
        if first in TREES:
            tree, below = first, rest
    # fullmatch rejects absolute paths, empty and hidden parts, "." and ".."
    return (tree, below) if _RELATIVE_PATH.fullmatch(below) else None


def _quoted_places(finding: Finding, facts: LogFacts) -> Iterator[tuple[_QuotedPlace, str] | Refused]:
    """Yield each place of a finding once, with the line that the log quotes there, or why it cannot be patched."""
    if not finding.signature.edits:
        yield Refused(NO_EDIT)
        return
    if not any_guard_allows(finding.signature.edits, facts.kernel):
        yield Refused(BACKPORTED + (TEST_HELPS if finding.signature.conftest else ""))
        return
    if finding.misread:
        yield Refused(MISREAD)
        return
    seen: set[_QuotedPlace] = set()
    for diagnostic in finding.evidence:
        place = _place_of(diagnostic, facts)
        if place is None:
            yield Refused(NOT_IN_PACKAGE if diagnostic.place and diagnostic.place.line else NO_QUOTE)
            continue
        if place in seen:
            continue
        seen.add(place)
        line = quoted_line(diagnostic)
        if line is None:
            yield Refused(NO_QUOTE)
        elif line.endswith("\\"):
            yield Refused(MACRO)
        else:
            yield place, line + "\n"


def _place_of(diagnostic: Diagnostic, facts: LogFacts) -> _QuotedPlace | None:
    place = diagnostic.place
    if place is None or place.line is None:
        return None
    found = file_in_package(place.file, facts.tree)
    return _QuotedPlace(*found, place.line) if found else None


def _apply_edits(finding: Finding, place: _QuotedPlace, draft: Draft) -> Draft | Refused:
    """Apply all edits of a finding to one quoted line; return its draft, or the reason if none of them fits."""
    places = 0
    reason = ELSEWHERE
    for edit in finding.signature.edits:
        if not fits_glob(edit.file, place.file):
            continue
        result = apply_edit(draft, edit, place.file)
        draft = result.draft
        places += result.places
        if result.refused:
            reason = result.refused[0].reason
    return draft if places else Refused(reason)


def _diff(drafts: Mapping[_QuotedPlace, tuple[str, Draft]]) -> str:
    hunks_by_file: dict[str, list[Hunk]] = {}
    lines_added: dict[str, int] = {}
    for place, (old, draft) in sorted(drafts.items(), key=lambda item: (item[0].package_path, item[0].line)):
        path = place.package_path
        added = lines_added.get(path, 0)
        offset = place.line - 1
        for hunk in hunks_of(old, draft):
            moved = Hunk(hunk.old_line + offset, hunk.new_line + offset + added, hunk.lines)
            hunks_by_file.setdefault(path, []).append(moved)
            lines_added[path] = added + len(draft.lines) - 1
    return "".join(file_diff(path, hunks) for path, hunks in hunks_by_file.items())
