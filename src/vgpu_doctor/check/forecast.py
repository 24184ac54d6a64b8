"""Turn forecasts into a report: the decisive one with its causes and remedies, the others as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.case import report_of
from vgpu_doctor.advice.host_context import UserInput
from vgpu_doctor.check.before_upgrade import before_upgrade
from vgpu_doctor.check.host_advice import driver_in_use
from vgpu_doctor.check.model import decisive_of
from vgpu_doctor.frozen import replace
from vgpu_doctor.model import Diagnosis, Finding, Joined, LogFacts, Message, say
from vgpu_doctor.versions import kernel_distribution, parse_kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.check.model import Forecast
    from vgpu_doctor.compat.verdict import Cause, Prediction, Question
    from vgpu_doctor.host.host_facts import HostFacts
    from vgpu_doctor.model import Report
    from vgpu_doctor.signatures.index import Library

MAX_IDS = 2  # names of causes in a line of a table
MAX_UNDECIDED = 8  # names in a sentence; JSON has all


def report_of_forecasts(
    forecasts: Sequence[Forecast],
    user_input: UserInput,
    host: HostFacts | None,
    catalogue: Catalogue,
    library: Library,
    *,
    today: str | None = None,
) -> Report:
    """Return the report; its remedies are those for the decisive forecast, phrased for before the upgrade."""
    main = decisive_of(forecasts).prediction
    question = main.question
    driver = driver_in_use(user_input, host)
    findings = tuple(
        Finding(cause.signature, 0, (), overridden=library.overridden(cause.id), basis=_basis(cause, question))
        for cause in main.causes
    )
    facts = LogFacts(
        driver=question.build,
        flavour={"host": "vgpu-kvm", "guest": "grid"}.get(question.kind, "plain"),
        tree=question.source.tree.name if question.source is not None else question.tree,
        kernel=question.kernel,
        distribution=kernel_distribution(question.kernel) or (host.distribution if host is not None else None),
        tool="dkms" if driver is not None and "dkms" in driver.found else None,
        gpus=(host.gpus or ()) if host is not None else (),
    )
    diagnosis = Diagnosis((facts,), findings, (), 0, 0, 0)
    named = UserInput(
        gpu=user_input.gpu,
        driver=question.build,
        kernel=question.kernel,
        pve=user_input.pve or (host.pve if host is not None else None),
    )
    report = report_of(diagnosis, named, catalogue, library, today=today)
    report = before_upgrade(report, forecasts, main, user_input, host, catalogue, library)
    return replace(
        report,
        headline=_headline(forecasts, main),
        table=tuple(table(forecasts)),
        evidence=tuple(evidence(main)),
    )


def evidence(prediction: Prediction) -> list[Message]:
    """Return what the verdict rests on, a sentence each."""
    sentences = [say("evidence", sentence=basis.message) for basis in prediction.basis]
    if prediction.undecided:
        sentences.append(say("undecided", ids=_shortened(prediction.undecided, MAX_UNDECIDED)))
    return sentences


def outcome(prediction: Prediction, most: int = MAX_IDS) -> Message:
    """Return the verdict with the names of its first causes, and the number of the others."""
    verdict = say(prediction.verdict)
    ids = prediction.ids or prediction.undecided
    if not ids:
        return verdict
    return say("causes", verdict=verdict, ids=_shortened(ids, most))


def _shortened(ids: Sequence[str], most: int) -> str | Message:
    names = ", ".join(ids[:most])
    return say("and_more", ids=names, count=len(ids) - most) if len(ids) > most else names


def _headline(forecasts: Sequence[Forecast], main: Prediction) -> Message:
    driver = driver_name(main)
    verdict = say(main.verdict)
    same = {
        (forecast.prediction.verdict, forecast.prediction.question.build) for forecast in forecasts if forecast.decisive
    }
    if len(forecasts) > 1 and len(same) == 1 and all(forecast.decisive for forecast in forecasts) and not main.causes:
        return say("headline_all", driver=driver, count=len(forecasts), verdict=verdict)
    if main.causes:
        key = "causes_one" if len(main.causes) == 1 else "causes_many"
        verdict = say(key, verdict=verdict, count=len(main.causes))
    return say("headline", driver=driver, kernel=main.question.kernel, verdict=verdict)


def driver_name(prediction: Prediction) -> Message:
    """Return the driver with the vGPU releases that have its build."""
    build = prediction.question.build
    if not prediction.releases:
        return say("driver_build", build=build)
    return say("driver_release", build=build, releases=Joined(prediction.releases, say("or")))


def table(forecasts: Sequence[Forecast]) -> list[tuple[str | Message, ...]]:
    """Return all verdicts as a table with a header; nothing for a single one about a kernel that the user named."""
    if len(forecasts) == 1 and forecasts[0].roles == ("asked",):
        return []
    rows: list[tuple[str | Message, ...]] = [(say("column_kernel"), say("column_roles"), say("column_verdict"))]
    for forecast in forecasts:
        roles = tuple(say(role) for role in forecast.roles if role != "asked")
        told = say("text", text=Joined(roles)) if roles else ""
        rows.append((forecast.prediction.question.kernel, told, outcome(forecast.prediction)))
    if not any(row[1] for row in rows[1:]):
        return [(row[0], row[2]) for row in rows]
    return rows


def _basis(cause: Cause, question: Question) -> Message:
    """Say how it is known that the cause will show."""
    signature = cause.signature
    if cause.place is not None:
        driver = say("cause_source", file=cause.place.file, line=cause.place.line)
    else:
        driver = say("cause_fixed", build=question.build)
    if cause.in_headers or signature.kernel is None:
        kernel = say("cause_headers")
    elif cause.backport is not None:
        kernel = say("cause_backport", backport=cause.backport)
    else:
        parsed = parse_kernel(question.kernel)
        kernel = say("cause_series", series=parsed.series if parsed else question.kernel)
    return say("cause_joint", driver=driver, kernel=kernel)
