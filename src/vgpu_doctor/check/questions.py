"""What the user said and what the host is become verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vgpu_doctor.check.arguments import driver_of, gpu_of, kernels_of, kind_of
from vgpu_doctor.check.host_advice import as_built, kernels_of_host, setting_of
from vgpu_doctor.check.model import Forecast, Setting
from vgpu_doctor.compat.driver_source import open_source
from vgpu_doctor.compat.kernel_headers import open_headers
from vgpu_doctor.compat.predict import predict
from vgpu_doctor.compat.verdict import Question
from vgpu_doctor.errors import CheckError
from vgpu_doctor.frozen import frozen
from vgpu_doctor.host.access import Host
from vgpu_doctor.host.gather import host_facts
from vgpu_doctor.host.kernels import headers_of
from vgpu_doctor.versions import kernel_series

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.check.model import Role
    from vgpu_doctor.compat.driver_source import DriverSource
    from vgpu_doctor.compat.kernel_headers import KernelHeaders
    from vgpu_doctor.host.host_facts import HostDriver, HostFacts
    from vgpu_doctor.signatures.index import Library


@frozen
class Asked:
    """What the user said on the command line."""

    driver: str | None = None
    kernel: str | None = None
    gpu: str | None = None
    pve: str | None = None
    source: Path | None = None
    headers: Path | None = None
    root: Path | None = None

    @property
    def wants_host(self) -> bool:
        """Whether the host has to say which driver, or which kernel."""
        return (self.driver is None and self.source is None) or (self.kernel is None and self.headers is None)


def forecasts_of(
    asked: Asked, catalogue: Catalogue, library: Library
) -> tuple[list[Forecast], HostFacts | None, Setting]:
    """The verdict for every kernel that is meant; none where the host has no driver. Raises :class:`CheckError`."""
    host = Host(asked.root or Path("/"))
    if asked.pve is not None and catalogue.pve(asked.pve) is None:
        known = ", ".join(one.pve for one in catalogue.pve_releases)
        raise CheckError(f"--pve: {asked.pve!r} is no release of Proxmox VE that is known; known are {known}")
    if asked.root is not None and not asked.root.is_dir():
        raise CheckError(f"--root: {asked.root} is no folder")
    facts = host_facts(host, ask_apt=asked.kernel is None and asked.headers is None) if asked.wants_host else None
    if facts is not None and asked.root is not None and facts.system is None and not facts.kernels:
        raise CheckError(f"--root: {asked.root} holds no system: there is no etc/os-release, no kernel and no dpkg")
    driver = facts.driver if facts is not None and asked.driver is None and asked.source is None else None
    build, source = _driver(asked, driver, host, catalogue)
    gpu = gpu_of(asked.gpu, catalogue)
    for identity in (facts.gpus if facts else None) or ():
        gpu = gpu or catalogue.gpu(identity)
    setting = setting_of(facts, driver, asked.gpu, asked.pve) if facts else Setting(pve=asked.pve, gpu=asked.gpu)
    if build is None:
        return [], facts, setting
    flavour = "vgpu-kvm" if source is not None and source.for_vgpu else driver.flavour if driver else None
    kind = kind_of(build, catalogue, flavour=flavour)
    branch = catalogue.branch(build)
    tree = (gpu.host_tree(branch.vgpu) if gpu and branch and kind == "host" else None) or (driver and driver.tree)
    found = []
    for release, roles in _kernels(asked, facts, catalogue, library).items():
        headers = _headers(asked, host, release)
        question = Question(build, kind, release, gpu, tree or None, source, headers)
        prediction = predict(question, catalogue, library)
        kernel = facts.kernel(release) if facts is not None else None
        if driver is not None and kernel is not None and build in kernel.drivers:
            prediction = as_built(prediction)
        found.append(Forecast(prediction, roles))
    if not found:
        raise CheckError("no kernel was found on this host; give one with --kernel")
    return found, facts, setting


def _driver(
    asked: Asked, found: HostDriver | None, host: Host, catalogue: Catalogue
) -> tuple[str | None, DriverSource | None]:
    """The build, and its source where that is at hand."""
    source = open_source(asked.source) if asked.source is not None else None
    if asked.driver is not None:
        build = driver_of(asked.driver, catalogue)
        if source is not None and source.tree.version not in (None, build):
            raise CheckError(f"--source: {asked.source} holds {source.tree.version}, and --driver asks for {build}")
        if source is not None and not source.for_vgpu and catalogue.roles(build) == {"host"}:
            raise CheckError(
                f"--source: {asked.source} is not of a vGPU host, as {build} is: no nvidia-vgpu-vfio is there"
            )
    elif source is not None:
        build = source.tree.version or ""
        if not build:
            raise CheckError(f"--source: nothing in {asked.source} tells which build it is; give it with --driver")
    elif found is not None:
        build = found.build
    else:
        return None, None
    if source is None:
        folder = found.source if found and found.source else host.path(f"usr/src/nvidia-{build}")
        try:
            source = open_source(folder, shown=host.shown(folder)) if folder is not None else None
        except CheckError:
            source = None  # what is left of a package is no evidence
    return build, source


def _kernels(
    asked: Asked, facts: HostFacts | None, catalogue: Catalogue, library: Library
) -> Mapping[str, tuple[Role, ...]]:
    if asked.kernel is not None:
        kernels = kernels_of(asked.kernel, catalogue, library)
        if asked.pve is not None:
            kernels = tuple(
                catalogue.newest_kernel(one, asked.pve) or one if "-" not in one else one for one in kernels
            )
        return dict.fromkeys(kernels, ("asked",))
    if asked.headers is not None:
        release = open_headers(asked.headers).release
        if release is None:
            raise CheckError(f"--headers: nothing in {asked.headers} tells of which kernel they are; give --kernel")
        return {release: ("asked",)}
    return kernels_of_host(facts) if facts is not None else {}


def _headers(asked: Asked, host: Host, release: str) -> KernelHeaders | None:
    """Those that are given, which must be of this kernel; else those of exactly this kernel that the host has."""
    if asked.headers is not None:
        headers = open_headers(asked.headers)
        if headers.release is not None and release not in (headers.release, kernel_series(headers.release)):
            raise CheckError(f"--headers: {asked.headers} is of {headers.release}, and --kernel asks for {release}")
        return headers
    folder = headers_of(host, release) if "-" in release else None
    try:
        return open_headers(folder, shown=host.shown(folder)) if folder is not None else None
    except CheckError:
        return None
