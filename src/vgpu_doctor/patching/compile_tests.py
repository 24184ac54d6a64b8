"""Puts a record's compile test among the driver's own, so that the headers choose and not a version number.

``conftest.sh`` compiles a few lines of C for each test that a module's Kbuild file lists, and writes a header that
defines a macro where they compile. The text of a record gets there as it is: ``signatures.schema`` lets nothing
through that could end the shell's string.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.model import Edit
from vgpu_doctor.patching.version_header import brings

if TYPE_CHECKING:
    from vgpu_doctor.model import CompileTest
    from vgpu_doctor.patching.draft import Draft
    from vgpu_doctor.patching.tree import DriverTree

SCRIPT = "conftest.sh"
HEADER = "conftest.h"
MAIN_LIST = "nvidia/nvidia.Kbuild"  # all modules share the headers that the tests write, and this one is always built

_MACHINE = re.compile(r'^compile_test\(\) \{\s*case "\$1" in\s', re.MULTILINE)
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


def takes(tree: DriverTree, test: CompileTest) -> bool:
    """Whether the tree's ``conftest.sh`` can run the test: made like NVIDIA's, and without another of that name."""
    if SCRIPT not in tree.files:
        return False
    text = tree.text(SCRIPT).replace("\r\n", "\n")
    if "\ncompile_check_conftest() {" not in text or len(_MACHINE.findall(text)) != 1:
        return False
    return test.name not in tree.cases() or _case(test) in text


def list_for(tree: DriverTree, file: str) -> str | None:
    """The Kbuild file whose list of tests serves a source file; None where there is no such list."""
    module = file.partition("/")[0]
    for name in (f"{module}/{module}.Kbuild", MAIN_LIST):
        if name in tree.files and _LISTED.search(tree.text(name)):
            return name
    return None


def sees_results(draft: Draft, test: CompileTest, file: str, tree: DriverTree) -> bool:
    """Whether the first line of a draft that asks for the test's macro stands behind the driver's ``conftest.h``."""
    first = next((at for at, line in enumerate(draft.lines) if line.origin is None and test.macro in line.text), None)
    return first is None or brings(HEADER, "".join(line.text for line in draft.lines[:first]), file, tree)


def edits_for(tree: DriverTree, test: CompileTest, lists: set[str]) -> list[Edit]:
    """What adds a test to ``conftest.sh`` and to these lists, as far as it is not there."""
    edits = []
    if test.name not in tree.cases():
        case = _case(test).replace("$", "$$")
        edits.append(Edit(SCRIPT, 'compile_test() { case "$1" in', after=case, times="one"))
    for name in sorted(lists):
        text = tree.text(name)
        there = _LISTED.search(text)
        if there and test.name not in _LISTED.findall(text):
            line = there[0].strip()
            edits.append(Edit(name, line, before=line.replace(there[1], test.name), times="one"))
    return edits


def _case(test: CompileTest) -> str:
    code = "\n".join(f"            {line}".rstrip() for line in test.code.strip("\n").split("\n"))
    what = "have" if test.compiles == "new" else "do not have"
    return _CASE.format(name=test.name, what=what, code=code, macro=test.macro)
