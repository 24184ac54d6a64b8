"""Look up driver builds: the releases and branches of vGPU, and the branches of the plain driver."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from vgpu_doctor.catalogue.part import CataloguePart
from vgpu_doctor.catalogue.schema import read_plain_branch, read_vgpu_branch, read_vgpu_release
from vgpu_doctor.versions import is_driver_build

if TYPE_CHECKING:
    from vgpu_doctor.catalogue.entries import PlainBranch, Role, VgpuBranch, VgpuRelease


class DriverCatalogue(CataloguePart):
    """The parts ``vgpu`` and ``drivers``."""

    @cached_property
    def branches(self) -> tuple[VgpuBranch, ...]:
        """The vGPU branches, oldest first."""
        guests = dict(self.read("vgpu", "guests", lambda row: (row["host"], row["guests"])))
        return self.read("vgpu", "branches", lambda row: read_vgpu_branch(row, guests))

    @cached_property
    def releases(self) -> tuple[VgpuRelease, ...]:
        """The vGPU releases, oldest first within their branch."""
        return self.read("vgpu", "releases", read_vgpu_release)

    @cached_property
    def plain_branches(self) -> tuple[PlainBranch, ...]:
        """The branches of the plain driver, oldest first."""
        return self.read("drivers", "branches", read_plain_branch)

    @cached_property
    def package_files(self) -> dict[str, str]:
        """The file names of NVIDIA's installers for a host and a guest, with ``{build}``."""
        return dict(self.read("vgpu", "files", lambda row: (row["kind"], row["name"])))

    def releases_of(self, host_build: str) -> tuple[VgpuRelease, ...]:
        """Return the releases with this host build: none, one, or two that a log cannot tell apart."""
        return tuple(release for release in self.releases if release.host == host_build)

    def guests_of(self, host_build: str) -> tuple[str, ...]:
        """Return the Linux guest drivers that were released with a host build."""
        return tuple(release.guest for release in self.releases_of(host_build))

    def guest_of(self, build: str) -> tuple[VgpuRelease, ...]:
        """Return the releases whose guest driver, for Linux or Windows, is this build."""
        return tuple(release for release in self.releases if build in (release.guest, release.windows))

    def roles(self, build: str) -> frozenset[Role]:
        """Return what a build is known as: nothing if unknown, several if shared (535.129.03 is all three)."""
        return self._roles.get(build, frozenset())

    def is_host(self, build: str) -> bool:
        """Whether a build is known as a vGPU host build."""
        return "host" in self.roles(build)

    def is_beta(self, build: str) -> bool:
        """Whether a build is a Vulkan preview, whose number does not tell its age."""
        return build in self._betas

    def sequences(self, build: str) -> frozenset[str]:
        """Return the number sequences in which a build is known: host or plain, which guests share, or both."""
        return frozenset("plain" if role == "guest" else role for role in self.roles(build))

    def release(self, name: str) -> VgpuRelease | None:
        """Return the release of that name, such as 16.4."""
        return next((release for release in self.releases if release.release == name), None)

    def branch(self, build: str) -> VgpuBranch | None:
        """Return the vGPU branch of a driver branch (535), or of any host build of it, in the catalogue or not."""
        return self._branch_by_driver.get(build.partition(".")[0])

    def plain_branch(self, build: str) -> PlainBranch | None:
        """Return the plain branch of a driver branch (535), or of any build of it, in the catalogue or not."""
        name = build.partition(".")[0]
        return next((branch for branch in self.plain_branches if branch.branch == name), None)

    def releases_in(self, build: str) -> tuple[VgpuRelease, ...]:
        """Return the releases of a driver branch (535), or of any build of it, oldest first."""
        branch = self.branch(build)
        found = (release for release in self.releases if branch and release.branch == branch.vgpu)
        return tuple(sorted(found, key=lambda release: release.numbers))

    def newest_in_branch(self, build: str) -> VgpuRelease | None:
        """Return the newest release of a driver branch (535), or of any build of it."""
        releases = self.releases_in(build)
        return releases[-1] if releases else None

    def package_file(self, build: str, role: Role = "host") -> str:
        """Return the file name of NVIDIA's installer for that build. Raises ValueError for what is no build."""
        if not is_driver_build(build):
            raise ValueError(f"{build!r} is not a driver build such as 550.54.16")
        return self.package_files["host" if role == "host" else "guest"].format(build=build)

    @cached_property
    def _branch_by_driver(self) -> dict[str, VgpuBranch]:
        return {branch.driver: branch for branch in self.branches}

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
