"""What guards and #if lines say of kernels."""

from __future__ import annotations

import pytest

from vgpu_doctor.patching.ranges import (
    EVERY,
    complement,
    condition_ranges,
    guard_ranges,
    intersection,
    preprocessor_condition,
)
from vgpu_doctor.patching.tokens import tokenise


@pytest.mark.parametrize(
    ("guard", "expected"),
    [
        (">=6.8", "LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)"),
        (
            ">=6.8,<6.13",
            "LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)",
        ),
        ("<=6.8", "LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)"),
        (">6.8.4", "LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 5)"),
        ("==6.8", "LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)"),
    ],
)
def test_a_guard_becomes_a_condition_of_the_preprocessor(guard: str, expected: str) -> None:
    assert preprocessor_condition(guard_ranges(guard)) == expected


def test_the_other_kernels_of_a_range_are_two_ranges() -> None:
    assert preprocessor_condition(complement(guard_ranges(">=6.8,<6.13"))) == (
        "(LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)) || (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0))"
    )


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        ("LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)", ">=6.8"),
        ("(LINUX_VERSION_CODE >= KERNEL_VERSION(6,8,0))", ">=6.8"),
        ("! (LINUX_VERSION_CODE < KERNEL_VERSION(6,8,0)) && defined(X)", ">=6.8"),
        (
            "defined(X) && (LINUX_VERSION_CODE >= KERNEL_VERSION(6,8,0) && LINUX_VERSION_CODE < KERNEL_VERSION(6,9,0))",
            "==6.8",
        ),
    ],
)
def test_conditions_are_read_back(text: str, guard: str) -> None:
    assert condition_ranges(tokenise(text, "c").texts) == guard_ranges(guard)


@pytest.mark.parametrize(
    "text",
    [
        "defined(X) || LINUX_VERSION_CODE >= KERNEL_VERSION(6,8,0)",
        "LINUX_VERSION_CODE",
        "LINUX_VERSION_CODE >= KERNEL_VERSION(6,",
        "LINUX_VERSION_CODE >= KERNEL_VERSION(X, 8, 0)",
        "",
        "((((",
        "(" * 5000,
        "LINUX_VERSION_CODE + KERNEL_VERSION(6,8,0)",
    ],
)
def test_what_a_condition_does_not_say_is_allowed(text: str) -> None:
    assert condition_ranges(tokenise(text, "c").texts) == EVERY


def test_a_guard_and_its_opposite_share_no_kernel() -> None:
    assert intersection(guard_ranges(">=6.8"), guard_ranges("<6.8")) == ()
