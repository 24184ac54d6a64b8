"""What is foreseen for one driver on one kernel, and what stands behind it."""

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
"""It builds and loads; it builds but will not work; it will not build; nobody knows."""

Evidence = Literal["host", "source", "headers", "catalogue", "records"]


@frozen
class Question:
    """One driver and one kernel, with what there is to look at."""

    build: str  # 535.161.05
    kind: DriverKind
    kernel: str  # 6.8.4-2-pve, or a series
    gpu: GpuGeneration | None = None
    tree: str | None = None  # kernel or kernel-open, where it is known which one the host builds
    source: DriverSource | None = None
    headers: KernelHeaders | None = None

    @property
    def series(self) -> str:
        """6.8; the kernel was read before the question was put."""
        kernel = parse_kernel(self.kernel)
        return kernel.series if kernel else self.kernel


@frozen
class Cause:
    """A change that the kernel has and the driver does not know."""

    signature: Signature
    place: Affected | None  # where the driver's source uses what changed
    in_headers: bool  # the kernel's own headers show the change; otherwise its number says so
    backport: str | None = None  # the update that brought it to a series older than the change, as the record has it

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
    causes: tuple[Cause, ...] = ()  # those that stop the build first
    undecided: tuple[str, ...] = ()  # ids of changes that may stand in the way, and nothing tells
    basis: tuple[Basis, ...] = ()  # the strongest first
    releases: tuple[str, ...] = ()  # vGPU releases with this host build

    @property
    def ids(self) -> tuple[str, ...]:
        """The causes by name."""
        return tuple(cause.id for cause in self.causes)
