"""Combine what the logs and the user tell about one host into a report with remedies."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from vgpu_doctor.advice.host_context import context_of
from vgpu_doctor.advice.notes import notes_on
from vgpu_doctor.advice.planner import plans
from vgpu_doctor.frozen import replace
from vgpu_doctor.model import LogFacts, Report
from vgpu_doctor.versions import kernel_distribution

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vgpu_doctor.advice.host_context import UserInput
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.model import Diagnosis, Message, Remedy
    from vgpu_doctor.signatures.index import Library


def report_of(
    diagnosis: Diagnosis,
    user_input: UserInput,
    catalogue: Catalogue,
    library: Library,
    notes: Sequence[Message] = (),
    *,
    today: str | None = None,
) -> Report:
    """Return the report of one case; a case without findings gets no advice.

    Records of ``library`` are read only if a patch may be offered. ``today`` is year and month, 2026-11; by default
    the clock's.
    """
    facts = merged(diagnosis.facts)
    driver = user_input.driver or facts.driver
    if driver is not None and (release := catalogue.release(driver)) is not None:
        driver = release.host
    kernel = user_input.kernel or facts.kernel
    named = (kernel_distribution(kernel) if user_input.kernel and kernel else None) or facts.distribution
    facts = replace(facts, driver=driver, kernel=kernel, distribution=named or (kernel_distribution(kernel or "")))
    context = context_of(facts, user_input, diagnosis.findings, catalogue, today or time.strftime("%Y-%m"))
    advice: tuple[Message, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    if diagnosis.findings:
        found = plans(context, diagnosis.findings, facts, catalogue, library)
        remedies = found.remedies
        advice = tuple(notes_on(context, user_input, diagnosis.findings, found, catalogue))
    return Report(
        facts=facts,
        releases=tuple(release.release for release in context.releases),
        diagnosis=diagnosis,
        remedies=remedies,
        notes=(*notes, *advice),
        catalogue=catalogue.as_of,
    )


def merged(logs: Sequence[LogFacts]) -> LogFacts:
    """Return one set of facts for several logs of one host; the first log that tells something wins."""

    def first(read: Callable[[LogFacts], str | None]) -> str | None:
        return next((value for log in logs if (value := read(log))), None)

    drivers = dict.fromkeys(driver for log in logs for driver in (log.driver, *log.other_drivers) if driver)
    outcomes = [log.outcome for log in logs]
    return LogFacts(
        log=", ".join(dict.fromkeys(log.log for log in logs)),
        driver=first(lambda log: log.driver),
        other_drivers=tuple(drivers)[1:],
        flavour=first(lambda log: log.flavour),
        tree=first(lambda log: log.tree),
        kernel=first(lambda log: log.kernel),
        distribution=first(lambda log: log.distribution),
        compiler=first(lambda log: log.compiler),
        tool=first(lambda log: log.tool),
        outcome=next((word for word in ("failed", "aborted", "succeeded") if word in outcomes), "unknown"),
        compiled=any(log.compiled for log in logs),
        foreign_module=first(lambda log: log.foreign_module),
        gpus=tuple(dict.fromkeys(gpu for log in logs for gpu in log.gpus)),
        lines=sum(log.lines for log in logs),
    )
