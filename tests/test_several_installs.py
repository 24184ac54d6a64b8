"""A paste that holds the logs of several installs: each is diagnosed, and none borrows from the others."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vgpu_doctor.engine import diagnose
from vgpu_doctor.grammar.installs import Install, installs_of
from vgpu_doctor.intake import reading
from vgpu_doctor.intake.reading import blocks_of, read_log
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from vgpu_doctor.model import Diagnosis

SAMPLES = sorted((Path(__file__).parents[1] / "sample_logs").glob("*.log"))

OLD = """\
nvidia-installer log file '/var/log/nvidia-installer.log'
creation time: Mon Apr  1 10:00:00 2024
installer version: 535.104.06
   make[1]: Entering directory '/usr/src/linux-headers-6.3.13-1-pve'
   kernel/nvidia/nv-mmap.c:470:23: error: assignment of read-only member 'vm_flags'
ERROR: Installation has failed.
"""
NEW = """\
nvidia-installer log file '/var/log/nvidia-installer.log'
creation time: Mon Apr  8 10:00:00 2024
installer version: 550.54.16
   make[1]: Entering directory '/usr/src/linux-headers-6.8.4-2-pve'
   kernel/nvidia/nv-pci.c:225:29: error: 'const struct bus_type' has no member named 'iommu_ops'
ERROR: Installation has failed.
"""
DKMS = """\
DKMS make.log for nvidia-550.54.16 for kernel {kernel} (x86_64)
kernel/nvidia/nv-pci.c:225:29: error: 'const struct bus_type' has no member named 'iommu_ops'
"""


def diagnosed(*texts: str) -> Diagnosis:
    logs = ((f"log {number}", blocks_of(io.BytesIO(text.encode()), "log")) for number, text in enumerate(texts))
    return diagnose(logs, load_library(system="/nonexistent"))


def what(diagnosis: Diagnosis) -> tuple[str | None, str | None, list[str]]:
    facts = diagnosis.facts[0]
    return facts.driver, facts.kernel, [finding.id for finding in diagnosis.findings]


IS_OLD = ("535.104.06", "6.3.13-1-pve", ["vm-flags-const"])
IS_NEW = ("550.54.16", "6.8.4-2-pve", ["iommu-ops-removed"])


@pytest.mark.parametrize("piece", [120, 300, 256 * 1024])
def test_the_last_failed_install_is_answered_and_the_others_are_told(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK_SIZE", piece)
    found = diagnosed(f"I tried this:\n{OLD}and then that:\n{NEW}")
    assert what(found) == IS_NEW
    assert [what(other) for other in found.others] == [IS_OLD]
    assert found.findings[0].evidence[0].log_line == 13
    assert found.others[0].findings[0].evidence[0].log_line == 6
    if piece > 1000:
        assert [(one.facts[0].first_line, one.facts[0].lines) for one in (*found.others, found)] == [(1, 8), (9, 14)]


def test_an_install_that_succeeded_at_last_does_not_hide_the_failed_one() -> None:
    done = "installer version: 535.261.04\n-> done.\nInstallation of the NVIDIA Accelerated Graphics Driver for Linux-x86_64 (version: 535.261.04) is now complete.\n"  # fmt: skip
    found = diagnosed(NEW + done)
    assert what(found) == IS_NEW
    assert [other.facts[0].driver for other in found.others] == ["535.261.04"]


def test_an_install_that_goes_on_later_is_still_one() -> None:
    found = diagnosed(NEW + OLD + NEW)
    assert what(found) == IS_NEW
    assert [what(other) for other in found.others] == [IS_OLD]


def test_one_driver_built_for_two_kernels_is_two_builds() -> None:
    found = diagnosed(DKMS.format(kernel="6.8.4-2-pve") + DKMS.format(kernel="6.11.0-2-pve"))
    assert what(found) == ("550.54.16", "6.11.0-2-pve", ["iommu-ops-removed"])
    assert [what(other) for other in found.others] == [("550.54.16", "6.8.4-2-pve", ["iommu-ops-removed"])]


@pytest.mark.parametrize("apart", [False, True])
def test_logs_of_one_install_stay_together(apart: bool) -> None:
    kernel_log = "[ 5.1] NVRM: API mismatch: the client has the version 550.54.16, but\n"
    texts = [kernel_log, NEW, DKMS.format(kernel="6.8.4-2-pve"), NEW]
    found = diagnosed(*texts) if apart else diagnosed("".join(texts))
    assert not found.others
    assert "iommu-ops-removed" in what(found)[2]


def test_files_of_different_installs_are_told_apart_as_well() -> None:
    found = diagnosed(OLD, NEW)
    assert what(found) == IS_NEW
    assert [what(other) for other in found.others] == [IS_OLD]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_log_of_one_install_passes_unchanged(sample: Path) -> None:
    installs = [Install()]
    before = list(read_log(str(sample)))
    assert [block for _, block in installs_of(before, installs)] == before
    assert len(installs) == 1


def test_very_many_installs_in_one_log_are_not_all_told_apart() -> None:
    found = diagnosed("".join(f"installer version: {100 + n % 800}.{10 + n % 80}\n" for n in range(20_000)))
    assert len(found.others) < 50
