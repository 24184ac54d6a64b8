"""Brings together what the logs and the user tell about one host, and asks for remedies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from vgpu_doctor.advice.phrases import say
from vgpu_doctor.advice.planner import plans
from vgpu_doctor.advice.situation import Host, Situation, situation_of
from vgpu_doctor.knowledge.catalogue import Catalogue
from vgpu_doctor.knowledge.library import Library
from vgpu_doctor.knowledge.versions import kernel_distribution, parse_kernel
from vgpu_doctor.model import Diagnosis, LogFacts, Remedy, Report

__all__ = ["Host", "merged", "report_of"]


def report_of(
    diagnosis: Diagnosis,
    host: Host,
    catalogue: Catalogue,
    library: Library,
    language: str,
    notes: Sequence[str] = (),
) -> Report:
    """The report of one case; ``library`` is asked only where a patch is to be offered."""
    facts = merged(diagnosis.facts)
    driver = host.driver or facts.driver
    if driver is not None and (release := catalogue.release(driver)) is not None:
        driver = release.host
    kernel = host.kernel or facts.kernel
    named = facts.distribution or (kernel_distribution(kernel) if kernel else None)
    facts = replace(facts, driver=driver, kernel=kernel, distribution=named)
    situation = situation_of(facts, host, diagnosis.findings, catalogue, time.strftime("%Y-%m"))
    remedies = plans(situation, diagnosis.findings, facts, catalogue, library, language) if diagnosis.findings else ()
    return Report(
        facts=facts,
        releases=tuple(release.release for release in situation.releases),
        diagnosis=diagnosis,
        remedies=remedies,
        notes=(*notes, *_notes(situation, diagnosis, remedies, language)),
        language=language,
    )


def _notes(situation: Situation, diagnosis: Diagnosis, remedies: Sequence[Remedy], language: str) -> Iterator[str]:
    """What was assumed, and what no remedy says."""
    causes = [finding.signature for finding in diagnosis.findings if finding.signature.kernel]
    if len(situation.releases) > 1:
        yield say(language, "shared_build", releases=", ".join(one.release for one in situation.releases))
    if causes and situation.series_assumed:
        yield say(language, "assumed_series", series=situation.series)
    if causes and situation.distribution is None and situation.on_proxmox:
        yield say(language, "assumed_proxmox")
    if remedies and situation.pve_assumed and situation.pve:
        yield say(language, "assumed_pve", pve=situation.pve.pve)
    if causes and situation.kind == "host" and situation.gpu is None:
        yield say(language, "assumed_gpu")
    kernel = parse_kernel(situation.kernel) if situation.kernel else None
    if causes and kernel and not kernel.series_predicts:
        yield say(language, "foreign_kernel", distribution=situation.distribution)
    cured = {name for remedy in remedies for name in remedy.cures}
    left = [finding.id for finding in diagnosis.findings if finding.id not in cured]
    if left:
        yield say(language, "nothing", ids=", ".join(left))
    if causes and situation.on_proxmox and remedies:
        pinned = next((remedy for remedy in remedies if remedy.kind == "pin"), None)
        target = pinned.title.rpartition(" ")[2] if pinned else "RELEASE"
        yield say(language, "back_now", kernel=target)


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
