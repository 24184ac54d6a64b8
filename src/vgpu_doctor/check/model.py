"""What a check foresees, and for which host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.compat.verdict import Prediction

Role = Literal["running", "next", "boots", "installed", "asked"]
"""What a kernel is on the host; ``next`` comes with the next upgrade."""

WORST_FIRST = ("fails", "unusable", "unknown", "builds")


@frozen
class Forecast:
    """One verdict, and what its kernel is on the host."""

    prediction: Prediction
    roles: tuple[Role, ...] = ("asked",)

    @property
    def decisive(self) -> bool:
        """Whether the exit code depends on it; a kernel that is only left on the disk decides nothing."""
        return self.roles != ("installed",)


@frozen
class Setting:
    """What advice needs to know beside driver and kernel; None is not known."""

    pve: str | None = None
    gpus: tuple[str, ...] = ()
    gpu: str | None = None
    distribution: str | None = None
    dkms: bool = False
    running: str | None = None


def decisive_of(forecasts: Sequence[Forecast]) -> Forecast:
    """Return the verdict that the reader must know first: the worst that counts, and among equals what comes next."""
    counting = [forecast for forecast in forecasts if forecast.decisive] or list(forecasts)
    return min(
        counting,
        key=lambda forecast: (
            WORST_FIRST.index(forecast.prediction.verdict),
            "next" not in forecast.roles,
            "boots" not in forecast.roles,
        ),
    )
