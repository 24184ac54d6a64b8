"""Turn what the user asks and what the host is into questions, and answer them with forecasts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vgpu_doctor.check.arguments import driver_of, gpu_of, kernels_of, kind_of
from vgpu_doctor.check.host_advice import as_built, driver_in_use, kernels_of_host
from vgpu_doctor.check.model import Forecast
from vgpu_doctor.compat.driver_source import open_source
from vgpu_doctor.compat.kernel_headers import open_headers
from vgpu_doctor.compat.predict import predict
from vgpu_doctor.compat.verdict import Question
from vgpu_doctor.errors import CheckError
from vgpu_doctor.host.access import Host
from vgpu_doctor.host.gather import host_facts
from vgpu_doctor.host.kernels import headers_of
from vgpu_doctor.versions import kernel_series

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vgpu_doctor.advice.host_context import UserInput
    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.check.model import Role
    from vgpu_doctor.compat.driver_source import DriverSource
    from vgpu_doctor.compat.kernel_headers import KernelHeaders
    from vgpu_doctor.host.host_facts import HostDriver, HostFacts
    from vgpu_doctor.signatures.index import Library


def forecasts_of(
    user_input: UserInput, catalogue: Catalogue, library: Library
) -> tuple[list[Forecast], HostFacts | None]:
    """Return a forecast for every kernel in question, and the host's facts if they were needed.

    There are no forecasts if the host has no driver. Raises :class:`CheckError`.
    """
    host = Host(user_input.root or Path("/"))
    if user_input.pve is not None and catalogue.pve(user_input.pve) is None:
        known = ", ".join(release.pve for release in catalogue.pve_releases)
        raise CheckError(f"--pve: {user_input.pve!r} is not a known release of Proxmox VE; known: {known}")
    if user_input.root is not None and not user_input.root.is_dir():
        raise CheckError(f"--root: {user_input.root} is not a folder")
    facts = None
    if _needs_host(user_input):
        facts = host_facts(host, ask_apt=user_input.kernel is None and user_input.headers is None)
        if user_input.root is not None and facts.system is None and not facts.kernels:
            raise CheckError(f"--root: no system in {user_input.root}: it has no etc/os-release, no kernel and no dpkg")
    driver = driver_in_use(user_input, facts)
    build, source = _driver(user_input, driver, host, catalogue)
    gpu = gpu_of(user_input.gpu, catalogue)
    for identity in (facts.gpus if facts else None) or ():
        gpu = gpu or catalogue.gpu(identity)
    if build is None:
        return [], facts
    flavour = "vgpu-kvm" if source is not None and source.for_vgpu else driver.flavour if driver else None
    kind = kind_of(build, catalogue, flavour=flavour)
    branch = catalogue.branch(build)
    tree = (gpu.host_tree(branch.vgpu) if gpu and branch and kind == "host" else None) or (driver and driver.tree)
    forecasts = []
    for release, roles in _kernels(user_input, facts, catalogue, library).items():
        headers = _headers(user_input, host, release)
        question = Question(build, kind, release, gpu, tree or None, source, headers)
        prediction = predict(question, catalogue, library)
        kernel = facts.kernel(release) if facts is not None else None
        if driver is not None and kernel is not None and build in kernel.drivers:
            prediction = as_built(prediction)
        forecasts.append(Forecast(prediction, roles))
    if not forecasts:
        raise CheckError("no kernel found on this host; give one with --kernel")
    return forecasts, facts


def _needs_host(user_input: UserInput) -> bool:
    """Tell whether the host has to say which driver, or which kernel."""
    names_driver = user_input.driver is not None or user_input.source is not None
    names_kernel = user_input.kernel is not None or user_input.headers is not None
    return not (names_driver and names_kernel)


def _driver(
    user_input: UserInput, found: HostDriver | None, host: Host, catalogue: Catalogue
) -> tuple[str | None, DriverSource | None]:
    """Return the build, and its source if that is at hand."""
    source = open_source(user_input.source) if user_input.source is not None else None
    if user_input.driver is not None:
        build = driver_of(user_input.driver, catalogue)
        if source is not None and source.tree.version not in (None, build):
            raise CheckError(f"--source: {user_input.source} is {source.tree.version}, but --driver names {build}")
        if source is not None and not source.for_vgpu and catalogue.roles(build) == {"host"}:
            raise CheckError(
                f"--source: {user_input.source} is not a vGPU host driver like {build}: it has no nvidia-vgpu-vfio"
            )
    elif source is not None:
        build = source.tree.version or ""
        if not build:
            raise CheckError(f"--source: {user_input.source} does not name its build; give it with --driver")
    elif found is not None:
        build = found.build
    else:
        return None, None
    if source is None:
        folder = found.source if found and found.source else host.path(f"usr/src/nvidia-{build}")
        try:
            source = open_source(folder, shown=host.shown(folder)) if folder is not None else None
        except CheckError:
            source = None  # remains of a package are no evidence
    return build, source


def _kernels(
    user_input: UserInput, facts: HostFacts | None, catalogue: Catalogue, library: Library
) -> Mapping[str, tuple[Role, ...]]:
    if user_input.kernel is not None:
        kernels = kernels_of(user_input.kernel, catalogue, library)
        if user_input.pve is not None:
            kernels = tuple(_on_proxmox(kernel, user_input.pve, catalogue) for kernel in kernels)
        return dict.fromkeys(kernels, ("asked",))
    if user_input.headers is not None:
        release = open_headers(user_input.headers).release
        if release is None:
            raise CheckError(f"--headers: {user_input.headers} does not name its kernel; give --kernel")
        return {release: ("asked",)}
    return kernels_of_host(facts) if facts is not None else {}


def _on_proxmox(kernel: str, pve: str, catalogue: Catalogue) -> str:
    """Return the newest kernel of a series that this release of Proxmox VE has; a kernel release stays as it is."""
    return kernel if "-" in kernel else catalogue.newest_kernel(kernel, pve) or kernel


def _headers(user_input: UserInput, host: Host, release: str) -> KernelHeaders | None:
    """Return the headers that the user names, which must be of this kernel, else those that the host has for it."""
    if user_input.headers is not None:
        headers = open_headers(user_input.headers)
        if headers.release is not None and release not in (headers.release, kernel_series(headers.release)):
            raise CheckError(f"--headers: {user_input.headers} is for {headers.release}, but --kernel names {release}")
        return headers
    folder = headers_of(host, release) if "-" in release else None
    try:
        return open_headers(folder, shown=host.shown(folder)) if folder is not None else None
    except CheckError:
        return None
