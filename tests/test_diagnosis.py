"""What a diagnosis makes of lines that are no cause by themselves, and of modules beside the driver."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vgpu_doctor.diagnosis import Diagnoser
from vgpu_doctor.engine import diagnose
from vgpu_doctor.grammar.diagnostics import diagnostics
from vgpu_doctor.grammar.log_facts import FactCollector
from vgpu_doctor.intake.decode import decode_blocks
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from vgpu_doctor.model import Diagnosis
    from vgpu_doctor.signatures.index import Library

SAMPLES = sorted((Path(__file__).parents[1] / "sample_logs").glob("*.log"))


@cache
def library() -> Library:
    return load_library(system="/nonexistent")


def of(text: str) -> Diagnosis:
    return diagnose([("log", list(decode_blocks([text.encode()])))], library())


def ids(text: str) -> list[str]:
    return [finding.id for finding in of(text).findings]


def test_an_adapter_that_fails_for_no_known_reason_is_shown() -> None:
    diagnosis = of("[ 9.100000] NVRM: GPU 0000:41:00.0: RmInitAdapter failed! (0x31:0x40:2525)\n")
    assert not diagnosis.findings
    assert [diagnostic.kind for diagnostic in diagnosis.unrecognised] == ["init-adapter-failed"]
    assert diagnosis.unrecognised_count == 1
    assert diagnosis.consequences == 0


def test_an_adapter_that_fails_for_a_known_reason_is_a_consequence() -> None:
    diagnosis = of(
        "[ 9.000000] NVRM: RmInitAdapter: Cannot initialize GSP firmware RM\n"
        "[ 9.100000] NVRM: GPU 0000:41:00.0: RmInitAdapter failed! (0x62:0x40:1792)\n"
    )
    assert [finding.id for finding in diagnosis.findings] == ["gsp-boot-failed"]
    assert not diagnosis.unrecognised


def test_an_untrusted_signature_refuses_nothing_by_itself() -> None:
    untrusted = "[ 7.000000] PKCS#7 signature not signed with a trusted key\n"
    assert (
        ids(untrusted + "[ 7.100000] nvidia-nvlink: Nvlink Core is being initialized, major device number 237\n") == []
    )
    refused = "modprobe: ERROR: could not insert 'nvidia': Key was rejected by service\n"
    assert ids(untrusted + refused) == ["module-signature-rejected"]


def test_that_no_driver_answers_is_no_cause_where_the_installation_failed() -> None:
    absent = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"
    assert ids(absent) == ["module-not-built-for-running-kernel"]
    failed = 'ERROR: An error occurred while performing the step: "Building kernel modules". See the log for details.\n'
    assert ids(absent + failed) == []


def test_the_failed_build_of_another_module_is_none_of_the_driver() -> None:
    assert (
        ids("Building rpms failed; see /var/cache/akmods/v4l2loopback/0.13-1-for-6.8.1.failed.log for details\n") == []
    )
    assert ids("Error! Build of vboxdrv.ko failed for: 6.8.4-2-pve (x86_64)\n") == []
    assert ids("dkms autoinstall on 6.8.4-2-pve/x86_64 failed for zfs(10)\n") == []
    both = "dkms autoinstall on 6.8.4-2-pve/x86_64 failed for zfs(10) nvidia(10)\n"
    assert ids(both) == ["dkms-build-failed-no-detail"]
    assert ids("Building DKMS module: nvidia-390.138... FAILED!\n") == ["dkms-build-failed-no-detail"]


def test_modules_beside_the_driver_are_not_the_driver() -> None:
    complaint = "gds/src/nvfs-mmap.c:667:23: error: assignment of read-only member 'vm_flags'\n"
    assert ids(complaint) == []
    assert ids(complaint.replace("gds/src/nvfs-mmap.c", "build/nvidia/nv-mmap.c")) == ["vm-flags-const"]
    nvcc = "/usr/local/cuda/include/crt/host_config.h:143:2: error: #error -- unsupported GNU version!\n"
    assert not of(nvcc).unrecognised
    option = "gcc: error: unrecognized command-line option '-mharden-sls=all'\n"
    assert ids("DKMS make.log for nvidia-fs-2.19.6 for kernel 6.5.0-18-generic (x86_64)\n" + option) == []
    assert ids("make: *** [Makefile:9: /var/lib/dkms/i915-sriov/dkms/build/x.o] Error 1\n" + option) == []


ABSENT = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"
STEP_FAILED = (
    'ERROR: An error occurred while performing the step: "Building kernel modules". See the log for details.\n'
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ABSENT + STEP_FAILED, id="a cause that is forgotten"),
        pytest.param(
            "nvidia/nv.c:1:2: error: implicit declaration of function 'foll0w_pfn'\n"
            "nvidia/nv.c:9:2: error: something new about 'x'\n",
            id="a misread name",
        ),
        pytest.param("[ 9.1] NVRM: GPU 0000:41:00.0: RmInitAdapter failed! (0x31:0x40:2525)\n", id="a symptom"),
        *(pytest.param(path.read_text(encoding="utf-8", errors="replace"), id=path.name) for path in SAMPLES),
    ],
)
def test_the_same_diagnosis_can_be_asked_for_twice(text: str) -> None:
    diagnoser = Diagnoser(library())
    collector = FactCollector("log")
    for diagnostic in diagnostics(decode_blocks([text.encode()]), "log", collector):
        diagnoser.add(diagnostic)
    first = diagnoser.diagnosis([collector.facts()])
    assert diagnoser.diagnosis([collector.facts()]) == first == of(text)
