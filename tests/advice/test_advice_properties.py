"""What holds for every release on every series with every generation of cards."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from advice_cases import CASES, Case, advice, host_log, library, told
from vgpu_doctor.advice.host_context import UserInput
from vgpu_doctor.advice.steps import BUILD_PACKAGES
from vgpu_doctor.catalogue.load import load_catalogue
from vgpu_doctor.compat.release_table import answer, open_changes, table_series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advice_cases import Told
    from vgpu_doctor.catalogue.entries import VgpuRelease

CATALOGUE = load_catalogue()
RELEASES = {release.release: release for release in CATALOGUE.releases}
BUILDS = {
    *(build for one in CATALOGUE.releases for build in (one.host, one.guest)),
    *(build for branch in CATALOGUE.plain_branches for build in branch.builds),
}
NEWEST = {kernel for series in CATALOGUE.all_series for kernel in series.newest.values()}
GPUS = (None, *(one.title for one in CATALOGUE.generations if one.first_vgpu))
SERIES = table_series(CATALOGUE)
OTHER_KERNELS = {"5.10": "5.10.0-30-amd64", "6.12": "6.12.43+deb13-amd64"}


def kernel_of(series: str) -> str:
    entry = CATALOGUE.series(series)
    if entry is None:
        return OTHER_KERNELS[series]
    return entry.newest[max(entry.newest)] if entry.newest else f"{series}.0"


@cache
def open_ids(host: str, series: str) -> tuple[str, ...]:
    found = [one.id for one in open_changes(library(), CATALOGUE, host, series)]
    return tuple(found[:3]) or ("eventfd-signal-args",)


BESIDE = ("vmap-probe-gcc14", "module-signature-rejected")
"""Causes that an older kernel does not cure: one is cured by a driver, the other by commands."""


def triples(release: VgpuRelease) -> Iterator[tuple[str, str | None, Told]]:
    """The advice for a host of that release where it does not work, on each series with each card."""
    for series in SERIES:
        if answer(CATALOGUE, release, series).works:
            continue
        for gpu in GPUS:
            facts = host_log(release.host, kernel_of(series))
            ids = open_ids(release.host, series)
            yield series, gpu, advice(Case(facts, ids if gpu else (*ids, *BESIDE), UserInput(gpu=gpu)))


@pytest.mark.parametrize("name", RELEASES)
def test_all_that_is_named_is_known_and_nothing_is_left_in_silence(name: str) -> None:
    release = RELEASES[name]
    for series, gpu, report in triples(release):
        check_names(report, release.host, kernel_of(series))
        check_cures(report)
        check_offers(report, series, gpu)


def check_names(report: Told, build: str, kernel: str) -> None:
    for remedy in report.remedies:
        lines = (remedy.title, remedy.unless, remedy.proof_detail, *remedy.steps, *remedy.undo, *remedy.check)
        text = "\n".join(lines)
        assert set(re.findall(r"(?<![0-9.-])[3-9][0-9]{2}\.[0-9]{2,3}(?:\.[0-9]{2})?(?![0-9.]*-)", text)) <= {
            *BUILDS,
            build,
        }
        assert set(re.findall(r"vGPU ([0-9]+\.[0-9]+)", text)) <= set(RELEASES)
        assert set(re.findall(r"[0-9]+\.[0-9]+\.[0-9]+-[0-9]+(?:-bpo[0-9]+)?-pve", text)) <= {*NEWEST, kernel}
        for line in text.split("\n"):
            if line.startswith("apt install "):
                assert set(line.split()[3:]) <= packages(kernel), line


@cache
def packages(kernel: str) -> frozenset[str]:
    """What the catalogue and the steps name, for the kernels that the catalogue names and the host's own."""
    names = {*BUILD_PACKAGES, "mokutil"}
    for one in (kernel, *NEWEST):
        names |= {str(CATALOGUE.kernel_package(one)), str(CATALOGUE.headers_package(one))}
        if (found := CATALOGUE.package_names(one)) and found.signed_kernel:
            names.add(found.signed_kernel.format(release=one))
    return frozenset(names)


def check_cures(report: Told) -> None:
    ids = {finding.id for finding in report.diagnosis.findings}
    for remedy in report.remedies:
        assert set(remedy.cures) <= ids
        for left in ids - set(remedy.cures):
            assert left in (remedy.unless)
    cured = {name for remedy in report.remedies for name in remedy.cures}
    for name in ids - cured:
        assert any(name in note for note in report.notes)


def check_offers(report: Told, series: str, gpu: str | None) -> None:
    assert len(report.remedies) <= 3
    card = CATALOGUE.gpu(gpu) if gpu else None
    for remedy in report.remedies:
        offered = re.match(r"(?:Install|Change to) vGPU ([0-9.]+)", remedy.title)
        if remedy.kind == "driver" and offered:
            release = RELEASES[offered[1]]
            assert card is None or card.has_branch(release.branch)
            assert answer(CATALOGUE, release, series, card).works
        if remedy.kind == "pin" and (pinned := re.search(r"kernel (\S+-pve)$", remedy.title)):
            assert not answer_of_pin(pinned[1], kernel_of(series))


def answer_of_pin(pinned: str, running: str) -> bool:
    """Whether a kernel is pinned that the Proxmox release of the running one cannot have."""
    own = {one.major for one in CATALOGUE.pve_of(running)}
    return bool(own) and not own & {one.major for one in CATALOGUE.pve_of(pinned)}


def test_the_same_holds_for_the_recorded_cases() -> None:
    for case in CASES.values():
        report = advice(case)
        check_cures(report)


def test_remedies_are_the_same_every_time() -> None:
    for case in CASES.values():
        assert told(advice(case)) == told(advice(case))
