"""Brings together what the logs and the user tell about one host, and asks for remedies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from vgpu_doctor.knowledge.catalogue import Catalogue
from vgpu_doctor.knowledge.versions import kernel_distribution
from vgpu_doctor.model import Diagnosis, LogFacts, Report


@dataclass(frozen=True, slots=True)
class Host:
    """What the user says about the host; it goes before what a log tells."""

    gpu: str | None = None
    driver: str | None = None  # a build, or a vGPU release
    kernel: str | None = None
    pve: str | None = None


def report_of(diagnosis: Diagnosis, host: Host, catalogue: Catalogue, language: str, notes: Sequence[str] = ()) -> Report:
    """The report of one case."""
    facts = merged(diagnosis.facts)
    driver = host.driver or facts.driver
    if driver is not None and (release := catalogue.release(driver)) is not None:
        driver = release.host
    kernel = host.kernel or facts.kernel
    facts = replace(
        facts, driver=driver, kernel=kernel, distribution=facts.distribution or (kernel and kernel_distribution(kernel))
    )
    releases = tuple(release.release for release in catalogue.releases_of(driver)) if driver else ()
    return Report(
        facts=facts,
        releases=releases,
        diagnosis=diagnosis,
        remedies=(),
        notes=tuple(notes),
        language=language,
    )


def merged(logs: Sequence[LogFacts]) -> LogFacts:
    """One set of facts for several logs of one host: the first log that tells something is believed."""

    def first(read: Callable[[LogFacts], str | None]) -> str | None:
        return next((value for log in logs if (value := read(log))), None)

    drivers = dict.fromkeys(driver for log in logs for driver in (log.driver, *log.other_drivers) if driver)
    outcomes = [log.outcome for log in logs]
    return LogFacts(
        log=", ".join(log.log for log in logs),
        driver=first(lambda log: log.driver),
        other_drivers=tuple(drivers)[1:],
        flavour=first(lambda log: log.flavour),
        tree=first(lambda log: log.tree),
        kernel=first(lambda log: log.kernel),
        distribution=first(lambda log: log.distribution),
        compiler=first(lambda log: log.compiler),
        tool=first(lambda log: log.tool),
        outcome=next((word for word in ("failed", "aborted", "succeeded") if word in outcomes), "unknown"),
        foreign_module=first(lambda log: log.foreign_module),
        gpus=tuple(dict.fromkeys(gpu for log in logs for gpu in log.gpus)),
        lines=sum(log.lines for log in logs),
    )
