"""Whether a cause concerns a source, before anything is compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from patching_help import FILES, make_tree

from vgpu_doctor.model import Edit, KernelChange, Signature, SourceTrace
from vgpu_doctor.patching.trace import NO_TRACE, NOT_USED, SETTLED, TESTED, Affected, affected
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
        (VFIO, "#if defined(NV_X)\neventfd_signal(t, 1);\n#else\neventfd_signal(t);\n#endif\n", SETTLED),
        (VFIO, "#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)\neventfd_signal(t, 1);\n#endif\n", NOT_USED),
    ],
)
def test_a_source_that_is_not_concerned_says_why(tmp_path: Path, file: str, text: str, expected: str) -> None:
    tree = open_tree(make_tree(tmp_path, {**FILES, file: text}))
    assert affected(signature(TRACE), tree) == expected


def test_a_record_without_a_trace_tells_nothing(tmp_path: Path) -> None:
    assert affected(signature(None), open_tree(make_tree(tmp_path))) == NO_TRACE
