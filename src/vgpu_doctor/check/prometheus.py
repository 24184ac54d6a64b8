"""Forecasts as metrics for the textfile collector of node_exporter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.check.model import decisive_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.check.model import Forecast
    from vgpu_doctor.host.host_facts import HostFacts

VALUES = {"builds": 0, "fails": 1, "unusable": 2, "unknown": 3}

HELP = {
    "vgpu_doctor_verdict": (
        "Forecast for a driver on a kernel: 0 builds, 1 will not build, 2 builds but will not work, 3 not known"
    ),
    "vgpu_doctor_causes": "Kernel changes that the driver does not handle",
    "vgpu_doctor_worst_verdict": "Worst verdict of the kernels that run, boot next or come with the next upgrade",
    "vgpu_doctor_driver_info": "A driver on this host",
    "vgpu_doctor_kernel_ready": "Whether the modules of the driver in use are built for an installed kernel",
}


def metrics(forecasts: Sequence[Forecast], facts: HostFacts | None) -> str:
    """Return gauges in the text format 0.0.4; without forecasts, only those about the host."""
    lines: list[str] = []
    for name, samples in (
        ("vgpu_doctor_verdict", list(_verdicts(forecasts))),
        ("vgpu_doctor_causes", list(_causes(forecasts))),
        ("vgpu_doctor_worst_verdict", [("", VALUES[decisive_of(forecasts).prediction.verdict])] if forecasts else []),
        ("vgpu_doctor_driver_info", list(_drivers(facts))),
        ("vgpu_doctor_kernel_ready", list(_ready(facts))),
    ):
        if samples:
            lines += [f"# HELP {name} {HELP[name]}", f"# TYPE {name} gauge"]
            lines += [f"{name}{labels} {value}" for labels, value in samples]
    return "".join(f"{line}\n" for line in lines)


def _verdicts(forecasts: Sequence[Forecast]) -> Iterator[tuple[str, int]]:
    for forecast in forecasts:
        question = forecast.prediction.question
        labels = _labels(
            driver=question.build,
            kernel=question.kernel,
            roles=",".join(forecast.roles),
            release="/".join(forecast.prediction.releases),
        )
        yield labels, VALUES[forecast.prediction.verdict]


def _causes(forecasts: Sequence[Forecast]) -> Iterator[tuple[str, int]]:
    for forecast in forecasts:
        question = forecast.prediction.question
        yield _labels(driver=question.build, kernel=question.kernel), len(forecast.prediction.causes)


def _drivers(facts: HostFacts | None) -> Iterator[tuple[str, int]]:
    for driver in facts.drivers if facts is not None else ():
        yield _labels(driver=driver.build, flavour=driver.flavour or "", found=",".join(driver.found)), 1


def _ready(facts: HostFacts | None) -> Iterator[tuple[str, int]]:
    driver = facts.driver if facts is not None else None
    for kernel in facts.kernels if facts is not None and driver is not None else ():
        yield _labels(kernel=kernel.release), int(driver is not None and driver.build in kernel.drivers)


def _labels(**values: str) -> str:
    escaped = (
        name + '="' + value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") + '"'
        for name, value in values.items()
    )
    return "{" + ",".join(escaped) + "}"
