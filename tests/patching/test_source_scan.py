"""Whether a cause concerns a source, before anything is compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from patching_help import FILES, make_tree
from vgpu_doctor.model import Edit, KernelChange, Signature, SourceTrace
from vgpu_doctor.patching.source_scan import (
    ALREADY_APPLIED,
    DISABLED,
    INCLUDED,
    NO_TRACE,
    NOT_USED,
    TESTED,
    Affected,
    NotAffected,
    affected,
)
from vgpu_doctor.patching.tree import open_tree

if TYPE_CHECKING:
    from pathlib import Path

VFIO = "nvidia-vgpu-vfio/nvidia-vgpu-vfio.c"


def signature(trace: SourceTrace | None) -> Signature:
    edit = Edit("nvidia-vgpu-vfio/*.c", "eventfd_signal($CTX, 1)", "eventfd_signal($CTX)", guard=">=6.8")
    text = {"en": "x"}
    return Signature("x", "kernel/6.8", text, text, (), KernelChange("6.8"), source=trace, edits=(edit,))


TRACE = SourceTrace(("eventfd_signal($CTX, $N)",), ("eventfd_signal_has_counter_arg",), ("nvidia-vgpu-vfio/*.c",))


def test_the_first_place_is_told(tmp_path: Path) -> None:
    assert affected(signature(TRACE), open_tree(make_tree(tmp_path))) == Affected(VFIO, 8)


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        (VFIO, "/* eventfd_signal(t, 1); */\n", NOT_USED),
        (VFIO, "eventfd_signal(t);\n", NOT_USED),
        ("conftest.sh", "    eventfd_signal_has_counter_arg)\n", TESTED),
        ("nvidia/nvidia.Kbuild", "NV_CONFTEST_SYMBOL_COMPILE_TESTS += eventfd_signal_has_counter_arg\n", TESTED),
        (VFIO, "#if defined(NV_X)\neventfd_signal(t, 1);\n#else\neventfd_signal(t);\n#endif\n", ALREADY_APPLIED),
        (VFIO, "#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)\neventfd_signal(t, 1);\n#endif\n", NOT_USED),
    ],
)
def test_a_source_that_is_not_concerned_says_why(tmp_path: Path, file: str, text: str, expected: NotAffected) -> None:
    tree = open_tree(make_tree(tmp_path, {**FILES, file: text}))
    assert affected(signature(TRACE), tree) == expected


def test_a_record_without_a_trace_tells_nothing(tmp_path: Path) -> None:
    assert affected(signature(None), open_tree(make_tree(tmp_path))) == NO_TRACE


OFF = "#define UVM_SVA() 0\n"
HEADER = "nvidia-vgpu-vfio/own.h"


@pytest.mark.parametrize(
    ("condition", "header", "off"),
    [
        ("UVM_SVA()", OFF, True),
        ("UVM_SVA() && defined(NV_X)", OFF, True),
        ("defined(NV_X) && UVM_SVA ( )", OFF, True),
        ("NVCPU_IS_AARCH64", "", True),
        ("UVM_SVA() || NVCPU_IS_X86_64", OFF, False),
        ("!(NV_X && UVM_SVA() && NV_Y)", OFF, False),
        ("!UVM_SVA()", OFF, False),
        ("defined(NVCPU_IS_AARCH64)", "", False),
        ("UVM_SVA()", "", False),
        ("UVM_SVA()", OFF + "#define UVM_SVA() 1\n", False),
        ("UVM_SVA()", "#ifndef UVM_SVA\n" + OFF + "#endif\n", False),
        ("UVM_SVA()", "#if !defined ( UVM_SVA )\n" + OFF + "#endif\n", False),
        ("UVM_SVA", "#define UVM_SVA 0\n", False),
    ],
)
def test_what_the_tree_switches_off_does_not_count(tmp_path: Path, condition: str, header: str, off: bool) -> None:
    text = f"#if {condition}\n#if 1\neventfd_signal(t, 1);\n#endif\n#endif\n"
    tree = open_tree(make_tree(tmp_path, {**FILES, VFIO: text, HEADER: header}))
    assert affected(signature(TRACE), tree) == (DISABLED if off else Affected(VFIO, 3))


def test_the_other_branch_of_what_is_switched_off_counts(tmp_path: Path) -> None:
    text = "#if UVM_SVA()\neventfd_signal(t, 1);\n#else\neventfd_signal(s, 1);\n#endif\n"
    tree = open_tree(make_tree(tmp_path, {**FILES, VFIO: text, HEADER: OFF}))
    assert affected(signature(TRACE), tree) == Affected(VFIO, 4)


@pytest.mark.parametrize(
    ("includes", "header", "included"),
    [
        ("", "#include <drm/drm_print.h>\n", False),
        ("#include <drm/drm_print.h>\n", "", True),
        ('#include "own.h"\n', "", False),
        ('#include "own.h"\n', "# include <drm/drm_print.h>\n", True),
        ('#include "own.h"\n', '#include "nvidia-vgpu-vfio.c"\n#include "own.h"\n', False),
    ],
)
def test_a_use_counts_where_the_header_for_it_is_missing(
    tmp_path: Path, includes: str, header: str, included: bool
) -> None:
    trace = SourceTrace(("eventfd_signal($CTX, $N)",), lacks_include=("drm/drm_print.h",))
    tree = open_tree(make_tree(tmp_path, {**FILES, VFIO: includes + "eventfd_signal(t, 1);\n", HEADER: header}))
    line = includes.count("\n") + 1
    assert affected(signature(trace), tree) == (INCLUDED if included else Affected(VFIO, line))
