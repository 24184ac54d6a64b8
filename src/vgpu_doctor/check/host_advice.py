"""What the facts of one host add to a check: kernels to ask about, notes, and remedies that only it can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.advice.pin_steps import forget_network_names, keep_network_names
from vgpu_doctor.check.model import decisive_of
from vgpu_doctor.compat.changes import at_run_time
from vgpu_doctor.compat.verdict import Basis
from vgpu_doctor.frozen import replace
from vgpu_doctor.host.devices import at_risk
from vgpu_doctor.model import Diagnosis, Joined, LogFacts, Message, Remedy, Report, say
from vgpu_doctor.versions import kernel_series, series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vgpu_doctor.advice.host_context import UserInput
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.check.model import Forecast, Role
    from vgpu_doctor.compat.verdict import Prediction
    from vgpu_doctor.host.host_facts import HostDriver, HostFacts


def kernels_of_host(facts: HostFacts) -> dict[str, tuple[Role, ...]]:
    """Return every kernel that the host has or will have, oldest first, with what it is there."""
    roles: dict[str, list[Role]] = {kernel.release: ["installed"] for kernel in facts.kernels}

    def mark(release: str | None, role: Role) -> None:
        if release is not None:
            roles[release] = [*(known for known in roles.get(release, []) if known != "installed"), role]

    mark(facts.running, "running")
    if facts.boots != facts.running:
        mark(facts.boots, "boots")
    for release in facts.next_kernels or ():
        mark(release, "next")
    ordered = sorted(roles, key=lambda release: series_numbers(kernel_series(release) or "0.0"))
    return {release: tuple(roles[release]) for release in ordered}


def driver_in_use(user_input: UserInput, facts: HostFacts | None) -> HostDriver | None:
    """Return the driver of the host, unless the user asks about another one."""
    names_other = user_input.driver is not None or user_input.source is not None
    return None if facts is None or names_other else facts.driver


def as_built(prediction: Prediction) -> Prediction:
    """Correct a verdict if the modules are already built for the kernel: causes that stop a build do not count."""
    causes = tuple(cause for cause in prediction.causes if at_run_time(cause.signature))
    built = say("basis_built", build=prediction.question.build, kernel=prediction.question.kernel)
    basis = (Basis("host", built), *prediction.basis)
    if prediction.verdict == "unusable" or causes:
        return replace(prediction, verdict="unusable", causes=causes, basis=basis)
    if prediction.verdict == "builds":
        return replace(prediction, basis=basis)
    return replace(prediction, verdict="builds", causes=(), undecided=(), basis=basis[:1])


def with_host(report: Report, forecasts: Sequence[Forecast], facts: HostFacts) -> Report:
    """Return the report with what is known of the host, and with the remedies that only this host can have."""
    main = decisive_of(forecasts).prediction
    return replace(
        report,
        host=tuple(about_host(facts)),
        remedies=remedies_for_host(facts, forecasts, main, report.remedies),
        notes=(*report.notes, *notes_on_host(facts, forecasts)),
    )


def report_without_driver(facts: HostFacts | None, catalogue: Catalogue) -> Report:
    """Return the report of a host that has no driver of NVIDIA's."""
    return Report(
        facts=LogFacts(),
        releases=(),
        diagnosis=Diagnosis((), (), (), 0, 0, 0),
        remedies=(),
        notes=(say("no_driver"),),
        catalogue=catalogue.as_of,
        headline=say("no_driver"),
        host=tuple(about_host(facts)) if facts is not None else (),
    )


def about_host(facts: HostFacts) -> list[Message]:
    """Return the host in one or two lines."""
    unknown = say("unknown")
    lines = [say("host_line", system=facts.system or unknown, kernel=facts.running or unknown)]
    if facts.gpus:
        lines.append(say("host_gpus", gpus=", ".join(facts.gpus)))
    return lines


def notes_on_host(facts: HostFacts, forecasts: Sequence[Forecast]) -> Iterator[Message]:
    """Yield what the host's owner should know beside verdicts."""
    driver = facts.driver
    if len(facts.drivers) > 1 and driver is not None:
        builds = ", ".join(f"{known.build} ({', '.join(known.found)})" for known in facts.drivers)
        yield say("note_several", builds=builds, build=driver.build)
    if facts.pinned is not None:
        yield say("note_pinned", kernel=facts.pinned)
    for kernel in facts.kernels:
        if not kernel.complete:
            yield say("note_half", kernel=kernel.release)
    if driver is not None:
        yield from _about_building(facts, driver, forecasts)
    if facts.secure_boot:
        yield say("note_secure_boot")
    if facts.unknown:
        yield say("note_unknown", facts=Joined(tuple(say(f"fact_{name}") for name in facts.unknown)))


def _about_building(facts: HostFacts, driver: HostDriver, forecasts: Sequence[Forecast]) -> Iterator[Message]:
    """Say what keeps a driver that would build from being built."""
    if "dkms" not in driver.found:
        yield say("note_no_dkms")
    for forecast in forecasts:
        kernel = facts.kernel(forecast.prediction.question.kernel)
        if kernel is None or not forecast.decisive or forecast.prediction.verdict != "builds":
            continue
        if kernel.headers is None:
            yield say("note_no_headers", kernel=kernel.release)
        elif (kernel.drivers and driver.build not in kernel.drivers) or ("dkms" in driver.found and not kernel.drivers):
            yield say("note_unbuilt", kernel=kernel.release)


def remedies_for_host(
    facts: HostFacts, forecasts: Sequence[Forecast], main: Prediction, remedies: Sequence[Remedy]
) -> tuple[Remedy, ...]:
    """Add what only this host can do: hold the kernel that would come, keep the names of its network cards."""
    found = list(remedies)
    if (hold := _hold(facts, forecasts, main)) is not None:
        others = [remedy for remedy in found if remedy.kind != "pin"]
        place = min((number for number, remedy in enumerate(found) if remedy.kind == "pin"), default=len(others))
        found = [*others[:place], hold, *others[place:]]
    if (names := _names(facts, forecasts)) is not None:
        found.append(names)
    return tuple(found)


def _hold(facts: HostFacts, forecasts: Sequence[Forecast], main: Prediction) -> Remedy | None:
    """Return a hold on the kernel, if that is still to come and the driver works on the running one."""
    kernel = main.question.kernel
    works = any("running" in forecast.roles and forecast.prediction.verdict == "builds" for forecast in forecasts)
    if main.verdict not in ("fails", "unusable") or kernel not in (facts.next_kernels or ()) or not works:
        return None
    packages = " ".join(facts.meta_packages)
    if not packages:
        return None
    return Remedy(
        kind="pin",
        title=say("hold", kernel=kernel),
        steps=(f"apt-mark hold {packages}",),
        cures=main.ids,
        proof="reasoned",
        proof_detail=say("hold_detail", build=main.question.build, running=facts.running),
        unless=(say("hold_unless"),),
        undo=(f"apt-mark unhold {packages}",),
        check=("apt-mark showhold",),
    )


def _names(facts: HostFacts, forecasts: Sequence[Forecast]) -> Remedy | None:
    """Return what keeps the names of network cards, if the series will change and a card is known for new names."""
    cards = at_risk(facts.network)
    running = kernel_series(facts.running) if facts.running else None
    coming = {forecast.prediction.question.series for forecast in forecasts if {"next", "boots"} & set(forecast.roles)}
    if not cards or not coming - {running}:
        return None
    return Remedy(
        kind="command",
        title=say("names", names=", ".join(cards)),
        steps=tuple(keep_network_names()),
        cures=(),
        proof="confirmed",
        proof_detail=say("names_detail"),
        undo=tuple(forget_network_names()),
        check=("ip -br link",),
    )
