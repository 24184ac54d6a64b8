"""How long NVIDIA supports a branch, as of a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.model import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.catalogue.entries import VgpuBranch

SOON = 6  # months


def months_between(earlier: str, later: str) -> int:
    """Whole months from one date to another; both start with year and month, 2026-07."""
    (first_year, first_month), (year, month) = ((int(date[:4]), int(date[5:7] or "1")) for date in (earlier, later))
    return (year - first_year) * 12 + month - first_month


def support_condition(branch: VgpuBranch, today: str) -> Iterator[Message]:
    """A sentence where support has ended or is about to; ``end_of_life`` is the last month with support."""
    left = months_between(today, branch.end_of_life)
    if left < 0:
        yield say("ended", branch=branch.vgpu, month=branch.end_of_life)
    elif left <= SOON:
        yield say("ends", branch=branch.vgpu, month=branch.end_of_life)
