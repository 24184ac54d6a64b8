"""How long NVIDIA supports a branch, as of a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.model import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.catalogue.entries import VgpuBranch

MIN_SUPPORT_LEFT = 6  # months; a branch with less is named in a condition


def months_between(earlier: str, later: str) -> int:
    """Return whole months from one date to another; both start with year and month, 2026-07."""
    (first_year, first_month), (year, month) = ((int(date[:4]), int(date[5:7] or "1")) for date in (earlier, later))
    return (year - first_year) * 12 + month - first_month


def support_condition(branch: VgpuBranch, today: str) -> Iterator[Message]:
    """Yield a condition if support has ended or is about to; ``end_of_life`` is the last month with support."""
    left = months_between(today, branch.end_of_life)
    if left < 0:
        yield say("ended", branch=branch.vgpu, month=branch.end_of_life)
    elif left <= MIN_SUPPORT_LEFT:
        yield say("ends", branch=branch.vgpu, month=branch.end_of_life)
