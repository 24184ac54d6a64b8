"""Compare predictions with builds, for every driver source and all kernel headers of a lab, where there is one.

A cause that the build could not reach does not count: a build that stops in a header never comes to the other files, and
modules with errors are never linked.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from vgpu_doctor.catalogue.load import load_catalogue
from vgpu_doctor.compat.driver_source import open_source
from vgpu_doctor.compat.kernel_headers import open_headers
from vgpu_doctor.compat.predict import predict
from vgpu_doctor.compat.verdict import Question
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from vgpu_doctor.compat.driver_source import DriverSource
    from vgpu_doctor.compat.kernel_headers import KernelHeaders
    from vgpu_doctor.compat.verdict import Prediction

ROOT = Path(__file__).parents[2]
LAB = Path(os.environ.get("LAB") or "/var/tmp/vgpu-lab")
LABELS = Path(os.environ.get("CORPUS") or ROOT.parent / "shared" / "corpus") / "lab"
HEADERS = {
    "6.1": "root-bookworm/usr/src/linux-headers-6.1.0-50-amd64",
    "6.12-gcc12": "root-bookworm/usr/src/linux-headers-6.12.95+deb12-amd64",
    "6.12": "root-trixie/usr/src/linux-headers-6.12.107+deb13-amd64",
    "7.2": "root-trixie/usr/src/linux-headers-7.2.12+deb13-amd64",
    "7.3": "root-trixie/usr/src/linux-headers-7.3.4+deb13-amd64",
}
NAME = re.compile(
    r"(?P<tree>open-|lookalike-)?(?P<build>[\d.]+)(?P<old>-old)?__(?P<kernel>[\d.]+(?:-gcc12)?)__"
    r"(?P<how>k|inst|dkms|stop)(?:-ignorecc)?\.log(?:\.gz)?\Z"
)
HIDES_THE_REST = frozenset({"extra-cflags-removed", "conftest-gcc14", "cc-version-check-failed", "stdarg-h-removed"})
AFTER_COMPILING = ("gpl-symbol", "pahole-awk-quotes")  # found by linking, which a build with errors never comes to
FIRST_VGPU_BRANCH = 470  # older drivers are no vGPU hosts of today, and their records have no traces

MISSES: dict[str, str] = {}
FALSE_ALARMS: dict[str, str] = {}
"""Causes that are predicted wrongly, each with the reason: none today."""


def cases() -> list[str]:
    """Return the names of logs whose source and headers are available."""
    if not LABELS.is_dir() or not LAB.is_dir():
        return []
    names = sorted(path.name for path in LABELS.iterdir() if NAME.match(path.name))
    return [name for name in names if source_folder(name).is_dir() and headers_folder(name) is not None]


def parts(name: str) -> dict[str, str]:
    found = NAME.match(name)
    assert found is not None
    return {key: value or "" for key, value in found.groupdict().items()}


def source_folder(name: str) -> Path:
    driver = parts(name)
    if driver["tree"] == "lookalike-":
        return LAB / "build/lookalike/kernel"
    return LAB / "src" / f"{driver['tree']}{driver['build']}{driver['old']}"


def headers_folder(name: str) -> Path | None:
    folder = HEADERS.get(parts(name)["kernel"])
    return LAB / folder if folder and (LAB / folder).is_dir() else None


@cache
def source_of(folder: Path, tree: str) -> DriverSource:
    return open_source(folder, "kernel-open" if tree == "open-" else None)


@cache
def headers_of(folder: Path) -> KernelHeaders:
    return open_headers(folder)


def predicted(name: str) -> Prediction:
    folder = headers_folder(name)
    assert folder is not None
    headers = headers_of(folder)
    source = source_of(source_folder(name), parts(name)["tree"])
    kind = "host" if source.for_vgpu else "plain"
    build = source.tree.version or parts(name)["build"]
    question = Question(build, kind, headers.release or "", source=source, headers=headers)  # type: ignore[arg-type]
    return predict(question, load_catalogue(), load_library())


def built(name: str) -> tuple[bool, set[str]]:
    """Return whether the build succeeded, and the ids of the causes that people found in its log."""
    yaml: Any = pytest.importorskip("yaml")
    label = LABELS / f"{name.removesuffix('.gz').removesuffix('.log')}.yaml"
    if not label.exists():
        return True, set()
    content = yaml.safe_load(label.read_text(encoding="utf-8"))
    return content["outcome"] != "failed", {cause["id"] for cause in content["causes"]}


def reached(cause: str, name: str, found: set[str]) -> bool:
    """Whether the build of a log could have shown a cause."""
    if found & HIDES_THE_REST or parts(name)["how"] == "stop":
        return False
    if parts(name)["tree"] == "lookalike-":
        return cause not in ("iommu-fwspec-ops-removed", "module-import-ns-string")  # switched off in these builds
    return not (cause.startswith(AFTER_COMPILING) and found)


@pytest.mark.slow
@pytest.mark.corpus
@pytest.mark.skipif(not cases(), reason="there is no lab here")
def test_what_was_built_is_foreseen(capsys: pytest.CaptureFixture[str]) -> None:
    agreed = missed = alarmed = 0
    lines, surprises = [], []
    for name in cases():
        if int(parts(name)["build"].partition(".")[0]) < FIRST_VGPU_BRANCH:
            continue
        prediction = predicted(name)
        went_through, causes = built(name)
        ids = set(prediction.ids)
        lost = causes - ids
        false = {cause for cause in ids - causes if reached(cause, name, causes)}
        agreed += len(causes & ids)
        missed += len(lost)
        alarmed += len(false)
        surprises += [(name, cause) for cause in (lost - set(MISSES)) | (false - set(FALSE_ALARMS))]
        lines.append(
            f"{name:48} {prediction.verdict:8} agreed {len(causes & ids):2} missed {sorted(lost)} {sorted(false)}"
        )
        assert prediction.verdict != ("fails" if went_through else "builds"), name
    with capsys.disabled():
        print("\n" + "\n".join(lines) + f"\nagreed {agreed}, missed {missed}, false alarms {alarmed}")
    assert not surprises
    assert agreed / (agreed + missed + alarmed) >= 0.95
