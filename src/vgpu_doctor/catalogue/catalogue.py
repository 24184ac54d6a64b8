"""The catalogue: driver releases, kernels and GPUs, and what can be looked up in them.

Its four parts (``vgpu``, ``drivers``, ``kernels``, ``gpus``) are read when something in them is first asked for.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from vgpu_doctor.catalogue.schema import (
    Item,
    Row,
    part_path,
    read_default_kernel,
    read_distribution,
    read_file_name,
    read_generation,
    read_group,
    read_package_names,
    read_plain_branch,
    read_pve_release,
    read_series,
    read_vgpu_branch,
    read_vgpu_release,
)
from vgpu_doctor.errors import RecordError
from vgpu_doctor.frozen import replace
from vgpu_doctor.versions import (
    KernelRelease,
    compare_builds,
    driver_branch,
    driver_numbers,
    is_driver_build,
    parse_kernel,
    series_numbers,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vgpu_doctor.catalogue.entries import (
        DistributionRelease,
        GpuBoard,
        GpuGeneration,
        KernelSeries,
        PackageNames,
        PlainBranch,
        PveRelease,
        Role,
        VgpuBranch,
        VgpuRelease,
    )

LONGEST_NAME = 200  # characters of a GPU's name that are looked at


class Catalogue:
    """What is known of drivers, kernels and GPUs. Made by ``parse_catalogue``."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw

    # vGPU

    @cached_property
    def branches(self) -> tuple[VgpuBranch, ...]:
        """The vGPU branches, oldest first."""
        guests = dict(self._read("vgpu", "guests", lambda row: (row.number("host"), row.whole_numbers("guests"))))
        return self._read("vgpu", "branches", lambda row: read_vgpu_branch(row, guests))

    @cached_property
    def releases(self) -> tuple[VgpuRelease, ...]:
        """The vGPU releases, oldest first within their branch."""
        return self._read("vgpu", "releases", read_vgpu_release)

    def releases_of(self, host_build: str) -> tuple[VgpuRelease, ...]:
        """The releases with this host build: none, one, or two that a log cannot tell apart."""
        return tuple(release for release in self.releases if release.host == host_build)

    def guest_of(self, build: str) -> tuple[VgpuRelease, ...]:
        """The releases whose guest driver, for Linux or Windows, has this build."""
        return tuple(release for release in self.releases if build in (release.guest, release.windows))

    def release(self, name: str) -> VgpuRelease | None:
        """The release of that name, such as 16.4."""
        return next((release for release in self.releases if release.release == name), None)

    def branch(self, host_build: str) -> VgpuBranch | None:
        """The vGPU branch of a build or of a driver branch, also for builds that the catalogue does not hold."""
        return self._branch_by_driver.get(host_build.partition(".")[0])

    def releases_in(self, driver: str) -> tuple[VgpuRelease, ...]:
        """The releases of a driver branch (535, or any build of it), oldest first."""
        branch = self.branch(driver)
        found = (release for release in self.releases if branch and release.branch == branch.vgpu)
        return tuple(sorted(found, key=lambda release: release.numbers))

    def newest_in_branch(self, driver: str) -> VgpuRelease | None:
        """The newest release of a driver branch (535, or any build of it)."""
        releases = self.releases_in(driver)
        return releases[-1] if releases else None

    def package_file(self, build: str, role: Role = "host") -> str:
        """The name under which NVIDIA ships that build as a host's or a guest's installer."""
        if not is_driver_build(build):
            raise ValueError(f"{build!r} is not a driver build such as 550.54.16")
        return self._files["host" if role == "host" else "guest"].format(build=build)

    # Plain drivers and fixes

    @cached_property
    def plain_branches(self) -> tuple[PlainBranch, ...]:
        """The branches of the plain driver, oldest first."""
        return self._read("drivers", "branches", read_plain_branch)

    def plain_branch(self, build: str) -> PlainBranch | None:
        """The branch of a plain build, also for builds that the catalogue does not hold."""
        name = build.partition(".")[0]
        return next((branch for branch in self.plain_branches if branch.branch == name), None)

    def roles(self, build: str) -> frozenset[Role]:
        """What a build is known as: nothing if unknown, and several where they share it (535.129.03 is all three)."""
        return self._roles.get(build, frozenset())

    def at_least(self, build: str, first_fixed: str) -> bool | None:
        """Whether ``build`` has what came with ``first_fixed``, of the same branch; None where that is not known.

        The last numbers of host builds and plain builds do not compare. Where it comes down to them, the guest driver
        of the host's release stands for the host: 550.90.05 has what 550.90.07 has, being the host of that guest.
        """
        if build == first_fixed:
            return True
        if driver_branch(build) != driver_branch(first_fixed) or not self._betas.isdisjoint((build, first_fixed)):
            return None
        of_build, of_fix = self._kinds(build), self._kinds(first_fixed)
        result = compare_builds(build, first_fixed, same_kind=bool(of_build & of_fix))
        if result is not None:
            return result >= 0
        if "host" in of_build:
            answers = {driver_numbers(guest) >= driver_numbers(first_fixed) for guest in self._guests(build)}
            return answers.pop() if len(answers) == 1 else None
        if "host" in of_fix and all(
            driver_numbers(build) >= driver_numbers(guest) for guest in self._guests(first_fixed)
        ):
            return True
        return None

    def has_fix(self, build: str, fixed_in: Mapping[str, str | None]) -> bool | None:
        """Whether ``build`` is fixed by a record's ``fixed_in``; None where that does not say.

        Records name host builds where one is known: what lies between that one and the host build before it, and is
        no host build itself, may have the change or not. A branch that the record does not name is fixed if it began
        after an older branch got the fix, and is not if it ended before a newer branch that never got it.
        """
        branch = driver_branch(build)
        if branch in fixed_in:
            first = fixed_in[branch]
            has = first is not None and self.at_least(build, first)
            if first is None or has is not False or "host" in self.roles(build) or "host" not in self.roles(first):
                return has
            return self._before_host(build, first, fixed_in)
        never = [name for name, first in fixed_in.items() if first is None and int(name) > int(branch)]
        if any(self._ended_before(branch, name) for name in never):
            return False
        older = [name for name in fixed_in if int(name) < int(branch)]
        if not older or fixed_in[max(older, key=int)] is None:
            return None
        fixes = [first for name in older if (first := fixed_in[name]) is not None]
        return True if any(self._began_with(branch, first) for first in fixes) else None

    def _before_host(self, build: str, first: str, fixed_in: Mapping[str, str | None]) -> bool | None:
        """Whether a build older than the first host build with a fix has it all the same.

        Before the first host build of a branch stands what an older branch had from its start.
        """
        before = [one.host for one in self.releases_in(build) if driver_numbers(one.host) < driver_numbers(first)]
        if before:
            return False if self.at_least(build, before[-1]) is False else None
        older_fixes = (one for name, one in fixed_in.items() if one and int(name) < int(driver_branch(build)))
        return True if any(self._from_the_start(one) for one in older_fixes) else None

    def _from_the_start(self, build: str) -> bool:
        """Whether no host build of its branch is older than this one."""
        hosts = self.releases_in(build)
        return bool(hosts) and self.at_least(hosts[0].host, build) is True

    # Kernels

    @cached_property
    def all_series(self) -> tuple[KernelSeries, ...]:
        """The series of Proxmox kernels, oldest first."""
        versions = dict(self._read("kernels", "default_kernel", read_default_kernel))
        return self._read("kernels", "series", lambda row: read_series(row, versions))

    @cached_property
    def pve_releases(self) -> tuple[PveRelease, ...]:
        """The releases of Proxmox VE, oldest first."""
        return self._read("kernels", "pve_releases", read_pve_release)

    @cached_property
    def distributions(self) -> tuple[DistributionRelease, ...]:
        """The releases of other distributions."""
        return self._read("kernels", "distributions", read_distribution)

    def series(self, name: str) -> KernelSeries | None:
        """The Proxmox series of that name (6.8), or of a kernel release."""
        kernel = parse_kernel(name)
        return next((series for series in self.all_series if kernel and series.series == kernel.series), None)

    def pve(self, name: str) -> PveRelease | None:
        """The release of Proxmox VE of that name, 8.2; 8.2.4 counts as that too, and 8 as the newest 8."""
        parts = name.split(".")
        if len(parts) == 1:
            return next((release for release in reversed(self.pve_releases) if release.major == name), None)
        return next((release for release in self.pve_releases if release.pve == ".".join(parts[:2])), None)

    def pve_of(self, kernel_release: str) -> tuple[PveRelease, ...]:
        """The releases of Proxmox VE that install this kernel, those first that have its series by default.

        A host can be newer: an upgrade leaves old kernels on the disk.
        """
        kernel = parse_kernel(kernel_release)
        if kernel is None or kernel.distribution not in (None, "pve"):
            return ()
        found = [
            release
            for release in self.pve_releases
            if kernel.series in release.series and kernel.distribution_release in (None, release.debian)
        ]
        return tuple(sorted(found, key=lambda release: release.default != kernel.series))

    def newest_kernel(self, series: str, pve: str) -> str | None:
        """The newest kernel release of a series that this Proxmox VE (8.2, or 8) can install; None if there is none."""
        release, entry = self.pve(pve), self.series(series)
        if release is None or entry is None or entry.series not in release.series:
            return None
        return entry.newest.get(release.major)

    def distribution_releases(self, kernel_release: str) -> tuple[DistributionRelease, ...]:
        """The releases of other distributions from which this kernel can come."""
        kernel = parse_kernel(kernel_release)
        if kernel is None:
            return ()
        return tuple(release for release in self.distributions if _comes_from(kernel, release))

    def package_names(self, kernel_release: str) -> PackageNames | None:
        """How the packages of this kernel are called; None for kernels that no known package brings."""
        kernel = parse_kernel(kernel_release)
        if kernel is None or kernel.distribution is None:
            return None
        return next((names for names in self._packages if _names_fit(kernel, names)), None)

    def kernel_package(self, kernel_release: str) -> str | None:
        """The package that installs exactly this kernel."""
        names = self.package_names(kernel_release)
        return _named(names.kernel, kernel_release) if names else None

    def headers_package(self, kernel_release: str) -> str | None:
        """The package with the headers of exactly this kernel."""
        names = self.package_names(kernel_release)
        return _named(names.headers, kernel_release) if names else None

    def series_packages(self, kernel_release: str) -> tuple[str, str] | None:
        """The packages that follow the series of this kernel, with headers; only Proxmox has them."""
        names = self.package_names(kernel_release)
        if names is None or names.series_kernel is None or names.series_headers is None:
            return None
        return _named(names.series_kernel, kernel_release), _named(names.series_headers, kernel_release)

    # GPUs

    @cached_property
    def generations(self) -> tuple[GpuGeneration, ...]:
        """The GPU generations, oldest first."""
        return self._read("gpus", "generations", read_generation)

    def generation(self, name: str) -> GpuGeneration | None:
        """The generation of that name, pascal."""
        return next((generation for generation in self.generations if generation.name == name), None)

    def gpu(self, text: str) -> GpuGeneration | None:
        """The generation of a GPU, by PCI id (10de:2235, or 2235), chip (GA102), or name as people and tools write it.

        The answer is narrowed to the board where one is known: the last vGPU branch is then that of the board. None if
        nothing fits, or if the text fits two generations (RTX 6000).
        """
        text = text[:LONGEST_NAME]
        prefixed = re.search(r"(?<![0-9a-z])(?:0x)?10de[:\s]\s?(?:0x)?([0-9a-f]{4})(?![0-9a-z])", text, re.IGNORECASE)
        bare = re.fullmatch(r"\s*(?:0x)?([0-9a-f]{4})\s*", text, re.IGNORECASE)
        if identity := prefixed or bare:
            # What is all digits without the vendor may as well be a name: 1080 is no Kepler.
            found = self._by_id(identity[1].lower(), exact=prefixed is None and identity[1].isdigit())
            if found:
                return found
        words = re.sub(r"[^0-9A-Z]+", " ", text.upper())
        if chip := re.search(r"(?<![0-9A-Z])(G[KMPVAHB]|TU|AD)[0-9]{3}", words):
            generation = next((one for one in self.generations if chip[1] in one.chips), None)
            return generation and self._narrowed(generation, words)
        if name := self._names.search(words):
            return self._narrowed(self.generations[int(str(name.lastgroup)[1:].partition("_")[0])], words)
        return None

    def uses_vendor_vfio(self, generation: GpuGeneration, series: str, vgpu: int) -> bool:
        """Whether vGPUs are offered through virtual functions without mdev on this kernel and branch."""
        if generation.interface != "sriov":
            return False
        return any(
            series_numbers(series) >= series_numbers(since) and vgpu >= branch for since, branch in self._vendor_vfio
        )

    # Checking

    def check(self) -> None:
        """Read every part, and see that they fit each other; raises RecordError for the first thing that does not."""
        _check_unique("vgpu", "releases", [release.release for release in self.releases])
        _check_unique("drivers", "branches", [branch.branch for branch in self.plain_branches])
        _check_unique("kernels", "series", [series.series for series in self.all_series])
        _check_unique("kernels", "distributions", [f"{one.distribution} {one.release}" for one in self.distributions])
        _check_unique("gpus", "generations", [generation.name for generation in self.generations])
        if set(self._files) != {"host", "guest"}:
            raise RecordError(part_path("vgpu"), "files", sorted(self._files), "host and guest")
        if not any(names.distribution == "pve" for names in self._packages):
            raise RecordError(part_path("kernels"), "packages", None, "names of Proxmox's packages")
        for _, vgpu in self._vendor_vfio:
            if vgpu not in [branch.vgpu for branch in self.branches]:
                raise RecordError(part_path("gpus"), "vendor_vfio", vgpu, "a vGPU branch of vgpu.yaml")
        for generation in self.generations:
            if (found := self.gpu(generation.title)) is None or found.name != generation.name:
                wanted = "a name that finds this generation and no other"
                raise RecordError(part_path("gpus"), f"generations.{generation.name}.names", generation.title, wanted)
        self._check_against_each_other()

    def _check_against_each_other(self) -> None:
        for release in self.releases:
            branch = self.branch(release.host)
            if branch is None or branch.vgpu != release.branch:
                wanted = f"a build of the driver branch of vGPU {release.branch}"
                raise RecordError(part_path("vgpu"), f"releases.{release.release}.host", release.host, wanted)
        for branch in self.branches:
            expected = {generation.name for generation in self.generations if generation.has_branch(branch.vgpu)}
            if set(branch.generations) != expected:
                wanted = f"what gpus.yaml says: {', '.join(sorted(expected))}"
                raise RecordError(part_path("vgpu"), f"branches.{branch.vgpu}.generations", branch.generations, wanted)
        for pve in self.pve_releases:
            for name in pve.series:
                if self.series(name) is None:
                    raise RecordError(
                        part_path("kernels"), f"pve_releases.{pve.pve}", name, "a series of the same file"
                    )

    # Reading

    def _read(self, part: str, group: str, parse: Callable[[Row], Item]) -> tuple[Item, ...]:
        return read_group(self._raw, part, group, parse)

    @cached_property
    def _branch_by_driver(self) -> dict[str, VgpuBranch]:
        return {branch.driver: branch for branch in self.branches}

    @cached_property
    def _files(self) -> dict[str, str]:
        return dict(self._read("vgpu", "files", read_file_name))

    @cached_property
    def _packages(self) -> tuple[PackageNames, ...]:
        return self._read("kernels", "packages", read_package_names)

    @cached_property
    def _vendor_vfio(self) -> tuple[tuple[str, int], ...]:
        return self._read("gpus", "vendor_vfio", lambda row: (row.series("series"), row.number("vgpu")))

    @cached_property
    def _roles(self) -> dict[str, frozenset[Role]]:
        roles: dict[str, set[Role]] = {}
        for release in self.releases:
            roles.setdefault(release.host, set()).add("host")
            roles.setdefault(release.guest, set()).add("guest")
        for branch in self.plain_branches:
            for build in branch.builds:
                roles.setdefault(build, set()).add("plain")
        return {build: frozenset(found) for build, found in roles.items()}

    @cached_property
    def _betas(self) -> frozenset[str]:
        return frozenset(beta for branch in self.plain_branches for beta in branch.betas)

    def _kinds(self, build: str) -> frozenset[str]:
        """Guest builds are numbered as plain ones are."""
        return frozenset("plain" if role == "guest" else role for role in self.roles(build))

    def _guests(self, host_build: str) -> tuple[str, ...]:
        return tuple(release.guest for release in self.releases_of(host_build))

    def _ended_before(self, branch: str, other: str) -> bool:
        """Whether the last vGPU release of one driver branch is older than the last one of another."""
        last, last_of_other = self.newest_in_branch(branch), self.newest_in_branch(other)
        return last is not None and last_of_other is not None and _earlier(last.date, last_of_other.date)

    def _began_with(self, branch: str, first_fixed: str) -> bool:
        """Whether ``branch``, or a vGPU branch before it, began after the branch of ``first_fixed`` had the fix."""
        old = driver_branch(first_fixed)
        plain = self.plain_branch(old)
        if plain and driver_numbers(first_fixed) <= driver_numbers(plain.first):
            return True
        fixed = next((one for one in self.releases_in(old) if self.at_least(one.host, first_fixed)), None)
        if fixed is None:
            return False
        later = (one.driver for one in self.branches if int(old) < int(one.driver) <= int(branch))
        return any(_earlier(fixed.date, self.releases_in(driver)[0].date) for driver in later)

    def _by_id(self, device: str, exact: bool) -> GpuGeneration | None:
        for generation in self.generations:
            for board in generation.boards:
                if device in board.ids:
                    return _narrowed_to(generation, board)
        if exact:
            return None
        number = int(device, 16)
        return next((one for one in self.generations if any(low <= number <= high for low, high in one.ids)), None)

    def _narrowed(self, generation: GpuGeneration, words: str) -> GpuGeneration:
        found = [
            (len(name), board) for board in generation.boards for name in board.names if _pattern(name).search(words)
        ]
        return _narrowed_to(generation, max(found, key=lambda one: one[0])[1]) if found else generation

    @cached_property
    def _names(self) -> re.Pattern[str]:
        """All names of all generations as one expression; a longer name goes before a shorter one at the same place."""
        entries = [(name, place) for place, generation in enumerate(self.generations) for name in generation.names]
        entries.sort(key=lambda entry: (-len(entry[0]), entry[0].count("#"), entry[0]))
        return re.compile(
            "|".join(f"(?P<g{place}_{number}>{_pattern(name).pattern})" for number, (name, place) in enumerate(entries))
        )


def _earlier(one: str, other: str) -> bool:
    """Whether a date is surely before another; 2026 is neither before nor after 2026-03."""
    shared = min(len(one), len(other))
    return one[:shared] < other[:shared]


def _named(template: str, kernel_release: str) -> str:
    kernel = parse_kernel(kernel_release)
    return template.format(release=kernel_release, series=kernel.series if kernel else "")


def _names_fit(kernel: KernelRelease, names: PackageNames) -> bool:
    if kernel.distribution != names.distribution:
        return False
    if names.mark is not None:
        return names.mark in kernel.text
    until = parse_kernel(names.until) if names.until else None
    return until is None or (kernel.numbers, kernel.build or 0) <= (until.numbers, until.build or 0)


def _comes_from(kernel: KernelRelease, release: DistributionRelease) -> bool:
    if kernel.distribution != release.distribution or kernel.series not in (release.default, *release.newer):
        return False
    if kernel.distribution_release and "." in kernel.distribution_release:
        return kernel.distribution_release == release.release
    if release.build is not None:
        return kernel.build == release.build
    return kernel.distribution_release in (None, release.release)


def _narrowed_to(generation: GpuGeneration, board: GpuBoard) -> GpuGeneration:
    return replace(generation, board=board.name, last_vgpu=board.last_vgpu or generation.last_vgpu)


def _pattern(name: str) -> re.Pattern[str]:
    """The expression of a device name: # is a digit, blanks may be missing, letters may follow (V100S, RTX 3080Ti)."""
    text = " ?".join(name.upper().split()).replace("#", "[0-9]")
    return re.compile(rf"(?<![0-9A-Z]){text}(?![0-9])")


def _check_unique(part: str, group: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise RecordError(part_path(part), group, name, "each name once")
