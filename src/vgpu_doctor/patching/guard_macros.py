"""Make sure that the macros which guards ask for are defined where they ask: by a header, or by a compile test.

A guard by version needs ``LINUX_VERSION_CODE`` from ``linux/version.h``. A guard by compile test needs that test among
the driver's own, so that the kernel's headers decide and not a version number: ``conftest.sh`` compiles a few lines of
C for each test that a module's Kbuild file lists, and writes a header that defines a macro if they compile. A record's
code goes into that shell script unchanged: ``signatures.schema`` rejects anything that could end the shell's string.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from vgpu_doctor.model import Edit
from vgpu_doctor.patching.ranges import CODE
from vgpu_doctor.patching.source import enclosing_branches, read_source
from vgpu_doctor.patching.unified_diff import Change, Draft, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.model import CompileTest
    from vgpu_doctor.patching.source import Source
    from vgpu_doctor.patching.tree import DriverTree

VERSION_HEADER = "linux/version.h"
CONFTEST_HEADER = "conftest.h"
SCRIPT = "conftest.sh"
MAIN_LIST = "nvidia/nvidia.Kbuild"  # all modules share the headers that the tests write, and this one is always built

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">\n]+)[">]', re.MULTILINE)
_COMPILE_TEST_FUNCTION = re.compile(r'^compile_test\(\) \{\s*case "\$1" in\s', re.MULTILINE)
_LISTED = re.compile(r"^NV_CONFTEST_TYPE_COMPILE_TESTS \+= (\w+)[ \t]*\r?$", re.MULTILINE | re.ASCII)
_CASE = """\
        {name})
            #
            # Added by vgpu-doctor: compiles with kernels that {what} the change.
            #
            CODE="
{code}"

            compile_check_conftest "$CODE" "{macro}" "" "types"
        ;;
"""


def with_version_header(draft: Draft, file: str, tree: DriverTree) -> Draft:
    """Add ``#include <linux/version.h>`` to a draft if nothing before its first guard by version brings it in."""
    guard = _first_new_line(draft, CODE)
    if guard is None:
        return draft
    before = _text(draft.lines[:guard])
    if CODE in before or includes_header(VERSION_HEADER, before, file, tree):
        return draft
    source = read_source(draft.text, "c")
    # the guard itself may stand in a table, where an include does not belong
    line = _first_include(source, guard) or 0
    end = "\r\n" if draft.lines[0].text.endswith("\r\n") else "\n"
    return draft.changed([Change(line, line, (Line(f"#include <{VERSION_HEADER}>{end}"),))])


def includes_header(header: str, text: str, file: str, tree: DriverTree) -> bool:
    """Whether a text includes a header, directly or through files of the tree."""
    seen: set[str] = set()
    waiting = [(text, file)]
    while waiting:
        content, includer = waiting.pop()
        for included in _INCLUDE.findall(content):
            if included == header:
                return True
            found = _resolve(included, includer, tree)
            if found is not None and found not in seen:
                seen.add(found)
                waiting.append((tree.text(found), found))
    return False


def can_run(tree: DriverTree, test: CompileTest) -> bool:
    """Whether the tree's ``conftest.sh`` can run the test: it is built like NVIDIA's and has no other of that name."""
    if SCRIPT not in tree.files:
        return False
    text = tree.text(SCRIPT).replace("\r\n", "\n")
    if "\ncompile_check_conftest() {" not in text or len(_COMPILE_TEST_FUNCTION.findall(text)) != 1:
        return False
    return test.name not in tree.conftest_cases() or _case(test) in text


def kbuild_list_for(tree: DriverTree, file: str) -> str | None:
    """Return the Kbuild file whose list of tests serves a source file, or None if there is no such list."""
    module = file.partition("/")[0]
    for kbuild in (f"{module}/{module}.Kbuild", MAIN_LIST):
        if kbuild in tree.files and _LISTED.search(tree.text(kbuild)):
            return kbuild
    return None


def sees_result(draft: Draft, test: CompileTest, file: str, tree: DriverTree) -> bool:
    """Whether the driver's ``conftest.h`` is included before the first new line that asks for the test's macro."""
    guard = _first_new_line(draft, test.macro)
    return guard is None or includes_header(CONFTEST_HEADER, _text(draft.lines[:guard]), file, tree)


def asks_for(draft: Draft, macro: str) -> bool:
    """Whether a new line of the draft names the macro."""
    return _first_new_line(draft, macro) is not None


def edits_to_add(tree: DriverTree, test: CompileTest, lists: set[str]) -> list[Edit]:
    """Return the edits that add a test to ``conftest.sh`` and to these Kbuild lists, where it is missing."""
    edits = []
    if test.name not in tree.conftest_cases():
        case = _case(test).replace("$", "$$")
        edits.append(Edit(SCRIPT, 'compile_test() { case "$1" in', after=case, times="one"))
    for kbuild in sorted(lists):
        text = tree.text(kbuild)
        listed = _LISTED.search(text)
        if listed and test.name not in _LISTED.findall(text):
            line = listed[0].strip()
            edits.append(Edit(kbuild, line, before=line.replace(listed[1], test.name), times="one"))
    return edits


def _first_new_line(draft: Draft, word: str) -> int | None:
    return next((number for number, line in enumerate(draft.lines) if line.origin is None and word in line.text), None)


def _text(lines: Sequence[Line]) -> str:
    return "".join(line.text for line in lines)


def _case(test: CompileTest) -> str:
    code = "\n".join(f"            {line}".rstrip() for line in test.code.strip("\n").split("\n"))
    what = "have" if test.compiles == "new" else "do not have"
    return _CASE.format(name=test.name, what=what, code=code, macro=test.macro)


def _resolve(included: str, includer: str, tree: DriverTree) -> str | None:
    """Find the file of the tree that an include means: beside the including file, or else any of that name."""
    beside = posixpath.join(posixpath.dirname(includer), included)
    if beside in tree.files:
        return beside
    return next((file for file in tree.files if file == included or file.endswith(f"/{included}")), None)


def _first_include(source: Source, guard: int) -> int | None:
    """Return the line of the first include before the guard's line that is compiled whenever the guard is."""
    limit = source.lines[guard]
    token = bisect_right(source.tokens.starts, limit)
    around_guard = list(enclosing_branches(source.branch[token] if token < len(source.branch) else None))
    for position in source.where("include"):
        if source.tokens.starts[position] >= limit:
            return None
        own = source.branch[position]
        if source.directive[position] and (own is None or any(own is branch for branch in around_guard)):
            return source.line_of(position)
    return None
