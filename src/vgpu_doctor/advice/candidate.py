"""A remedy before it is ranked among others."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from vgpu_doctor.model import Remedy


class Disruption(IntEnum):
    """How much a candidate disrupts the host, least first; one candidate of each kind is shown."""

    COMMAND = 0
    OWN_BRANCH = 1  # a release shown to work on the kernel; guest drivers stay
    PATCH = 2
    OWN_BRANCH_UNPROVED = 3
    OTHER_BRANCH = 4
    OLDER_KERNEL = 5
    ENDED_BRANCH = 6  # without support, and with other guest drivers


@frozen
class Candidate:
    """A remedy, and what it asks of the host's owner."""

    remedy: Remedy
    disruption: Disruption
    leaves: tuple[str, ...] = ()  # ids of findings that it does not cure
