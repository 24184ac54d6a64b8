"""Makes sure that a file knows LINUX_VERSION_CODE before a guard asks for it."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from vgpu_doctor.patching.draft import Change, Draft, Line
from vgpu_doctor.patching.ranges import CODE
from vgpu_doctor.patching.reading import read_source

if TYPE_CHECKING:
    from vgpu_doctor.patching.source import Branch, Source
    from vgpu_doctor.patching.tree import DriverTree

HEADER = "linux/version.h"
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">\n]+)[">]', re.MULTILINE)


def with_version_header(draft: Draft, file: str, tree: DriverTree) -> Draft:
    """The draft, with an ``#include <linux/version.h>`` where nothing before our first guard brings it in."""
    guard = next((at for at, line in enumerate(draft.lines) if line.origin is None and CODE in line.text), None)
    if guard is None:
        return draft
    before = "".join(line.text for line in draft.lines[:guard])
    if CODE in before or brings(HEADER, before, file, tree):
        return draft
    source = read_source(draft.text, "c")
    place = _first_include(source, guard) or 0  # the guard may stand in a table, where an include does not belong
    end = "\r\n" if draft.lines[0].text.endswith("\r\n") else "\n"
    return draft.changed([Change(place, place, (Line(f"#include <{HEADER}>{end}"),))])


def brings(header: str, text: str, file: str, tree: DriverTree) -> bool:
    """Whether the includes of a text lead to a header, as far as they lie in the tree."""
    seen: set[str] = set()
    waiting = [(text, file)]
    while waiting:
        content, name = waiting.pop()
        for wanted in _INCLUDE.findall(content):
            if wanted == header:
                return True
            found = _resolved(wanted, name, tree)
            if found is not None and found not in seen:
                seen.add(found)
                waiting.append((tree.text(found), found))
    return False


def _resolved(wanted: str, file: str, tree: DriverTree) -> str | None:
    """The file of the tree that an include means: beside the including file, or where the name ends so."""
    beside = posixpath.join(posixpath.dirname(file), wanted)
    if beside in tree.files:
        return beside
    return next((name for name in tree.files if name == wanted or name.endswith(f"/{wanted}")), None)


def _first_include(source: Source, guard: int) -> int | None:
    """The line of the first include before the guard that is compiled whenever the guard is."""
    limit = source.lines[guard]
    around: list[Branch] = []
    at = bisect_right(source.tokens.starts, limit)
    branch = source.branch[at] if at < len(source.branch) else None
    while branch is not None:
        around.append(branch)
        branch = branch.parent
    for position in source.where("include"):
        if source.tokens.starts[position] >= limit:
            return None
        own = source.branch[position]
        if source.directive[position] and (own is None or any(own is other for other in around)):
            return source.line_of(position)
    return None
