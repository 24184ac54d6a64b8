"""The catalogue: what is known of drivers, kernels and GPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.catalogue import fixes
from vgpu_doctor.catalogue.drivers import DriverCatalogue
from vgpu_doctor.catalogue.gpus import GpuCatalogue
from vgpu_doctor.catalogue.kernels import KernelCatalogue
from vgpu_doctor.catalogue.schema import part_path
from vgpu_doctor.errors import RecordError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Catalogue(DriverCatalogue, KernelCatalogue, GpuCatalogue):
    """All parts of the catalogue in one; made by ``load_catalogue``."""

    def has_fix(self, build: str, fixed_in: Mapping[str, str | None]) -> bool | None:
        """Whether ``build`` has the fix of a record with this ``fixed_in``; None where that is not known.

        ``catalogue.fixes`` states the rule.
        """
        return fixes.has_fix(self, build, fixed_in)

    def check(self) -> None:
        """Read every part, and check them against each other. Raises RecordError for the first mistake."""
        newest = max(release.date for release in self.releases)
        if newest[: len(self.as_of)] > self.as_of:
            wanted = f"no month before that of the newest release, {newest}"
            raise RecordError(part_path("vgpu"), "as_of", self.as_of, wanted)
        _check_unique("vgpu", "releases", [release.release for release in self.releases])
        _check_unique("drivers", "branches", [branch.branch for branch in self.plain_branches])
        _check_unique("kernels", "series", [series.series for series in self.all_series])
        distributions = [f"{release.distribution} {release.release}" for release in self.distributions]
        _check_unique("kernels", "distributions", distributions)
        _check_unique("gpus", "generations", [generation.name for generation in self.generations])
        if set(self.package_files) != {"host", "guest"}:
            raise RecordError(part_path("vgpu"), "files", sorted(self.package_files), "host and guest")
        if not any(names.distribution == "pve" for names in self.packages):
            raise RecordError(part_path("kernels"), "packages", None, "names of Proxmox's packages")
        for _, vgpu in self.vendor_vfio:
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
            for series in pve.series:
                if self.series(series) is None:
                    wanted = "a series of the same file"
                    raise RecordError(part_path("kernels"), f"pve_releases.{pve.pve}", series, wanted)


def _check_unique(part: str, group: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise RecordError(part_path(part), group, name, "each name once")
