"""Numbers of drivers and kernels."""

from __future__ import annotations

import pytest

from vgpu_doctor.versions import (
    compare_builds,
    driver_branch,
    driver_numbers,
    guard_allows,
    is_driver_build,
    kernel_distribution,
    kernel_series,
    parse_guard,
    parse_kernel,
    same_branch,
    series_numbers,
)


def test_builds_are_ordered_by_number_and_not_by_text() -> None:
    builds = ["535.98", "550.54.16", "535.161.05", "535.54.03"]
    assert sorted(builds, key=driver_numbers) == ["535.54.03", "535.98", "535.161.05", "550.54.16"]


@pytest.mark.parametrize("text", ["550", "550.54.16-grid", "550.54.16\n", "v550.54.16", "6.8.4-2-pve", ""])
def test_what_is_no_build_is_refused(text: str) -> None:
    assert not is_driver_build(text)
    with pytest.raises(ValueError, match="is not a driver build such as"):
        driver_numbers(text)


def test_the_branch_is_the_first_number() -> None:
    assert driver_branch("550.54.16") == "550"
    assert same_branch("550.54.16", "550.163.01")
    assert not same_branch("550.54.16", "535.161.05")


@pytest.mark.parametrize(
    ("first", "second", "same_sequence", "expected"),
    [
        ("550.54.16", "550.90.05", True, -1),
        ("550.54.16", "550.54.10", True, 1),
        ("550.90.05", "550.90.05", False, 0),
        ("550.90.05", "550.90.07", True, -1),
        ("550.90.05", "550.90.07", False, None),  # a host build and a plain one: the last number says nothing
        ("535.179", "535.183.04", False, -1),
        ("550.107.02", "550.90.07", False, 1),
    ],
)
def test_host_and_plain_builds_compare_up_to_the_second_number(
    first: str, second: str, same_sequence: bool, expected: int | None
) -> None:
    assert compare_builds(first, second, same_sequence=same_sequence) == expected


@pytest.mark.parametrize(
    ("release", "series", "distribution"),
    [
        ("6.8.4-2-pve", "6.8", "pve"),
        ("6.14.11-9-bpo12-pve", "6.14", "pve"),
        ("5.15.158-2-pve", "5.15", "pve"),
        ("6.8.0-45-generic", "6.8", "ubuntu"),
        ("5.15.0-1053-aws", "5.15", "ubuntu"),
        ("6.8.0-1010-nvidia-64k", "6.8", "ubuntu"),
        ("6.8.4-060804-generic", "6.8", None),  # from the mainline archive, no kernel of Ubuntu's own
        ("6.1.0-18-amd64", "6.1", "debian"),
        ("6.12.43+deb13-amd64", "6.12", "debian"),
        ("6.12.9+bpo-amd64", "6.12", "debian"),
        ("5.14.0-427.13.1.el9_4.x86_64", "5.14", "rhel"),
        ("4.18.0-553.el8_10.x86_64", "4.18", "rhel"),
        ("5.15.0-200.131.27.el8uek.x86_64", "5.15", "oracle"),
        ("6.8.9-300.fc40.x86_64", "6.8", "fedora"),
        ("6.1.102-111.182.amzn2023.x86_64", "6.1", "amazon"),
        ("6.9.1-arch1-1", "6.9", "arch"),
        ("6.6.30-1-lts", "6.6", "arch"),
        ("6.9.1-zen1-1-zen", "6.9", "arch"),
        ("6.4.0-150600.23.7-default", "6.4", "sles"),
        ("6.9.1-1-default", "6.9", "opensuse"),
        ("6.12.24-Unraid", "6.12", "unraid"),
        ("6.6.30", "6.6", None),
        ("6.8", "6.8", None),
    ],
)
def test_a_kernel_release_tells_series_and_distribution(release: str, series: str, distribution: str | None) -> None:
    assert kernel_series(release) == series
    assert kernel_distribution(release) == distribution


@pytest.mark.parametrize(
    "text", ["linux", "6", "6.8.4x", "", "6.8.4; reboot -pve", "6.8.4-$(id)-pve", "6.8\n", "6." * 90]
)
def test_what_is_no_kernel_release_or_no_single_word_is_refused(text: str) -> None:
    assert parse_kernel(text) is None
    assert kernel_series(text) is None


def test_a_kernel_release_tells_the_release_of_its_distribution() -> None:
    for text, expected in {
        "6.14.11-9-bpo12-pve": "12",
        "5.14.0-427.13.1.el9_4.x86_64": "9.4",
        "6.12.43+deb13-amd64": "13",
        "6.8.4-2-pve": None,
    }.items():
        kernel = parse_kernel(text)
        assert kernel is not None
        assert kernel.distribution_release == expected


def test_the_series_of_an_enterprise_kernel_predicts_nothing() -> None:
    rhel, pve = parse_kernel("5.14.0-427.13.1.el9_4.x86_64"), parse_kernel("6.8.4-2-pve")
    assert rhel is not None
    assert pve is not None
    assert not rhel.series_predicts
    assert pve.series_predicts


def test_series_are_ordered_by_number() -> None:
    assert sorted(["6.10", "6.8", "5.15", "7.0", "6.2"], key=series_numbers) == ["5.15", "6.2", "6.8", "6.10", "7.0"]


@pytest.mark.parametrize(
    ("guard", "allowed", "refused"),
    [
        (">=6.8", ["6.8", "6.8.0-45-generic", "6.8.4-2-pve", "6.10", "7.0"], ["6.5.13-6-pve", "5.15"]),
        ("<6.13,>=6.6", ["6.6", "6.12.9"], ["6.5", "6.13", "6.13.1"]),
        ("<=6.8", ["6.8.12-43-pve", "6.5"], ["6.9"]),
        (">6.8", ["6.9"], ["6.8.12-43-pve"]),
        ("==6.8", ["6.8.4-2-pve"], ["6.18"]),
        ("!=6.8", ["6.18"], ["6.8.4-2-pve"]),
        (">=6.1.76, <6.2", ["6.1.76", "6.1.102"], ["6.1.75", "6.1", "6.2.16"]),
    ],
)
def test_a_guard_names_kernels(guard: str, allowed: list[str], refused: list[str]) -> None:
    assert [kernel for kernel in allowed if not guard_allows(guard, kernel)] == []
    assert [kernel for kernel in refused if guard_allows(guard, kernel)] == []


@pytest.mark.parametrize(
    ("guard", "position"), [("6.8", 0), (">=6.8;<7", 5), (">=6.8,", 6), ("", 0), (">=6", 0), (">= six", 0)]
)
def test_a_wrong_guard_is_shown_with_the_spot(guard: str, position: int) -> None:
    with pytest.raises(ValueError, match="wanted") as error:
        parse_guard(guard)
    shown = str(error.value).splitlines()
    assert shown[1] == f"    {guard}"
    assert shown[2].index("^") == 4 + position
