"""One way to a working host, before it is ranked among others."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from vgpu_doctor.model import Remedy


class Disruption(IntEnum):
    """What a way asks of the host's owner, the least first; also its kind among the ways that are shown."""

    COMMAND = 0
    OWN_BRANCH = 1  # a release that was shown to work there; guests stay as they are
    PATCH = 2
    OWN_BRANCH_UNPROVED = 3
    OTHER_BRANCH = 4
    OLDER_KERNEL = 5
    ENDED_BRANCH = 6  # without support, and with other guests


@frozen
class Way:
    """A remedy, what it asks, and what it puts on the host."""

    remedy: Remedy
    disruption: Disruption
    build: str | None = None  # the driver that it installs, where that is another one
    kernel: str | None = None  # the kernel that it boots
    leaves: tuple[str, ...] = ()  # ids of findings that it does not cure
