"""Count the work that a call takes, which, unlike its time, is the same on every machine and at every run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import vgpu_doctor

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

PACKAGE = str(Path(vgpu_doctor.__file__).parent)


def instructions(call: Callable[[], object]) -> int:
    """Return how many bytecode instructions of the package a call executes.

    What runs in C, regular expressions above all, is not counted: ``tools/growth.py`` measures it.
    """
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count
