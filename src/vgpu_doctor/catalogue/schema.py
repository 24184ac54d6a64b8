"""Read the rows of the catalogue and check every field of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from vgpu_doctor.catalogue.entries import (
    Confidence,
    DistributionRelease,
    GpuBoard,
    GpuGeneration,
    KernelSeries,
    PackageNames,
    PlainBranch,
    PveRelease,
    VgpuBranch,
    VgpuRelease,
)
from vgpu_doctor.errors import RecordError
from vgpu_doctor.versions import driver_branch, driver_numbers, is_driver_build, parse_kernel

Item = TypeVar("Item")

GROUPS: Mapping[str, frozenset[str]] = {
    "vgpu": frozenset({"as_of", "branches", "guests", "files", "releases"}),
    "drivers": frozenset({"branches"}),
    "kernels": frozenset({"pve_releases", "series", "default_kernel", "packages", "distributions"}),
    "gpus": frozenset({"generations", "vendor_vfio"}),
}
"""The parts of the catalogue, each a file, and the groups of rows in each."""

CONFIDENCES = ("high", "medium", "low")
DATE = r"20[0-9]{2}(?:-[0-9]{2}){0,2}"
SERIES = r"[0-9]{1,2}\.[0-9]{1,3}"


def part_path(part: str) -> str:
    """Return the name of a part in messages."""
    return f"catalogue/{part}.yaml"


def read_group(raw: Mapping[str, Any], part: str, group: str, parse: Callable[[Row], Item]) -> tuple[Item, ...]:
    """Return the rows of one group of a part, each made a value by ``parse``. Raise RecordError for a wrong one.

    A row has the source and the confidence of its group, unless it says otherwise itself.
    """
    path, content = part_path(part), raw.get(part)
    if not isinstance(content, Mapping):
        raise RecordError(path, group, content, "a mapping of groups")
    for name in content:
        if name not in GROUPS[part]:
            raise RecordError(path, str(name), "a group", f"one of {', '.join(sorted(GROUPS[part]))}")
    table = Row(path, group, content.get(group), {})
    shared = {"source": table.text("source"), "confidence": table.one_of("confidence", CONFIDENCES)}
    rows = table.get("rows")
    if not isinstance(rows, list | tuple) or not rows:
        raise table.wrong("rows", rows, "a list of rows")
    table.finish()
    items = []
    for number, content_of_row in enumerate(rows):
        row = Row(path, f"{group}[{number}]", content_of_row, shared)
        items.append(parse(row))
        row.finish("source", "confidence")
    return tuple(items)


class Row:
    """One mapping of the catalogue; remembers which fields were asked for, so that a misspelt one is found."""

    def __init__(self, path: str, field: str, raw: Any, shared: Mapping[str, Any]) -> None:
        self.path = path
        self.field = field
        if not isinstance(raw, Mapping):
            raise RecordError(path, field, raw, "a mapping of fields")
        self.raw = raw
        self._shared = shared
        self._asked: set[str] = set()

    def wrong(self, field: str, found: Any, wanted: str) -> RecordError:
        return RecordError(self.path, f"{self.field}.{field}", found, wanted)

    def get(self, field: str) -> Any:
        self._asked.add(field)
        return self.raw.get(field, self._shared.get(field))

    def finish(self, *also: str) -> None:
        known = self._asked | set(also)
        for field in self.raw:
            if field not in known:
                raise self.wrong(str(field), self.raw[field], f"one of {', '.join(sorted(known))}")

    def optional(self, field: str, pattern: str = r"[\s\S]+", wanted: str = "text") -> str | None:
        value = self.get(field)
        if value is not None and not (isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII)):
            raise self.wrong(field, value, wanted)
        return value

    def text(self, field: str, pattern: str = r"[\s\S]+", wanted: str = "text") -> str:
        value = self.optional(field, pattern, wanted)
        if value is None:
            raise self.wrong(field, None, wanted)
        return value

    def one_of(self, field: str, values: tuple[str, ...]) -> Any:
        value = self.get(field)
        if value not in values:
            raise self.wrong(field, value, f"one of {', '.join(values)}")
        return value

    def texts(self, field: str, pattern: str = r"[\s\S]+", wanted: str = "a list of texts") -> tuple[str, ...]:
        values = self.get(field)
        if values is None:
            return ()
        if not isinstance(values, list | tuple) or not all(isinstance(text, str) for text in values):
            raise self.wrong(field, values, wanted)
        for text in values:
            if not re.fullmatch(pattern, text):
                raise self.wrong(field, text, wanted)
        return tuple(values)

    def optional_number(self, field: str) -> int | None:
        value = self.get(field)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self.wrong(field, value, "a whole number")
        return value

    def number(self, field: str) -> int:
        value = self.optional_number(field)
        if value is None:
            raise self.wrong(field, None, "a whole number")
        return value

    def whole_numbers(self, field: str) -> tuple[int, ...]:
        values = self.get(field)
        if not isinstance(values, list | tuple) or not values or not all(type(number) is int for number in values):
            raise self.wrong(field, values, "a list of whole numbers")
        return tuple(values)

    def build(self, field: str) -> str:
        value = self.get(field)
        if not isinstance(value, str) or not is_driver_build(value):
            raise self.wrong(field, value, 'a driver build in quotes, "535.161.05"')
        return value

    def builds(self, field: str) -> tuple[str, ...]:
        values = self.texts(field, wanted='driver builds in quotes, "535.161.05"')
        for build in values:
            if not is_driver_build(build):
                raise self.wrong(field, build, 'driver builds in quotes, "535.161.05"')
        return values

    def series(self, field: str) -> str:
        return self.text(field, SERIES, 'a kernel series in quotes, "6.8"')

    def optional_series(self, field: str) -> str | None:
        return self.optional(field, SERIES, 'a kernel series in quotes, "6.8"')

    def several_series(self, field: str) -> tuple[str, ...]:
        return self.texts(field, SERIES, 'kernel series in quotes, "6.8"')

    def date(self, field: str) -> str:
        return self.text(field, DATE, 'a date in quotes, "2024-02-22", "2024-02" or "2024"')

    def optional_date(self, field: str) -> str | None:
        return self.optional(field, DATE, 'a date in quotes, "2024-02-22", "2024-02" or "2024"')

    def flag(self, field: str) -> bool:
        value = self.get(field)
        if value not in (None, True, False):
            raise self.wrong(field, value, "true or false")
        return bool(value)

    def part(self, field: str) -> Row:
        return Row(self.path, f"{self.field}.{field}", self.get(field), {})

    def parts(self, field: str) -> Iterator[Row]:
        values = self.get(field) or ()
        if not isinstance(values, list | tuple):
            raise self.wrong(field, values, "a list")
        for number, value in enumerate(values):
            yield Row(self.path, f"{self.field}.{field}[{number}]", value, {})

    def trust(self) -> tuple[Confidence, str]:
        return self.one_of("confidence", CONFIDENCES), self.text("source")


def read_vgpu_branch(row: Row, guests: Mapping[int, tuple[int, ...]]) -> VgpuBranch:
    vgpu = row.number("vgpu")
    if vgpu not in guests:
        raise row.wrong("vgpu", vgpu, "a branch with a row among the guests")
    return VgpuBranch(
        vgpu,
        row.text("driver", r"[0-9]{3}", 'a driver branch in quotes, "535"'),
        row.one_of("kind", ("long-term", "production")),
        row.date("end_of_life"),
        row.texts("generations"),
        guests[vgpu],
        *row.trust(),
    )


def read_vgpu_release(row: Row) -> VgpuRelease:
    kernel = row.part("kernel")
    failing = kernel.optional_series("fails")
    release = VgpuRelease(
        release=row.text("release", r"[0-9]{2}\.[0-9]{1,2}", 'a release in quotes, "16.4"'),
        host=row.build("host"),
        guest=row.build("guest"),
        windows=row.build("windows") if "windows" in row.raw else None,
        date=row.date("date"),
        estimated=row.flag("estimated"),
        rhel=row.texts("rhel"),
        shown_series=kernel.optional_series("shown"),
        failing_series=failing,
        build_failing_series=kernel.optional_series("build_fails") or failing,
        kernel_confidence=kernel.one_of("confidence", CONFIDENCES),
        confidence=row.one_of("confidence", CONFIDENCES),
        source=row.text("source"),
    )
    kernel.finish()
    return release


def read_file_name(row: Row) -> tuple[str, str]:
    """Return a kind of package, and the name of its file."""
    wanted = "letters, digits, . _ - and {build}"
    return row.one_of("kind", ("host", "guest")), row.text("name", r"(?:[A-Za-z0-9._-]|\{build\})+", wanted)


def read_plain_branch(row: Row) -> PlainBranch:
    branch = PlainBranch(
        row.text("branch", r"[0-9]{3}", 'a driver branch in quotes, "535"'),
        row.one_of("kind", ("legacy", "long-term", "production", "new-feature")),
        row.optional_date("end_of_life"),
        row.builds("builds"),
        row.builds("betas"),
        *row.trust(),
    )
    if not branch.builds or list(branch.builds) != sorted(branch.builds, key=driver_numbers):
        raise row.wrong("builds", list(branch.builds), "at least one build, oldest first")
    for build in branch.builds + branch.betas:
        if driver_branch(build) != branch.branch:
            raise row.wrong("builds", build, f"a build of branch {branch.branch}")
    return branch


def read_default_kernel(row: Row) -> tuple[str, str]:
    """Return a series, and the version of proxmox-default-kernel that brings it."""
    row.optional_date("date")
    return row.series("series"), row.text("version")


def read_series(row: Row, versions: Mapping[str, str]) -> KernelSeries:
    series = row.series("series")
    newest = row.part("newest")
    by_major = {major: newest.text(major) for major in map(str, newest.raw)}
    for major, text in by_major.items():
        kernel = parse_kernel(text)
        if kernel is None or kernel.distribution != "pve" or kernel.series != series:
            raise newest.wrong(major, text, f"a Proxmox kernel release of {series}")
    dates = row.optional_date("first"), row.optional_date("last")
    return KernelSeries(series, by_major, *dates, versions.get(series), *row.trust())


def read_pve_release(row: Row) -> PveRelease:
    return PveRelease(
        row.text("pve", r"[0-9]{1,2}\.[0-9]", 'a release of Proxmox VE in quotes, "8.2"'),
        row.date("date"),
        row.text("debian", r"[0-9]{2}", 'a release of Debian in quotes, "12"'),
        row.series("default"),
        row.several_series("opt_in"),
        row.several_series("older"),
        row.optional_date("end_of_life"),
        *row.trust(),
    )


def read_distribution(row: Row) -> DistributionRelease:
    return DistributionRelease(
        row.text("distribution"),
        row.text("release"),
        row.series("default"),
        row.several_series("newer"),
        row.optional_number("build"),
        *row.trust(),
    )


def read_package_names(row: Row) -> PackageNames:
    def name(field: str) -> str | None:
        return row.optional(field, r"(?:[a-z0-9.+-]|\{release\}|\{series\})+", "a package, with {release} or {series}")

    until = row.optional("until")
    if until is not None and parse_kernel(until) is None:
        raise row.wrong("until", until, "a kernel release")
    return PackageNames(
        distribution=row.text("distribution"),
        until=until,
        mark=row.optional("mark"),
        kernel=name("kernel") or row.text("kernel"),
        headers=name("headers") or row.text("headers"),
        signed_kernel=name("signed_kernel"),
        series_kernel=name("series_kernel"),
        series_headers=name("series_headers"),
        default_kernel=name("default_kernel"),
        default_headers=name("default_headers"),
        confidence=row.one_of("confidence", CONFIDENCES),
        source=row.text("source"),
    )


def read_generation(row: Row) -> GpuGeneration:
    ranges = []
    for text in row.texts("ids", r"[0-9a-f]{4}-[0-9a-f]{4}", 'ranges of PCI device ids in quotes, "1b00-1d56"'):
        low, high = text.split("-")
        ranges.append((int(low, 16), int(high, 16)))
    boards = []
    for part in row.parts("boards"):
        ids = part.texts("ids", r"[0-9a-f]{4}", 'PCI device ids in quotes, "1eb8"')
        boards.append(GpuBoard(part.text("name"), ids, part.texts("names"), part.optional_number("last_vgpu")))
        part.finish()
    return GpuGeneration(
        name=row.text("name", r"[a-z]+", "a word of a-z"),
        title=row.text("title"),
        ids=tuple(ranges),
        chips=row.texts("chips", r"[A-Z]{2}", "two capital letters"),
        names=row.texts("names", r"[0-9A-Za-z# ]+", "letters, digits, # and blanks"),
        first_vgpu=row.optional_number("first_vgpu"),
        last_vgpu=row.optional_number("last_vgpu"),
        first_driver=row.optional("first_driver"),
        last_driver=row.optional("last_driver"),
        open_from=row.optional_number("open_from"),
        plain_open=row.one_of("plain_open", ("no", "can", "must")),
        interface=row.one_of("interface", ("mdev", "sriov")),
        unlock=row.one_of("unlock", ("yes", "partial", "no")),
        boards=tuple(boards),
        confidence=row.one_of("confidence", CONFIDENCES),
        source=row.text("source"),
    )
