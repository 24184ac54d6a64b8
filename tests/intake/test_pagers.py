"""What pagers and editors leave in a paste makes no finding, and no name."""

from __future__ import annotations

import pytest

from vgpu_doctor.intake.clean import clean_blocks
from vgpu_doctor.intake.decode import Block

COMPLAINT = "kernel/nvidia/nv-pci.c:225:29: error: ‘const struct bus_type’ has no member named ‘iommu_ops’"


def lines(text: str) -> list[str]:
    return "".join(block.text for block in clean_blocks([Block(text + "\n", 1)])).split("\n")[:-1]


@pytest.mark.parametrize(
    "status", ["(END)", "--More--(23%)", "--More--", "lines 1-40", "lines 1-40/500 (END)", "lines 2-41/500 8%"]
)
def test_status_lines_are_taken_out(status: str) -> None:
    assert lines(f"{COMPLAINT}\n{status}\n:\nmake: *** [all] Error 2") == [COMPLAINT, "", "", "make: *** [all] Error 2"]


def test_rows_behind_the_end_of_a_file_are_taken_out() -> None:
    assert lines(f"{COMPLAINT}\n~\n~\n~") == [COMPLAINT, "", "", ""]


@pytest.mark.parametrize("mark", [">", "$"])
def test_of_a_cut_line_only_whole_words_stay(mark: str) -> None:
    rows = [
        f"kernel/nvidia/nv-{name}.c:225:29: error: implicit declaration of function ‘vm_flags_set" for name in "abc"
    ]
    assert lines("\n".join([*(row[:-2] + mark for row in rows), "  CC [M]  nv.o"])) == [
        *(row.removesuffix(" ‘vm_flags_set") for row in rows),
        "  CC [M]  nv.o",
    ]


def test_few_lines_that_end_so_stay() -> None:
    log = ["#include <linux/eventfd.h>", "#include <linux/module.h>", "a -> b > c >", "make -C $", "echo $"]
    assert lines("\n".join(log)) == log
