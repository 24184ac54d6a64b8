"""Say what a row of each group of the catalogue may hold, and make a value of a row that needs more than its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.catalogue.entries import (
    GpuBoard,
    GpuGeneration,
    KernelSeries,
    PackageNames,
    PlainBranch,
    VgpuBranch,
    VgpuRelease,
)
from vgpu_doctor.fields import CONFIDENCES, OTHERS, Field, required
from vgpu_doctor.versions import DRIVER_BUILD, driver_branch, driver_numbers, parse_kernel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vgpu_doctor.fields import Reader

TEXT = Field("text")
TEXTS = Field("texts")
NUMBER = Field("number")
FLAG = Field("flag")
CONFIDENCE = Field("choice", values=CONFIDENCES)
BRANCH = Field("text", 'a driver branch in quotes, "535"', pattern="[0-9]{3}")
BUILD = Field("text", 'a driver build in quotes, "535.161.05"', pattern=DRIVER_BUILD)
BUILDS = Field("texts", 'driver builds in quotes, "535.161.05"', pattern=DRIVER_BUILD)
SERIES = Field("text", 'a kernel series in quotes, "6.8"', pattern=r"[0-9]{1,2}\.[0-9]{1,3}")
SEVERAL_SERIES = Field("texts", 'kernel series in quotes, "6.8"', pattern=r"[0-9]{1,2}\.[0-9]{1,3}")
MONTH = Field("text", 'a year and month in quotes, "2026-11"', pattern="20[0-9]{2}-[0-9]{2}")
DATE = Field("text", 'a date in quotes, "2024-02-22", "2024-02" or "2024"', pattern="20[0-9]{2}(?:-[0-9]{2}){0,2}")
PACKAGE = Field("text", "a package, with {release} or {series}", pattern=r"(?:[a-z0-9.+-]|\{release\}|\{series\})+")

VGPU_BRANCH = {
    "vgpu": required(NUMBER),
    "driver": required(BRANCH),
    "kind": Field("choice", values=("long-term", "production"), required=True),
    "end_of_life": required(DATE),
    "generations": TEXTS,
}
GUESTS = {"host": required(NUMBER), "guests": Field("numbers", required=True)}
PACKAGE_FILE = {
    "kind": Field("choice", values=("host", "guest"), required=True),
    "name": Field(
        "text", "letters, digits, . _ - and {build}", pattern=r"(?:[A-Za-z0-9._-]|\{build\})+", required=True
    ),
}
VGPU_RELEASE = {
    "release": Field("text", 'a release in quotes, "16.4"', pattern=r"[0-9]{2}\.[0-9]{1,2}", required=True),
    "host": required(BUILD),
    "guest": required(BUILD),
    "windows": BUILD,
    "date": required(DATE),
    "estimated": FLAG,
    "rhel": TEXTS,
    "kernel": Field(
        "mapping",
        fields={"shown": SERIES, "fails": SERIES, "build_fails": SERIES, "confidence": required(CONFIDENCE)},
        required=True,
    ),
}
PLAIN_BRANCH = {
    "branch": required(BRANCH),
    "kind": Field("choice", values=("legacy", "long-term", "production", "new-feature"), required=True),
    "end_of_life": DATE,
    "builds": required(BUILDS),
    "betas": BUILDS,
}
KERNEL_SERIES = {
    "series": required(SERIES),
    "newest": Field("mapping", fields={OTHERS: required(TEXT)}, required=True),
    "first": DATE,
    "last": DATE,
}
PVE_RELEASE = {
    "pve": Field("text", 'a release of Proxmox VE in quotes, "8.2"', pattern=r"[0-9]{1,2}\.[0-9]", required=True),
    "date": required(DATE),
    "debian": Field("text", 'a release of Debian in quotes, "12"', pattern="[0-9]{2}", required=True),
    "default": required(SERIES),
    "opt_in": SEVERAL_SERIES,
    "older": SEVERAL_SERIES,
    "end_of_life": DATE,
}
DEFAULT_KERNEL = {"version": required(TEXT), "series": required(SERIES), "date": DATE}
PACKAGE_NAMES = {
    "distribution": required(TEXT),
    "until": TEXT,
    "mark": TEXT,
    "kernel": required(PACKAGE),
    "headers": required(PACKAGE),
    "signed_kernel": PACKAGE,
    "series_kernel": PACKAGE,
    "series_headers": PACKAGE,
    "default_kernel": PACKAGE,
    "default_headers": PACKAGE,
}
DISTRIBUTION = {
    "distribution": required(TEXT),
    "release": required(TEXT),
    "default": required(SERIES),
    "newer": SEVERAL_SERIES,
    "build": NUMBER,
}
BOARD = {
    "name": required(TEXT),
    "ids": Field("texts", 'PCI device ids in quotes, "1eb8"', pattern="[0-9a-f]{4}"),
    "names": TEXTS,
    "last_vgpu": NUMBER,
}
GENERATION = {
    "name": Field("text", "a word of a-z", pattern="[a-z]+", required=True),
    "title": required(TEXT),
    "ids": Field("texts", 'ranges of PCI device ids in quotes, "1b00-1d56"', pattern="[0-9a-f]{4}-[0-9a-f]{4}"),
    "chips": Field("texts", "two capital letters", pattern="[A-Z]{2}"),
    "names": Field("texts", "letters, digits, # and blanks", pattern="[0-9A-Za-z# ]+"),
    "first_vgpu": NUMBER,
    "last_vgpu": NUMBER,
    "first_driver": TEXT,
    "last_driver": TEXT,
    "open_from": NUMBER,
    "plain_open": Field("choice", values=("no", "can", "must"), required=True),
    "interface": Field("choice", values=("mdev", "sriov"), required=True),
    "unlock": Field("choice", values=("yes", "partial", "no"), required=True),
    "boards": Field("list", fields=BOARD),
}
VENDOR_VFIO = {"series": required(SERIES), "vgpu": required(NUMBER)}


def _rows(table: Mapping[str, Field]) -> Field:
    return Field("rows", fields=table, required=True)


PARTS: Mapping[str, Mapping[str, Field]] = {
    "vgpu": {
        "as_of": required(MONTH),
        "branches": _rows(VGPU_BRANCH),
        "guests": _rows(GUESTS),
        "files": _rows(PACKAGE_FILE),
        "releases": _rows(VGPU_RELEASE),
    },
    "drivers": {"branches": _rows(PLAIN_BRANCH)},
    "kernels": {
        "pve_releases": _rows(PVE_RELEASE),
        "series": _rows(KERNEL_SERIES),
        "default_kernel": _rows(DEFAULT_KERNEL),
        "packages": _rows(PACKAGE_NAMES),
        "distributions": _rows(DISTRIBUTION),
    },
    "gpus": {"generations": _rows(GENERATION), "vendor_vfio": _rows(VENDOR_VFIO)},
}
"""The parts of the catalogue, each a file, and the groups of rows in each.

The JSON Schemas that editors read are made from these tables, so that the two cannot disagree.
"""


def part_path(part: str) -> str:
    """Return the name of a part in messages."""
    return f"catalogue/{part}.yaml"


def read_vgpu_branch(row: Reader, guests: Mapping[int, tuple[int, ...]]) -> VgpuBranch:
    """Make the branch of its row and of the guests that its hosts take."""
    vgpu = row["vgpu"]
    if vgpu not in guests:
        raise row.wrong("vgpu", vgpu, "a branch with a row among the guests")
    return VgpuBranch(guests=guests[vgpu], **row.contents())


def read_vgpu_release(row: Reader) -> VgpuRelease:
    """Make the release of its row; where only the first failing series is named, the build fails from it on."""
    values = row.contents()
    kernel = values.pop("kernel")
    return VgpuRelease(
        shown_series=kernel["shown"],
        failing_series=kernel["fails"],
        build_failing_series=kernel["build_fails"] or kernel["fails"],
        kernel_confidence=kernel["confidence"],
        **values,
    )


def read_plain_branch(row: Reader) -> PlainBranch:
    """Make the branch of its row, and check that its builds are sorted and are its own."""
    branch = PlainBranch(**row.contents())
    if not branch.builds or list(branch.builds) != sorted(branch.builds, key=driver_numbers):
        raise row.wrong("builds", list(branch.builds), "at least one build, oldest first")
    for build in branch.builds + branch.betas:
        if driver_branch(build) != branch.branch:
            raise row.wrong("builds", build, f"a build of branch {branch.branch}")
    return branch


def read_series(row: Reader, versions: Mapping[str, str]) -> KernelSeries:
    """Make the series of its row and of the versions of proxmox-default-kernel, by series."""
    values = row.contents()
    newest, series = values.pop("newest"), values["series"]
    by_major = newest.contents()
    for major, text in by_major.items():
        kernel = parse_kernel(text)
        if kernel is None or kernel.distribution != "pve" or kernel.series != series:
            raise newest.wrong(major, text, f"a Proxmox kernel release of {series}")
    return KernelSeries(newest=by_major, default_kernel=versions.get(series), **values)


def read_package_names(row: Reader) -> PackageNames:
    """Make the names of their row, and check the kernel release up to which they hold."""
    names = PackageNames(**row.contents())
    if names.until is not None and parse_kernel(names.until) is None:
        raise row.wrong("until", names.until, "a kernel release")
    return names


def read_generation(row: Reader) -> GpuGeneration:
    """Make the generation of its row; the PCI ids of a range become numbers."""
    values = row.contents()
    ranges = (ids.split("-") for ids in values.pop("ids"))
    boards = tuple(GpuBoard(**board.contents()) for board in values.pop("boards"))
    return GpuGeneration(ids=tuple((int(low, 16), int(high, 16)) for low, high in ranges), boards=boards, **values)
