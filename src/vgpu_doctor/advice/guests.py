"""Which drivers in the virtual machines a host goes on taking when it changes its branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.model import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.advice.situation import Situation
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.catalogue.entries import VgpuBranch


def guests_of(situation: Situation, branch: VgpuBranch, catalogue: Catalogue) -> Iterator[Message]:
    """What becomes of the drivers in the virtual machines when the host changes its branch."""
    yield say("guests", branch=branch.vgpu, guests=", ".join(_guest_builds(branch, catalogue)))
    if situation.branch is None or situation.branch.vgpu in branch.guests:
        return
    both = [str(one) for one in situation.branch.guests if one in branch.guests]
    yield (
        say("guests_before", old=situation.branch.vgpu, both=", ".join(both))
        if both
        else say("guests_after", old=situation.branch.vgpu)
    )


def _guest_builds(branch: VgpuBranch, catalogue: Catalogue) -> Iterator[str]:
    for number in branch.guests:
        builds = [release.guest for release in catalogue.releases if release.branch == number]
        yield f"{number} ({builds[0]} - {builds[-1]})" if builds else str(number)
