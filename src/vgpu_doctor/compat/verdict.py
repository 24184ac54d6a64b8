"""The prediction for one driver on one kernel, and the evidence for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vgpu_doctor.frozen import frozen
from vgpu_doctor.versions import parse_kernel

if TYPE_CHECKING:
    from vgpu_doctor.catalogue.entries import GpuGeneration
    from vgpu_doctor.compat.driver_source import DriverSource
    from vgpu_doctor.compat.kernel_headers import KernelHeaders
    from vgpu_doctor.model import DriverKind, Message, Signature
    from vgpu_doctor.patching.source_scan import Affected

Verdict = Literal["builds", "unusable", "fails", "unknown"]
"""It builds and works; it builds but will not work; it will not build; not known."""

Evidence = Literal["host", "source", "headers", "catalogue", "records"]


@frozen
class Question:
    """One driver and one kernel, with the source and headers that are at hand."""

    build: str  # 535.161.05
    kind: DriverKind
    kernel: str  # 6.8.4-2-pve, or a series
    gpu: GpuGeneration | None = None
    tree: str | None = None  # kernel or kernel-open, where it is known which one the host builds
    source: DriverSource | None = None
    headers: KernelHeaders | None = None

    @property
    def series(self) -> str:
        """The kernel's series, 6.8."""
        kernel = parse_kernel(self.kernel)
        return kernel.series if kernel else self.kernel


@frozen
class Cause:
    """A change that the kernel has and the driver does not handle."""

    signature: Signature
    place: Affected | None  # where the driver's source uses what changed
    in_headers: bool  # the kernel's headers show the change; otherwise its number implies it
    backport: str | None = None  # the update that brought the change to an older series, as the record has it

    @property
    def id(self) -> str:
        return self.signature.id


@frozen
class Basis:
    """One thing that the verdict rests on."""

    evidence: Evidence
    message: Message


@frozen
class Prediction:
    """The verdict for one question."""

    question: Question
    verdict: Verdict
    causes: tuple[Cause, ...] = ()  # those that stop the build come first
    undecided: tuple[str, ...] = ()  # ids of changes of which it is not known whether they matter
    basis: tuple[Basis, ...] = ()  # strongest first
    releases: tuple[str, ...] = ()  # vGPU releases with this host build

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the causes."""
        return tuple(cause.id for cause in self.causes)
