"""A forecast for programs: the report as JSON, with every verdict and the host's facts added."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vgpu_doctor.messages import render
from vgpu_doctor.report.json import as_json
from vgpu_doctor.report.safe import printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TextIO

    from vgpu_doctor.check.model import Forecast
    from vgpu_doctor.host.host_facts import HostFacts
    from vgpu_doctor.report.rendering import RenderedReport


def write_json(report: RenderedReport, forecasts: Sequence[Forecast], facts: HostFacts | None, out: TextIO) -> None:
    """Write one JSON object and a newline; without a driver, its list of verdicts is empty."""
    verdicts = [_verdict(forecast, report.language) for forecast in forecasts]
    whole = {**as_json(report), "check": {"verdicts": verdicts, "host": _host(facts)}}
    out.write(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")


def _verdict(forecast: Forecast, language: str) -> dict[str, Any]:
    prediction = forecast.prediction
    return {
        "driver": prediction.question.build,
        "releases": list(prediction.releases),
        "kernel": printable(prediction.question.kernel),
        "series": prediction.question.series,
        "roles": list(forecast.roles),
        "decisive": forecast.decisive,
        "verdict": prediction.verdict,
        "causes": list(prediction.ids),
        "undecided": list(prediction.undecided),
        "evidence": [
            {"kind": basis.evidence, "says": printable(render(basis.message, language), None)}
            for basis in prediction.basis
        ],
    }


def _host(facts: HostFacts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {
        "system": facts.system,
        "distribution": facts.distribution,
        "pve": facts.pve,
        "running": facts.running,
        "kernels": [
            {
                "release": kernel.release,
                "headers": str(kernel.headers) if kernel.headers else None,
                "complete": kernel.complete,
                "drivers": list(kernel.drivers),
            }
            for kernel in facts.kernels
        ],
        "boots": facts.boots,
        "pinned": facts.pinned,
        "next": list(facts.next_kernels) if facts.next_kernels is not None else None,
        "held": list(facts.held),
        "drivers": [
            {"build": driver.build, "found": list(driver.found), "flavour": driver.flavour} for driver in facts.drivers
        ],
        "gpus": list(facts.gpus) if facts.gpus is not None else None,
        "secure_boot": facts.secure_boot,
        "network": [{"name": card.name, "driver": card.driver} for card in facts.network]
        if facts.network is not None
        else None,
        "unknown": list(facts.unknown),
    }
