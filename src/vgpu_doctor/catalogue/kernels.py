"""Look up kernels: Proxmox's series and releases, kernels of other distributions, and the names of their packages."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from vgpu_doctor.catalogue.entries import DistributionRelease, PveRelease
from vgpu_doctor.catalogue.part import CataloguePart
from vgpu_doctor.catalogue.schema import read_package_names, read_series
from vgpu_doctor.versions import KernelRelease, parse_kernel

if TYPE_CHECKING:
    from vgpu_doctor.catalogue.entries import KernelSeries, PackageNames


class KernelCatalogue(CataloguePart):
    """The part ``kernels``."""

    @cached_property
    def all_series(self) -> tuple[KernelSeries, ...]:
        """The series of Proxmox kernels, oldest first."""
        versions = dict(self.read("kernels", "default_kernel", lambda row: (row["series"], row["version"])))
        return self.read("kernels", "series", lambda row: read_series(row, versions))

    @cached_property
    def pve_releases(self) -> tuple[PveRelease, ...]:
        """The releases of Proxmox VE, oldest first."""
        return self.read("kernels", "pve_releases", lambda row: PveRelease(**row.contents()))

    @cached_property
    def distributions(self) -> tuple[DistributionRelease, ...]:
        """The releases of other distributions."""
        return self.read("kernels", "distributions", lambda row: DistributionRelease(**row.contents()))

    @cached_property
    def packages(self) -> tuple[PackageNames, ...]:
        """The names of kernel packages; of those that fit a kernel the first counts."""
        return self.read("kernels", "packages", read_package_names)

    def series(self, name: str) -> KernelSeries | None:
        """Return the Proxmox series of that name (6.8), or of a kernel release."""
        kernel = parse_kernel(name)
        return next((series for series in self.all_series if kernel and series.series == kernel.series), None)

    def pve(self, name: str) -> PveRelease | None:
        """Return the release of Proxmox VE of that name: 8.2 also for 8.2.4, and the newest 8 for 8."""
        parts = name.split(".")
        if len(parts) == 1:
            return next((release for release in reversed(self.pve_releases) if release.major == name), None)
        return next((release for release in self.pve_releases if release.pve == ".".join(parts[:2])), None)

    def pve_of(self, kernel_release: str) -> tuple[PveRelease, ...]:
        """Return the releases of Proxmox VE that install this kernel, first those whose default is its series.

        A host can be newer: an upgrade leaves old kernels installed.
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
        """Return the newest kernel release of a series that a Proxmox VE (8.2, or 8) can install."""
        release, known_series = self.pve(pve), self.series(series)
        if release is None or known_series is None or known_series.series not in release.series:
            return None
        return known_series.newest.get(release.major)

    def distribution_releases(self, kernel_release: str) -> tuple[DistributionRelease, ...]:
        """Return the releases of other distributions from which this kernel can come."""
        kernel = parse_kernel(kernel_release)
        if kernel is None:
            return ()
        return tuple(release for release in self.distributions if _comes_from(kernel, release))

    def package_names(self, kernel_release: str) -> PackageNames | None:
        """Return the names of the packages of this kernel; None if no known package installs it."""
        kernel = parse_kernel(kernel_release)
        if kernel is None or kernel.distribution is None:
            return None
        return next((names for names in self.packages if _names_fit(kernel, names)), None)

    def kernel_package(self, kernel_release: str) -> str | None:
        """Return the name of the package that installs exactly this kernel."""
        names = self.package_names(kernel_release)
        return _named(names.kernel, kernel_release) if names else None

    def headers_package(self, kernel_release: str) -> str | None:
        """Return the name of the package with the headers of exactly this kernel."""
        names = self.package_names(kernel_release)
        return _named(names.headers, kernel_release) if names else None

    def series_packages(self, kernel_release: str) -> tuple[str, str] | None:
        """Return the names of the packages that follow the series of this kernel and its headers; Proxmox's only."""
        names = self.package_names(kernel_release)
        if names is None or names.series_kernel is None or names.series_headers is None:
            return None
        return _named(names.series_kernel, kernel_release), _named(names.series_headers, kernel_release)


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
