"""Verdicts become a report: the decisive one with its causes and remedies, the others as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vgpu_doctor.advice.case import report_of
from vgpu_doctor.advice.situation import Host
from vgpu_doctor.check.before_upgrade import before
from vgpu_doctor.check.phrases import tell
from vgpu_doctor.frozen import frozen, replace
from vgpu_doctor.model import Diagnosis, Finding, LogFacts
from vgpu_doctor.versions import kernel_distribution, parse_kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.compat.verdict import Cause, Prediction, Question
    from vgpu_doctor.model import Report
    from vgpu_doctor.signatures.index import Library

Role = Literal["running", "next", "boots", "installed", "asked"]

MOST_IDS = 2  # names of causes in a line of a table
MOST_UNDECIDED = 8  # names in a sentence; JSON has all

WORST_FIRST = ("fails", "unusable", "unknown", "builds")


@frozen
class Forecast:
    """One verdict, and what its kernel is on the host."""

    prediction: Prediction
    roles: tuple[Role, ...] = ("asked",)

    @property
    def decisive(self) -> bool:
        """Whether the answer as a whole depends on it; a kernel that is only left on the disk decides nothing."""
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
    """The verdict that the reader must know first: the worst of those that count, and of these what comes next."""
    counting = [one for one in forecasts if one.decisive] or list(forecasts)
    return min(
        counting,
        key=lambda one: (WORST_FIRST.index(one.prediction.verdict), "next" not in one.roles, "boots" not in one.roles),
    )


def report_of_forecasts(
    forecasts: Sequence[Forecast],
    setting: Setting,
    catalogue: Catalogue,
    library: Library,
    language: str,
    *,
    today: str | None = None,
) -> Report:
    """The report; remedies are those of the decisive verdict, phrased for the time before anything broke."""
    main = decisive_of(forecasts).prediction
    question = main.question
    findings = tuple(
        Finding(
            cause.signature, 0, (), overridden=library.overridden(cause.id), basis=_basis(cause, question, language)
        )
        for cause in main.causes
    )
    facts = LogFacts(
        driver=question.build,
        flavour={"host": "vgpu-kvm", "guest": "grid"}.get(question.kind, "plain"),
        tree=question.source.tree.name if question.source is not None else question.tree,
        kernel=question.kernel,
        distribution=kernel_distribution(question.kernel) or setting.distribution,
        tool="dkms" if setting.dkms else None,
        gpus=setting.gpus,
    )
    diagnosis = Diagnosis((facts,), findings, (), 0, 0, 0)
    host = Host(gpu=setting.gpu, driver=question.build, kernel=question.kernel, pve=setting.pve)
    report = report_of(diagnosis, host, catalogue, library, language, today=today)
    report = before(report, forecasts, main, setting, catalogue, library, language)
    return replace(
        report,
        headline=_headline(forecasts, main, language),
        summary=tuple(evidence(main, language)),
    )


def evidence(prediction: Prediction, language: str) -> list[str]:
    """What the verdict rests on, a sentence each."""
    sentences = [tell(language, "evidence", sentence=says) for _, says in sentences_of(prediction, language)]
    if prediction.undecided:
        sentences.append(tell(language, "undecided", ids=_shortened(prediction.undecided, MOST_UNDECIDED, language)))
    return sentences


def sentences_of(prediction: Prediction, language: str) -> list[tuple[str, str]]:
    """Each piece of evidence: its kind, and what it says."""
    found = []
    for basis in prediction.basis:
        values = dict(basis.values)
        if "confidence" in values:
            values["confidence"] = tell(language, str(values["confidence"]))
        found.append((str(basis.evidence), tell(language, basis.key, **values)))
    return found


def outcome(prediction: Prediction, language: str, most: int = MOST_IDS) -> str:
    """The verdict with the names of its first causes, and the number of the others."""
    verdict = tell(language, prediction.verdict)
    ids = prediction.ids or prediction.undecided
    if not ids:
        return verdict
    return tell(language, "causes", verdict=verdict, ids=_shortened(ids, most, language))


def _shortened(ids: Sequence[str], most: int, language: str) -> str:
    names = ", ".join(ids[:most])
    return tell(language, "and_more", ids=names, count=len(ids) - most) if len(ids) > most else names


def _headline(forecasts: Sequence[Forecast], main: Prediction, language: str) -> str:
    driver = driver_name(main, language)
    verdict = tell(language, main.verdict)
    same = {(one.prediction.verdict, one.prediction.question.build) for one in forecasts if one.decisive}
    if len(forecasts) > 1 and len(same) == 1 and all(one.decisive for one in forecasts) and not main.causes:
        return tell(language, "headline_all", driver=driver, count=len(forecasts), verdict=verdict)
    if main.causes:
        key = "causes_one" if len(main.causes) == 1 else "causes_many"
        verdict = tell(language, key, verdict=verdict, count=len(main.causes))
    return tell(language, "headline", driver=driver, kernel=main.question.kernel, verdict=verdict)


def driver_name(prediction: Prediction, language: str) -> str:
    """The driver with the releases that have its build."""
    build = prediction.question.build
    if not prediction.releases:
        return tell(language, "driver", build=build)
    return tell(language, "driver_release", build=build, releases=tell(language, "or").join(prediction.releases))


def table(forecasts: Sequence[Forecast], language: str) -> list[list[str]]:
    """The table of all verdicts; nothing for one verdict that nobody has to tell from others."""
    if len(forecasts) == 1 and forecasts[0].roles == ("asked",):
        return []
    rows = [[tell(language, f"column_{name}") for name in ("kernel", "roles", "verdict")]]
    for one in forecasts:
        roles = ", ".join(text for role in one.roles if (text := tell(language, role)))
        rows.append([one.prediction.question.kernel, roles, outcome(one.prediction, language)])
    if not any(row[1] for row in rows[1:]):
        rows = [[row[0], row[2]] for row in rows]
    return rows


def _basis(cause: Cause, question: Question, language: str) -> str:
    """How it is known of one cause that it will show."""
    signature = cause.signature
    if cause.place is not None:
        driver = tell(language, "cause_source", file=cause.place.file, line=cause.place.line)
    else:
        driver = tell(language, "cause_fixed", build=question.build)
    if cause.in_headers or signature.kernel is None:
        kernel = tell(language, "cause_headers")
    elif cause.backport is not None:
        kernel = tell(language, "cause_backport", backport=cause.backport)
    else:
        parsed = parse_kernel(question.kernel)
        kernel = tell(language, "cause_series", series=parsed.series if parsed else question.kernel)
    return tell(language, "cause_joint", driver=driver, kernel=kernel)
