"""What ``check`` answers on any machine: driver and kernel by name, no host behind them."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from vgpu_doctor.advice.host_context import UserInput
from vgpu_doctor.catalogue.load import load_catalogue
from vgpu_doctor.cli import check as check_command
from vgpu_doctor.cli.start import exit_code_of
from vgpu_doctor.compat.changes import carried
from vgpu_doctor.compat.kernel_headers import open_headers
from vgpu_doctor.compat.predict import predict
from vgpu_doctor.compat.verdict import Question
from vgpu_doctor.frozen import replace
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from pathlib import Path

    from vgpu_doctor.compat.verdict import Verdict

BUILDS, WILL_NOT, COULD_NOT_RUN, NOT_KNOWN = 0, 1, 2, 3

ANSWERS = [
    ("535.161.05", "6.8.4-2-pve", WILL_NOT, ["eventfd-signal-args", "iommu-ops-removed"]),
    ("16.4", "6.8", WILL_NOT, ["detach-ioas-missing", "symbol-get-gpl-only"]),
    ("16.6", "6.8", WILL_NOT, ["symbol-get-gpl-only"]),
    ("16.8", "6.8.12-43-pve", BUILDS, []),
    ("17.1", "6.5.13-5-pve", BUILDS, []),
    ("17.1", "6.8.4-2-pve", WILL_NOT, ["eventfd-signal-args", "iommu-ops-removed"]),
    ("17.5", "6.14.11-9-pve", WILL_NOT, ["no-llseek-removed"]),
    ("17.6", "6.17", WILL_NOT, ["extra-cflags-removed"]),
    ("18.4", "6.17", WILL_NOT, ["irq-bypass-args"]),
    ("19.4", "7.0", WILL_NOT, ["vma-write-locked-args"]),
    ("19.5", "7.0.14-14-pve", BUILDS, []),
    ("20.2", "9.9", NOT_KNOWN, []),
    ("17.1", "5.14.0-427.13.1.el9_4.x86_64", NOT_KNOWN, []),
    ("17.4", "5.14.0-427.13.1.el9_4.x86_64", NOT_KNOWN, []),  # NVIDIA shipped it for 9.4, which is not this update
    ("580.65.06", "5.14.0-503.el9.x86_64", NOT_KNOWN, []),
    ("16.2", "6.6.15", WILL_NOT, ["gpl-symbol-rcu-read-unlock-strict"]),
]


def run_check(*arguments: Any, **options: Any) -> int:
    """The command behind the handler that every command has."""
    return exit_code_of(lambda: check_command.run_check(*arguments, **options))


@pytest.mark.parametrize(("driver", "kernel", "code", "causes"), ANSWERS)
def test_verdict_is_told_by_the_exit_code(
    driver: str, kernel: str, code: int, causes: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run_check(UserInput(driver=driver, kernel=kernel, root=tmp_path), form="json", language="en") == code
    report = json.loads(capsys.readouterr().out)
    schema = json.loads((files("vgpu_doctor.report") / "report.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(report)
    found = [finding["id"] for finding in report["findings"]]
    assert set(causes) <= set(found)
    assert found == report["check"]["verdicts"][0]["causes"]


@pytest.mark.parametrize(
    ("user_input", "says"),
    [
        (UserInput(driver="16.99", kernel="6.8"), "not a known driver"),
        (UserInput(driver="latest", kernel="6.8"), "not a known driver"),
        (UserInput(driver="16.4", kernel="newest"), "is not a kernel"),
        (UserInput(driver="16.4", kernel="6.8;rm -rf /"), "is not a kernel"),
        (UserInput(driver="16.4", kernel="6.8..6.2"), "names 0 kernels"),
        (UserInput(driver="16.4", kernel="6.8", gpu="RTX 6000"), "fits two"),
        (UserInput(driver="16.4", kernel="6.8", pve="99"), "not a known release of Proxmox VE"),
    ],
)
def test_mistakes_are_told_in_one_line(user_input: UserInput, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_check(user_input, language="en") == COULD_NOT_RUN
    printed = capsys.readouterr()
    assert not printed.out
    assert printed.err.count("\n") == 1
    assert says in printed.err


def test_missing_folders_are_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for user_input in (
        UserInput(driver="16.4", kernel="6.8", headers=tmp_path),
        UserInput(driver="16.4", kernel="6.8", source=tmp_path),
        UserInput(root=tmp_path / "none"),
    ):
        assert run_check(user_input, language="en") == COULD_NOT_RUN
        assert str(tmp_path) in capsys.readouterr().err


def test_range_is_a_table_of_series(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run_check(UserInput(driver="17.5", kernel="6.8..6.17", root=tmp_path), form="json") == WILL_NOT
    verdicts = {one["series"]: one["verdict"] for one in json.loads(capsys.readouterr().out)["check"]["verdicts"]}
    assert list(verdicts) == sorted(verdicts, key=lambda series: int(series.partition(".")[2]))
    assert verdicts["6.8"] == "builds"
    assert verdicts["6.14"] == verdicts["6.17"] == "fails"


def test_card_that_the_branch_has_not_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run_check(UserInput(driver="17.6", kernel="6.8", gpu="Tesla P4", root=tmp_path), language="en") == WILL_NOT
    out = capsys.readouterr().out
    assert "builds but will not work" in out
    assert "vGPU 17 does not support Tesla P4 GPUs" in out


def test_series_becomes_the_newest_kernel_of_the_release(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run_check(UserInput(driver="16.8", kernel="6.8", pve="8.2", root=tmp_path), language="en")
    assert "kernel 6.8.12-" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_matrix_has_a_row_for_each_release_that_has_the_card(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_check(UserInput(gpu="Tesla P4"), form=form, matrix=True, language="en") == 0
    out = capsys.readouterr().out
    assert "16.14" in out
    assert not re.search(r"\b17\.[0-9]\b", out)


@pytest.mark.parametrize("form", ["text", "markdown", "bbcode", "json", "html", "prometheus"])
def test_every_form_names_the_driver(form: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run_check(UserInput(driver="16.4", kernel="6.8", root=tmp_path), form=form, language="zh") == WILL_NOT
    assert "16.4" in capsys.readouterr().out


def test_sarif_has_a_result_for_each_cause(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run_check(UserInput(driver="16.4", kernel="6.8", root=tmp_path), form="sarif", language="zh") == WILL_NOT
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert {"detach-ioas-missing", "symbol-get-gpl-only"} <= {result["ruleId"] for result in results}


def test_advice_is_for_before_and_speaks_of_no_log(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run_check(UserInput(driver="16.4", kernel="6.8.4-2-pve", root=tmp_path), language="en")
    out = " ".join(capsys.readouterr().out.split())
    assert "Before the upgrade: Install vGPU 16.14" in out
    assert not re.search(r"\b(errors of the|No|a) log\b", out)
    assert "To get the host working now" not in out


# Headers outrank numbers

OLD_EVENTFD = "__u64 eventfd_signal(struct eventfd_ctx *ctx, __u64 n);\n"
NEW_EVENTFD = "/* eventfd_signal(struct eventfd_ctx *ctx, __u64 n) is gone */\nvoid eventfd_signal_mask(struct eventfd_ctx *, __poll_t);\n"
OLD_BUS = "struct bus_type {\n\tconst struct iommu_ops *iommu_ops;\n};\n"


def headers(folder: Path, release: str, eventfd: str, bus: str) -> Path:
    """Headers with two files that the records ask for."""
    for name, text in (
        ("include/linux/module.h", ""),
        ("include/linux/eventfd.h", eventfd),
        ("include/linux/device/bus.h", bus),
        ("include/generated/utsrelease.h", f'#define UTS_RELEASE "{release}"\n'),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("release", "eventfd", "bus", "causes"),
    [
        ("5.14.0-503.el9_5.x86_64", NEW_EVENTFD, OLD_BUS, ["eventfd-signal-args"]),
        ("6.8.0-31-generic", OLD_EVENTFD, OLD_BUS, []),
        ("6.5.13-5-pve", NEW_EVENTFD, "struct bus_type {\n};\n", ["eventfd-signal-args", "iommu-ops-removed"]),
    ],
)
def test_headers_tell_backports_from_numbers(
    release: str, eventfd: str, bus: str, causes: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = headers(tmp_path / "h", release, eventfd, bus)
    run_check(UserInput(driver="17.1", headers=folder, root=tmp_path), form="json", language="en")
    [verdict] = json.loads(capsys.readouterr().out)["check"]["verdicts"]
    two = [name for name in verdict["causes"] if name in ("eventfd-signal-args", "iommu-ops-removed")]
    assert verdict["kernel"] == release
    assert (two if verdict["verdict"] != "builds" else []) == causes
    assert "headers" in [one["kind"] for one in verdict["evidence"]]


def test_headers_of_another_kernel_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = headers(tmp_path / "h", "6.8.12-4-pve", NEW_EVENTFD, OLD_BUS)
    for kernel, code in (
        ("6.8", WILL_NOT),
        ("6.8.12-4-pve", WILL_NOT),
        ("6.8.4-2-pve", 2),
        ("6.5..6.8", 2),
        ("6.14", 2),
    ):
        assert run_check(UserInput(driver="17.1", kernel=kernel, headers=folder, root=tmp_path), language="en") == code
        assert ("is for 6.8.12-4-pve, but --kernel names" in capsys.readouterr().err) == (code == COULD_NOT_RUN)


def test_source_of_another_driver_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "NVIDIA-Linux-x86_64-550.163.01/kernel"
    (folder / "nvidia").mkdir(parents=True)
    (folder / "Kbuild").write_text("obj-m += nvidia.o\n")
    user_input = UserInput(driver="17.1", kernel="6.8", source=folder, root=tmp_path)
    assert run_check(user_input, language="en") == COULD_NOT_RUN
    assert "incomplete driver source" in capsys.readouterr().err
    (folder / "conftest.sh").write_text("")
    assert run_check(user_input, language="en") == COULD_NOT_RUN
    assert "is 550.163.01, but --driver names 550.54.16" in capsys.readouterr().err
    nameless = folder.parent.rename(tmp_path / "unpacked") / "kernel"
    assert (
        run_check(UserInput(driver="17.1", kernel="6.8", source=nameless, root=tmp_path), language="en")
        == COULD_NOT_RUN
    )
    assert "is not a vGPU host driver" in capsys.readouterr().err


def test_matrix_takes_no_driver(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_check(UserInput(driver="17.1"), matrix=True, language="en") == COULD_NOT_RUN
    assert "--matrix: the table has every release" in capsys.readouterr().err


def test_what_a_kernel_without_iommufd_has_is_not_asked_of_the_driver(tmp_path: Path) -> None:
    folder = headers(tmp_path, "6.12.9-amd64", NEW_EVENTFD, OLD_BUS)
    (folder / "include/linux/vfio.h").write_text("struct s { void\t(*detach_ioas)(struct vfio_device *vdev); };\n")
    probe = load_library()["detach-ioas-missing"].probe
    assert probe is not None
    for text, wanted in (("#define CONFIG_IOMMUFD_MODULE 1\n", True), ("#define CONFIG_IOMMU 1\n", False)):
        (folder / "include/generated/autoconf.h").write_text(text)
        assert open_headers(folder).has_change(probe) is wanted


# Kernels whose number says little


@pytest.mark.parametrize("kernel", ["4.18.0-553.el8_10.x86_64", "5.14.0-503.el9.x86_64", "5.14.21-150500.55.7-default"])
def test_no_enterprise_kernel_is_promised_without_its_headers(kernel: str) -> None:
    catalogue, library = load_catalogue(), load_library()
    hosts = [Question(one.host, "host", kernel) for one in catalogue.releases]
    plain = [Question(build, "plain", kernel) for branch in catalogue.plain_branches for build in branch.builds]
    assert all(predict(question, catalogue, library).verdict != "builds" for question in (*hosts, *plain))


def test_an_enterprise_kernel_is_answered_with_what_would_tell(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    user_input = UserInput(driver="17.4", kernel="5.14.0-427.13.1.el9_4.x86_64", root=tmp_path)
    assert run_check(user_input, language="en") == NOT_KNOWN
    out = " ".join(capsys.readouterr().out.split())
    assert "NVIDIA shipped vGPU 17.4 for RHEL 9.4" in out
    assert "install kernel-devel-5.14.0-427.13.1.el9_4.x86_64" in out
    assert "--headers /usr/src/kernels/5.14.0-427.13.1.el9_4.x86_64" in out


@pytest.mark.parametrize(
    ("backport", "kernel", "brought"),
    [
        ("RHEL 5.14.0-503", "5.14.0-503.el9.x86_64", True),
        ("RHEL 5.14.0-503", "5.14.0-570.12.1.el9_6.x86_64", True),
        ("RHEL 5.14.0-503", "5.14.0-427.13.1.el9_4.x86_64", None),
        ("RHEL 5.14.0-503", "5.14.0-503-generic", False),
        ("5.14.0", "5.14.0-503.el9.x86_64", None),  # an update of the stable kernel says nothing of Red Hat's
        ("6.6.15", "6.6.15", True),
        ("stable 6.6.15", "6.6.16-arch1-1", True),
        ("6.6.15", "6.6.14", False),
    ],
)
def test_a_recorded_backport_is_the_evidence(backport: str, kernel: str, brought: bool | None) -> None:
    signature = load_library()["eventfd-signal-args"]
    assert signature.kernel is not None
    signature = replace(signature, kernel=replace(signature.kernel, backports=(backport,)))
    here, by_headers, named = carried(signature, Question("550.54.16", "host", kernel))
    assert (here, by_headers, named) == (brought, False, backport if brought else None)


def test_the_update_that_brought_a_change_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run_check(UserInput(driver="16.2", kernel="6.6.17", root=tmp_path), language="en")
    assert "6.6.15 brought the change to this older series" in " ".join(capsys.readouterr().out.split())


# The table of the gathered facts: what each release needs, by kernel

NEEDS = """
16.0 16.5 fails fails fails fails fails
16.6 16.7 unusable fails fails fails fails
16.8 16.8 builds builds fails fails fails
16.9 16.9 builds builds fails fails fails
16.10 16.10 builds builds builds fails fails
16.11 16.13 builds builds builds fails fails
16.14 16.14 builds builds builds builds unknown
17.0 17.1 fails fails fails fails fails
17.2 17.3 builds fails fails fails fails
17.4 17.4 builds builds fails fails fails
17.5 17.5 builds builds fails fails fails
17.6 17.6 builds builds builds fails fails
18.0 18.6 builds builds builds fails fails
19.0 19.3 builds builds builds fails fails
19.4 19.4 builds builds builds builds fails
19.5 19.6 builds builds builds builds builds
20.0 20.2 builds builds builds builds builds
"""


@pytest.mark.parametrize("row", NEEDS.strip().split("\n"))
def test_every_cell_of_the_gathered_table_is_foreseen(row: str) -> None:
    first, last, *wanted = row.split()
    catalogue, library = load_catalogue(), load_library()
    low, high = (tuple(map(int, name.split("."))) for name in (first, last))
    releases = [one for one in catalogue.releases if low <= one.numbers <= high]
    assert releases
    for release in releases:
        found: list[Verdict] = [
            predict(Question(release.host, "host", series), catalogue, library).verdict
            for series in ("6.8", "6.11", "6.14", "6.17", "7.0")
        ]
        assert found == wanted, release.release


# The floors that were gathered from the open modules: plain builds, the first of each branch that knows all up to a series

FLOORS = """
6.8 535.154.05 535.146.02
6.10 535.216.01 535.183.01
6.12 535.230.02 535.216.01
6.13 535.247.01 535.230.02
6.15 535.261.03 535.247.01
6.10 550.90.07 550.78
6.12 550.135 550.120
6.14 550.163.01 550.144.03
6.15 570.169 570.144
6.17 570.190 570.172.08
6.17 580.82.07 580.76.05
6.19 580.126.18 580.105.08
7.0 580.142 580.126.18
"""


@pytest.mark.parametrize("row", FLOORS.strip().split("\n"))
def test_plain_builds_never_contradict_the_gathered_floors(row: str) -> None:
    series, floor, below = row.split()
    catalogue, library = load_catalogue(), load_library()
    assert predict(Question(floor, "plain", series), catalogue, library).verdict != "fails"
    assert predict(Question(below, "plain", series), catalogue, library).verdict != "builds"
