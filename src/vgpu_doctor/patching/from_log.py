"""A patch from a log alone: hunks of one line, made from the source lines that the compiler quoted.

Nothing here has seen the source. A hunk says what stands on one line and what shall stand there; where a guard is
used, the old line stays and is the hunk's only context.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import field, frozen
from vgpu_doctor.patching.edits import OLDER_NUMBER, apply_edit, reach
from vgpu_doctor.patching.patch_header import head_of
from vgpu_doctor.patching.tree import fits_glob, package_path
from vgpu_doctor.patching.unified_diff import Draft, Hunk, file_diff, hunks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vgpu_doctor.model import Diagnostic, Finding, LogFacts

NO_EDIT = "its record has no edit"
NO_QUOTE = "the log does not quote the line to change"
ELSEWHERE = "what is to change does not stand on the line that the log quotes; --source or --run can find it"
TEST_HELPS = "; with --source or --run it can go by a test in the driver's conftest.sh"
MACRO = "the quoted line is part of a macro of several lines; --source or --run can change it"
MISREAD = "names in the log are misread, so what it quotes may be too; --source or --run can make the patch"
HOSTILE = "the log names a file that is none of the package's"


@frozen
class LogPatch:
    """What a log allows to patch."""

    text: str  # unified diff with its head; empty where there is no hunk
    cured: tuple[str, ...] = ()  # ids whose every known place has a hunk
    left: Mapping[str, str] = field(default_factory=dict)  # id: why not, or not wholly


@frozen
class _Spot:
    """One line of one file of the package."""

    path: str  # kernel/nvidia/nv-pci.c
    line: int
    below: str  # the path below the tree


def patch_from_findings(findings: Sequence[Finding], facts: LogFacts) -> LogPatch:
    """Hunks for every place of the findings that the log quotes, for ``patch -p1 -l`` in the unpacked package."""
    drafts: dict[_Spot, tuple[str, Draft]] = {}
    cured: list[str] = []
    touched: set[str] = set()
    left: dict[str, str] = {}
    for finding in findings:
        changed = 0
        reasons: list[str] = []
        for spot, old in _spots(finding, facts, reasons):
            text, draft = drafts.get(spot, (old, Draft.of(old)))
            edited, why = _edited(finding, spot, draft)
            if why is None:
                drafts[spot] = (text, edited)
                changed += 1
            else:
                reasons.append(why)
        touched.update([finding.id] if changed else [])
        if not changed:
            left[finding.id] = finding.signature.no_edit or (reasons[0] if reasons else NO_QUOTE)
        elif reasons:
            left[finding.id] = f"{changed} of {changed + len(reasons)} places have a hunk; {reasons[0]}"
        elif finding.count > len(finding.evidence):
            left[finding.id] = f"{changed} places have a hunk; there are more than this patch is made from"
        else:
            cured.append(finding.id)
    body = _body(drafts)
    if not body:
        return LogPatch("", (), left)
    signatures = [finding.signature for finding in findings if finding.id in touched]
    return LogPatch(head_of(facts, signatures, left, from_log=True) + body, tuple(cured), left)


def _spots(finding: Finding, facts: LogFacts, reasons: list[str]) -> Iterator[tuple[_Spot, str]]:
    """The places of a finding with the lines that the log quotes there, each once; reasons take what is missing."""
    if not finding.signature.edits:
        reasons.append(NO_EDIT)
        return
    if not reach(finding.signature.edits, facts.kernel):
        reasons.append(OLDER_NUMBER + (TEST_HELPS if finding.signature.conftest else ""))
        return
    if finding.misread:
        reasons.append(MISREAD)
        return
    seen: set[_Spot] = set()
    for diagnostic in finding.evidence:
        spot = _spot(diagnostic, facts)
        if spot is None:
            reasons.append(HOSTILE if diagnostic.place and diagnostic.place.line else NO_QUOTE)
            continue
        if spot in seen:
            continue
        seen.add(spot)
        old = quoted_line(diagnostic)
        if old is None:
            reasons.append(NO_QUOTE)
        elif old.endswith("\\"):
            reasons.append(MACRO)
        else:
            yield spot, old + "\n"


def _spot(diagnostic: Diagnostic, facts: LogFacts) -> _Spot | None:
    place = diagnostic.place
    if place is None or place.line is None:
        return None
    found = package_path(place.file, facts.tree)
    return _Spot(f"{found[0]}/{found[1]}", place.line, found[1]) if found else None


def _edited(finding: Finding, spot: _Spot, draft: Draft) -> tuple[Draft, str | None]:
    """The draft of one line after all edits of a finding, or the reason why none of them fits."""
    places = 0
    why = ELSEWHERE
    for edit in finding.signature.edits:
        if not fits_glob(edit.file, spot.below):
            continue
        result = apply_edit(draft, edit, spot.below)
        draft = result.draft
        places += result.places
        if result.refused:
            why = result.refused[0].why
    return draft, None if places else why


def _body(drafts: Mapping[_Spot, tuple[str, Draft]]) -> str:
    files: dict[str, list[Hunk]] = {}
    grown: dict[str, int] = {}
    for spot, (old, draft) in sorted(drafts.items(), key=lambda item: (item[0].path, item[0].line)):
        for hunk in hunks_of(old, draft):
            shift = spot.line - 1
            growth = grown.get(spot.path, 0)
            moved = Hunk(hunk.old_line + shift, hunk.new_line + shift + growth, hunk.lines)
            files.setdefault(spot.path, []).append(moved)
            grown[spot.path] = growth + len(draft.lines) - 1
    return "".join(file_diff(path, hunks) for path, hunks in files.items())


MAX_QUOTE_LENGTH = 500  # characters that a diagnostic keeps of a line; one that long may be cut

_NUMBERED = re.compile(r"\s*(\d+) \|(?: (.*))?\Z", re.DOTALL)
_SPOT = re.compile(r"[\s~-]*\^[\s~^-]*\Z|[\s^~]*\Z")


def quoted_line(diagnostic: Diagnostic) -> str | None:
    """The source line, without the margin; None where the log does not show it, or not for this place.

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
    return None if _SPOT.match(first) else first.removeprefix(" ")
