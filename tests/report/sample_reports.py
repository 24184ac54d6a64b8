"""Reports as the engine makes them, built by hand, and what the writers make of them."""

from __future__ import annotations

import io
import json
from importlib.resources import files
from typing import TYPE_CHECKING

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from vgpu_doctor.frozen import replace
from vgpu_doctor.model import (
    Diagnosis,
    Diagnostic,
    Edit,
    Finding,
    KernelChange,
    LogFacts,
    Match,
    Place,
    Proof,
    RecordedRemedy,
    Signature,
    SourceTrace,
)
from vgpu_doctor.report.rendering import RenderedNote, RenderedRemedy, RenderedReport, RenderedStep
from vgpu_doctor.report.writers import writer

if TYPE_CHECKING:
    from collections.abc import Callable

CATALOGUE = "2026-11"


def steps(*lines: str) -> tuple[RenderedStep, ...]:
    """Steps from lines, of which those with a hash are sentences."""
    return tuple(RenderedStep(line.removeprefix("# "), not line.startswith("# ")) for line in lines)


TREE = "/tmp/selfgz10234/NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm/kernel"


def written(report: RenderedReport, name: str, colour: bool = False, width: int = 80) -> str:
    """What one writer makes of a report."""
    out = io.StringIO()
    writer(name)(report, out, colour=colour, width=width)
    return out.getvalue()


IOMMU_OPS = Signature(
    id="iommu-ops-removed",
    area="kernel/6.8",
    title={
        "en": "struct bus_type lost its iommu_ops field in Linux 6.8",
        "zh": "Linux 6.8 移除了 bus_type 的 iommu_ops",
    },
    why={
        "en": "The kernel moved the IOMMU operations out of the bus. The driver still looks for them there to learn"
        " whether the card is behind an IOMMU, so it no longer compiles.",
        "zh": "内核把 IOMMU 操作从总线结构中移走了。驱动仍然在那里查找它们，"
        "以判断显卡是否位于 IOMMU 之后，因此无法编译。",
    },
    match=(Match(kind="no-member", fields={"type": ("struct bus_type",), "member": ("iommu_ops",)}),),
    kernel=KernelChange(
        since="6.8",
        commit="75f74f85a42eb294b657f847c33e1bb7921dbec9",
        subject="iommu: Remove device_iommu_capable()",
        backports=("6.7.99",),
    ),
    companions=("eventfd-signal-args",),
    source=SourceTrace(uses=("$DEV->bus->iommu_ops",), unless=("bus_type_has_iommu_ops",)),
    fixed_in={"535": "535.183.04", "550": "550.90.05", "470": None},
    edits=(
        Edit(file="nvidia/nv-pci.c", find="$DEV->bus->iommu_ops == NULL", replace="!device_iommu_mapped($DEV)"),
        Edit(file="common/inc/nv-pci.h", find="#include <linux/pci.h>", after="#include <linux/iommu.h>"),
    ),
    proof=Proof(built=("look-alike vGPU tree on 6.12 headers",)),
    references=("https://git.kernel.org/linus/75f74f85a42e",),
)

EVENTFD = Signature(
    id="eventfd-signal-args",
    area="kernel/6.8",
    title={"en": "{function}() lost its counter argument", "zh": "{function}() 少了计数参数"},
    why={"en": "Linux 6.8 removed the second argument of {function}(); every caller passed 1."},
    match=(Match(kind="too-many-arguments", fields={"function": ("eventfd_signal",)}),),
    kernel=KernelChange(since="6.8"),
    no_edit="the number of callers differs from release to release",
)

SECURE_BOOT = Signature(
    id="module-key-rejected",
    area="load",
    title={"en": "Secure Boot rejected the key of the module"},
    why={"en": "The module was built but is not signed with a key that this host trusts."},
    match=(Match(kind="*", fields={"tool": ("kernel", "installer"), "severity": ("error",)}),),
    remedies=(
        RecordedRemedy(
            title={"en": "Enrol a key of your own"},
            steps=(
                "# The password that mokutil asks for is needed once, at the next start.",
                "mokutil --import MOK.der",
            ),
            undo=("mokutil --delete MOK.der",),
            check=("mokutil --test-key MOK.der",),
        ),
    ),
)


def no_member(log_line: int = 412, line: int = 225) -> Diagnostic:
    return Diagnostic(
        tool="compiler",
        severity="error",
        kind="no-member",
        message="'const struct bus_type' has no member named 'iommu_ops'",
        log_line=log_line,
        captures={"type": "const struct bus_type", "member": "iommu_ops"},
        place=Place(f"{TREE}/nvidia/nv-pci.c", line, 29),
        log="nvidia-installer.log",
        function="nv_pci_probe",
        excerpt=(
            f"     {line} |         if (pci_dev->dev.bus->iommu_ops == NULL)",
            "         |                             ^~",
        ),
    )


def too_many_arguments() -> Diagnostic:
    return Diagnostic(
        tool="compiler",
        severity="error",
        kind="too-many-arguments",
        message="too many arguments to function 'eventfd_signal'",
        log_line=455,
        captures={"function": "eventfd_signal"},
        place=Place(f"{TREE}/nvidia-vgpu-vfio/nvidia-vgpu-vfio.c", 2656, 9),
        log="nvidia-installer.log",
        excerpt=("    2656 |         eventfd_signal(trigger, 1);", "         |         ^~~~~~~~~~~~~~"),
    )


SEED_PATCH = """\
--- a/kernel/nvidia-vgpu-vfio/nvidia-vgpu-vfio.c
+++ b/kernel/nvidia-vgpu-vfio/nvidia-vgpu-vfio.c
@@ -2656,1 +2656,1 @@
-\teventfd_signal(trigger, 1);
+\teventfd_signal(trigger);
"""


def seed_report() -> RenderedReport:
    """Two causes, three remedies: the case of vGPU 17.1 on kernel 6.8."""
    facts = LogFacts(
        log="nvidia-installer.log",
        driver="550.54.16",
        flavour="vgpu-kvm",
        tree="kernel",
        kernel="6.8.4-2-pve",
        distribution="proxmox",
        compiler="gcc 12.2.0",
        tool="nvidia-installer",
        outcome="failed",
        lines=2311,
    )
    findings = (
        Finding(IOMMU_OPS, count=3, evidence=(no_member(), no_member(428, 1043)), files=2, consequences=41),
        Finding(EVENTFD, count=1, evidence=(too_many_arguments(),), consequences=1),
    )
    causes = ("iommu-ops-removed", "eventfd-signal-args")
    remedies = (
        RenderedRemedy(
            kind="driver",
            title="Install vGPU 17.2 (550.90.05), the first release of this branch that builds on 6.8",
            steps=steps(
                "# Fetch NVIDIA-Linux-x86_64-550.90.05-vgpu-kvm.run from the NVIDIA licensing portal. Running machines"
                " with a vGPU must be shut down first.",
                "sh NVIDIA-Linux-x86_64-550.90.05-vgpu-kvm.run --dkms -m=kernel",
                "systemctl restart nvidia-vgpud nvidia-vgpu-mgr",
            ),
            cures=causes,
            proof="confirmed",
            proof_detail="four public reports",
            unless="the guests cannot be moved to a 17.2 guest driver",
            undo=steps(
                "nvidia-uninstall",
            ),
            check=steps(
                "nvidia-smi vgpu",
            ),
        ),
        RenderedRemedy(
            kind="patch",
            title="Patch the driver at hand",
            steps=steps(
                "sh NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm.run --apply-patch fix.patch",
                "sh NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm-custom.run -m=kernel",
            ),
            cures=causes,
            proof="built",
            proof_detail="look-alike vGPU tree on 6.12 headers",
            patch=SEED_PATCH,
        ),
        RenderedRemedy(
            kind="pin",
            title="Stay on kernel 6.5",
            steps=steps(
                "cat > /etc/apt/preferences.d/proxmox-default-kernel <<'END'\nPackage: proxmox-default-kernel\n"
                "Pin: version 1.0.1\nPin-Priority: 1000\nEND",
                "proxmox-boot-tool kernel pin 6.5.13-6-pve",
            ),
            cures=causes,
            proof="reasoned",
            undo=steps("rm /etc/apt/preferences.d/proxmox-default-kernel", "proxmox-boot-tool kernel unpin"),
            check=steps(
                "uname -r",
            ),
        ),
    )
    diagnosis = Diagnosis(
        facts=(facts,), findings=findings, unrecognised=(), unrecognised_count=0, consequences=42, warnings=7
    )
    return RenderedReport(
        facts=facts,
        releases=("17.1",),
        diagnosis=diagnosis,
        remedies=remedies,
        notes=(
            RenderedNote(
                "text",
                "A build stops before it shows every cause: detach-ioas-missing is likely on this driver as well.",
            ),
        ),
        language="en",
        catalogue=CATALOGUE,
    )


def unknown_report() -> RenderedReport:
    """Errors that nothing explains, in the make.log of DKMS on a driver with two possible releases."""
    facts = LogFacts(
        log="make.log", driver="535.161.05", flavour="vgpu-kvm", kernel="6.8.4-2-pve", tool="dkms", outcome="failed"
    )
    unrecognised = (
        Diagnostic(
            tool="compiler",
            severity="error",
            kind="implicit-declaration",
            message="implicit declaration of function 'nv_new_helper' [-Wimplicit-function-declaration]",
            log_line=87,
            captures={"function": "nv_new_helper"},
            place=Place("/var/lib/dkms/nvidia/535.161.05/build/nvidia/nv.c", 10, 9),
            log="make.log",
            excerpt=("  nv_new_helper(dev);", "  ^"),
        ),
        Diagnostic(
            tool="modpost",
            severity="error",
            kind="undefined-symbol",
            message='"nv_other_helper" [nvidia.ko] undefined!',
            log_line=140,
            captures={"symbol": "nv_other_helper"},
            log="make.log",
        ),
    )
    diagnosis = Diagnosis(
        facts=(facts,),
        findings=(),
        unrecognised=unrecognised,
        unrecognised_count=12,
        consequences=3,
        warnings=0,
    )
    return RenderedReport(
        facts=facts,
        releases=("16.4", "16.5"),
        diagnosis=diagnosis,
        remedies=(),
        notes=(),
        language="en",
        catalogue=CATALOGUE,
    )


def success_report() -> RenderedReport:
    """A log of an install that went well."""
    facts = LogFacts(
        log="nvidia-installer.log", driver="550.90.05", kernel="6.8.12-4-pve", outcome="succeeded", lines=9
    )
    return RenderedReport(facts, (), Diagnosis((facts,), (), (), 0, 0, 1), (), (), "en", catalogue=CATALOGUE)


def chinese_report() -> RenderedReport:
    return replace(seed_report(), language="zh")


def mixed_report() -> RenderedReport:
    """A cause without a remedy, from a record of the user's own, beside an error that nothing explains."""
    facts = LogFacts(log="-", outcome="unknown", lines=5)
    rejected = Diagnostic(
        tool="kernel",
        severity="error",
        kind="key-rejected",
        message="Loading of module with unavailable key is rejected",
        log_line=3,
        captures={},
        log="-",
    )
    own = replace(SECURE_BOOT, origin="/etc/vgpu-doctor/signatures/load/module-key-rejected.yaml")
    finding = Finding(own, count=1, evidence=(rejected,), overridden=True)
    unrecognised = unknown_report().diagnosis.unrecognised[1:]
    return RenderedReport(
        facts, (), Diagnosis((facts,), (finding,), unrecognised, 1, 0, 0), (), (), "en", catalogue=CATALOGUE
    )


def private_report() -> RenderedReport:
    """An error that nothing explains, in a log that tells much about its host."""
    log = "/home/anna/nvidia-installer.log"
    facts = LogFacts(log=log, driver="535.161.05", kernel="6.8.4-2-pve", tool="kernel-log", outcome="failed", lines=90)
    lines = (
        "Apr 27 20:16:44 node7 kernel: NVRM: GPU 0000:01:00.0 (10de:2204) is at 192.168.1.10",
        "anna@node7:~$ ip link show: aa:bb:cc:dd:ee:0f",
        "Serial Number : 1322021012345, GPU-1b2c3d4e-1111-2222-3333-444455556666",
    )
    unrecognised = tuple(
        Diagnostic(
            tool="kernel",
            severity="error",
            kind="unknown",
            message=line,
            log_line=number,
            captures={"text": line},
            place=Place("/home/anna/NVIDIA/kernel/nvidia/nv.c", number),
            log=log,
        )
        for number, line in enumerate(lines, start=40)
    )
    diagnosis = Diagnosis((facts,), (), unrecognised, len(unrecognised), 0, 0)
    note = RenderedNote("text", "Apr 27 20:16:44 node7 kernel: is not the first line.")
    remedy = RenderedRemedy(
        kind="command",
        title="Look at the whole log",
        steps=steps(
            f"less {log}",
        ),
        cures=(),
        proof="reasoned",
    )
    return RenderedReport(facts, (), diagnosis, (remedy,), (note,), "en", catalogue=CATALOGUE)


REPORTS: dict[str, Callable[[], RenderedReport]] = {
    "seed": seed_report,
    "seed-zh": chinese_report,
    "unknown": unknown_report,
    "success": success_report,
    "mixed": mixed_report,
    "private": private_report,
}

# How the golden files of a format end.
GOLDEN_SUFFIXES = {
    "text": "txt",
    "markdown": "md",
    "bbcode": "bbcode",
    "json": "json",
    "sarif": "sarif",
    "html": "html",
}

SCHEMA = json.loads(files("vgpu_doctor.report").joinpath("report.schema.json").read_text(encoding="utf-8"))


def keeps_contract(text: str) -> bool:
    """Whether the text is JSON as the schema wants it; raises with the place that is not."""
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(json.loads(text))
    return True
