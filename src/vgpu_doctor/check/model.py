"""What a check predicts: verdicts, and what their kernels are on the host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vgpu_doctor.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.compat.verdict import Prediction

Role = Literal["running", "next", "boots", "installed", "asked"]
"""What a kernel is on the host: ``next`` comes with the next upgrade; ``asked`` is named by the user."""

WORST_FIRST = ("fails", "unusable", "unknown", "builds")


@frozen
class Forecast:
    """One verdict, and what its kernel is on the host."""

    prediction: Prediction
    roles: tuple[Role, ...] = ("asked",)

    @property
    def decisive(self) -> bool:
        """Whether the exit code depends on it; that of a kernel which merely is installed does not count."""
        return self.roles != ("installed",)


def decisive_of(forecasts: Sequence[Forecast]) -> Forecast:
    """Return the forecast that the reader must know first: the worst decisive one; among equals, the next to boot."""
    counting = [forecast for forecast in forecasts if forecast.decisive] or list(forecasts)
    return min(
        counting,
        key=lambda forecast: (
            WORST_FIRST.index(forecast.prediction.verdict),
            "next" not in forecast.roles,
            "boots" not in forecast.roles,
        ),
    )
