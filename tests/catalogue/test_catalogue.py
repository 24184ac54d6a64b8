"""The catalogue: what it holds, what can be looked up, and how it says what is wrong with it."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from vgpu_doctor.catalogue.fixes import at_least
from vgpu_doctor.catalogue.load import load_raw, parse_catalogue
from vgpu_doctor.errors import RecordError

if TYPE_CHECKING:
    from vgpu_doctor.catalogue.catalogue import Catalogue

FOLDER = Path(__file__).parents[2] / "signatures" / "catalogue"


@pytest.fixture(scope="module")
def raw() -> dict[str, Any]:
    return load_raw(FOLDER)


@pytest.fixture(scope="module")
def catalogue(raw: dict[str, Any]) -> Catalogue:
    return parse_catalogue(raw)


def test_the_whole_catalogue_is_right_and_the_same_from_json(raw: dict[str, Any], catalogue: Catalogue) -> None:
    catalogue.check()
    compiled = parse_catalogue(json.loads(json.dumps(raw)))
    compiled.check()
    assert compiled.releases == catalogue.releases
    assert compiled.generations == catalogue.generations


# vGPU releases


@pytest.mark.parametrize(
    ("host", "releases"),
    [
        ("550.54.10", ["17.0"]),
        ("550.54.16", ["17.1"]),
        ("535.161.05", ["16.4", "16.5"]),
        ("535.183.04", ["16.6", "16.7"]),
        ("550.90.05", ["17.2", "17.3"]),
        ("535.161.07", []),  # a guest's
        ("550.999.99", []),
    ],
)
def test_a_host_build_names_its_releases(catalogue: Catalogue, host: str, releases: list[str]) -> None:
    assert [release.release for release in catalogue.releases_of(host)] == releases


def test_a_guest_build_is_known_as_a_guest(catalogue: Catalogue) -> None:
    assert [release.release for release in catalogue.guest_of("535.161.07")] == ["16.4"]
    assert [release.release for release in catalogue.guest_of("538.46")] == ["16.5"]
    assert "host" not in catalogue.roles("535.161.07")
    assert catalogue.roles("550.54.16") == {"host"}
    assert catalogue.roles("535.129.03") == {"host", "guest", "plain"}
    assert catalogue.roles("550.999.99") == frozenset()


def test_every_release_from_13_0_to_20_2_is_there(catalogue: Catalogue) -> None:
    counts = {branch.vgpu: len(catalogue.releases_in(branch.driver)) for branch in catalogue.branches}
    assert counts == {13: 13, 14: 5, 15: 5, 16: 15, 17: 7, 18: 7, 19: 7, 20: 3}


def test_the_newest_release_is_found_by_number(catalogue: Catalogue) -> None:
    newest = catalogue.newest_in_branch("535")
    assert newest is not None
    assert (newest.release, newest.host) == ("16.14", "535.309.01")
    assert catalogue.newest_in_branch("535.161.05") == newest
    assert catalogue.newest_in_branch("545") is None


def test_a_branch_is_known_also_for_an_unknown_build(catalogue: Catalogue) -> None:
    branch = catalogue.branch("535.999.01")
    assert branch is not None
    assert (branch.vgpu, branch.end_of_life) == (16, "2026-07")
    assert branch.guests == (16, 15, 13)
    assert catalogue.branch("545.29.06") is None


def test_package_files_have_nvidias_names(catalogue: Catalogue) -> None:
    assert catalogue.package_file("550.54.16") == "NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm.run"
    assert catalogue.package_file("550.54.15", "guest") == "NVIDIA-Linux-x86_64-550.54.15-grid.run"
    with pytest.raises(ValueError, match="is not a driver build"):
        catalogue.package_file("550.54.16; reboot")


# Fixes


@pytest.mark.parametrize(
    ("build", "first_fixed", "expected"),
    [
        ("550.90.05", "550.90.07", True),  # the host of that guest
        ("550.54.16", "550.90.07", False),
        ("550.54.10", "550.54.15", False),  # 17.0, whose guest is .14
        ("550.54.16", "550.54.15", True),
        ("550.90.07", "550.90.05", True),
        ("535.161.05", "535.161.07", True),
        ("535.161.05", "535.161.08", None),  # 16.4 has the guest .07, 16.5 has .08
        ("535.309.01", "535.274.02", True),
        ("535.179", "535.183.04", False),
        ("535.129.03", "535.129.03", True),
        ("580.94.16", "580.82.07", None),  # a beta has no place among the numbers
        ("570.124.03", "550.90.05", None),
    ],
)
def test_a_build_is_compared_with_the_first_fixed_one(
    catalogue: Catalogue, build: str, first_fixed: str, expected: bool | None
) -> None:
    assert at_least(catalogue, build, first_fixed) is expected


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        ("550.54.16", False),
        ("550.90.05", True),
        ("535.230.02", True),
        ("470.256.02", False),  # never
        ("510.108.03", None),  # not named
        ("570.124.03", True),  # a branch that began later
        ("555.42.02", None),  # a branch that began about then
    ],
)
def test_a_record_says_whether_a_build_is_fixed(catalogue: Catalogue, build: str, expected: bool | None) -> None:
    fixed_in = {"470": None, "535": "535.183.04", "550": "550.90.05"}
    assert catalogue.has_fix(build, fixed_in) is expected


@pytest.mark.parametrize(
    ("build", "expected"),
    [("550.54.14", None), ("550.67", None), ("550.40.07", False), ("550.90.07", True), ("550.54.16", False)],
)
def test_what_lies_between_two_host_builds_may_have_the_fix(
    catalogue: Catalogue, build: str, expected: bool | None
) -> None:
    assert catalogue.has_fix(build, {"550": "550.90.05"}) is expected


def test_a_later_branch_is_not_taken_as_fixed_if_it_began_before_the_fix(catalogue: Catalogue) -> None:
    assert catalogue.has_fix("580.65.05", {"570": "570.190"}) is None
    assert catalogue.has_fix("570.124.03", {"535": "535.183.04", "550": None}) is None


def test_a_branch_that_ended_before_one_that_never_got_the_fix_has_none(catalogue: Catalogue) -> None:
    assert catalogue.has_fix("510.108.03", {"470": None, "525": None}) is False
    assert catalogue.has_fix("535.309.01", {"525": None, "570": None}) is None  # 16.14 is younger than the last 18


# Kernels


def test_what_proxmox_can_have(catalogue: Catalogue) -> None:
    for pve in ("9.0", "9.1", "9.2"):
        release = catalogue.pve(pve)
        assert release is not None
        assert "6.5" not in release.series
        assert catalogue.newest_kernel("6.5", pve) is None
    assert catalogue.newest_kernel("6.5", "8.2") == "6.5.13-6-pve"
    assert catalogue.newest_kernel("6.5", "8") == "6.5.13-6-pve"
    assert catalogue.newest_kernel("6.14", "8.4") == "6.14.11-9-bpo12-pve"
    assert catalogue.newest_kernel("6.14", "9.1") == "6.14.11-9-pve"
    assert catalogue.newest_kernel("6.8", "12.0") is None


@pytest.mark.parametrize(
    ("kernel", "pve"),
    [
        ("6.8.4-2-pve", ["8.2", "8.3", "8.4"]),
        ("6.5.13-6-pve", ["8.1", "8.2", "8.3", "8.4"]),
        ("6.17.13-1-pve", ["9.1", "9.2"]),
        ("6.14.11-9-bpo12-pve", ["8.4"]),
        ("6.8.0-45-generic", []),
        ("nonsense", []),
    ],
)
def test_a_kernel_tells_the_releases_of_proxmox(catalogue: Catalogue, kernel: str, pve: list[str]) -> None:
    assert [release.pve for release in catalogue.pve_of(kernel)] == pve


@pytest.mark.parametrize(
    ("kernel", "package", "headers"),
    [
        ("6.8.4-2-pve", "proxmox-kernel-6.8.4-2-pve", "proxmox-headers-6.8.4-2-pve"),
        ("5.15.158-2-pve", "pve-kernel-5.15.158-2-pve", "pve-headers-5.15.158-2-pve"),
        ("6.2.16-5-pve", "pve-kernel-6.2.16-5-pve", "pve-headers-6.2.16-5-pve"),
        ("6.2.16-6-pve", "proxmox-kernel-6.2.16-6-pve", "proxmox-headers-6.2.16-6-pve"),
        ("6.2.16-11-bpo11-pve", "pve-kernel-6.2.16-11-bpo11-pve", "pve-headers-6.2.16-11-bpo11-pve"),
        ("6.8.0-45-generic", "linux-image-6.8.0-45-generic", "linux-headers-6.8.0-45-generic"),
        (
            "5.14.0-427.13.1.el9_4.x86_64",
            "kernel-core-5.14.0-427.13.1.el9_4.x86_64",
            "kernel-devel-5.14.0-427.13.1.el9_4.x86_64",
        ),
        ("6.9.1-arch1-1", "linux", "linux-headers"),
        ("6.6.30", None, None),
        ("6.8.4; reboot -pve", None, None),
    ],
)
def test_packages_have_the_names_of_their_time(
    catalogue: Catalogue, kernel: str, package: str | None, headers: str | None
) -> None:
    assert catalogue.kernel_package(kernel) == package
    assert catalogue.headers_package(kernel) == headers


def test_signed_and_series_packages(catalogue: Catalogue) -> None:
    early, late = catalogue.package_names("6.5.11-3-pve"), catalogue.package_names("6.5.11-4-pve")
    assert early is not None
    assert late is not None
    assert early.signed_kernel is None
    assert late.signed_kernel == "proxmox-kernel-{release}-signed"
    assert catalogue.series_packages("6.14.11-9-bpo12-pve") == ("proxmox-kernel-6.14", "proxmox-headers-6.14")
    assert catalogue.series_packages("6.8.0-45-generic") is None


def test_the_default_kernel_package_of_a_series(catalogue: Catalogue) -> None:
    versions = {series.series: series.default_kernel for series in catalogue.all_series}
    assert versions["6.5"] == "1.0.1"
    assert versions["6.8"] == "1.1.0"
    assert versions["6.11"] is None  # never was the default


def test_every_series_of_proxmox_names_kernels_of_its_own(catalogue: Catalogue) -> None:
    for pve in catalogue.pve_releases:
        for series in pve.series:
            newest = catalogue.newest_kernel(series, pve.pve)
            if newest is not None:
                assert pve in catalogue.pve_of(newest)
                assert catalogue.headers_package(newest) is not None


@pytest.mark.parametrize(
    ("kernel", "releases"),
    [
        ("5.14.0-427.13.1.el9_4.x86_64", ["9.4"]),
        ("5.14.0-570.128.1.el9.x86_64", ["9.6"]),
        ("6.8.0-45-generic", ["22.04", "24.04"]),
        ("6.12.43+deb13-amd64", ["13"]),
        ("6.8.4-2-pve", []),
    ],
)
def test_kernels_of_other_distributions(catalogue: Catalogue, kernel: str, releases: list[str]) -> None:
    assert [release.release for release in catalogue.distribution_releases(kernel)] == releases


# GPUs


@pytest.mark.parametrize(
    ("text", "generation", "board"),
    [
        ("10de:2235", "ampere", "A40"),
        ("[10DE:1bb3]", "pascal", "Tesla P4"),
        ("10de:2204", "ampere", None),
        ("1eb8", "turing", "T4"),
        ("TU104GL [Tesla T4] (rev a1)", "turing", "T4"),
        ("GA102GL [A40]", "ampere", "A40"),
        ("NVIDIA GeForce RTX 3080 Ti", "ampere", None),
        ("GTX1080Ti", "pascal", None),
        ("GeForce GTX TITAN X", "maxwell", None),
        ("TITAN X (Pascal)", "pascal", None),
        ("Quadro RTX 6000", "turing", "Quadro RTX 6000/8000"),
        ("NVIDIA RTX 6000 Ada Generation", "ada", None),
        ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "blackwell", None),
        ("RTX 2000 Ada", "ada", None),
        ("L40S", "ada", None),
        ("NVIDIA A100-SXM4-40GB", "ampere", "A100"),
        ("h100 nvl", "hopper", None),
        ("Pascal", "pascal", None),
    ],
)
def test_a_gpu_is_found_by_id_chip_or_name(catalogue: Catalogue, text: str, generation: str, board: str | None) -> None:
    found = catalogue.gpu(text)
    assert found is not None
    assert (found.name, found.board) == (generation, board)


@pytest.mark.parametrize("text", ["RTX 6000", "1080", "Intel UHD Graphics", "MP4", "", "10de:ffff", "8086:1bb3"])
def test_what_is_no_gpu_or_could_be_two_is_not_guessed(catalogue: Catalogue, text: str) -> None:
    assert catalogue.gpu(text) is None


def test_pascal_and_maxwell_end_with_16(catalogue: Catalogue) -> None:
    for text in ("Tesla P4", "Tesla M60"):
        generation = catalogue.gpu(text)
        assert generation is not None
        assert generation.has_branch(16)
        assert not generation.has_branch(17)
        assert generation.host_tree(16) == "kernel"


def test_a_board_can_end_before_its_generation(catalogue: Catalogue) -> None:
    t4, quadro = catalogue.gpu("Tesla T4"), catalogue.gpu("Quadro RTX 8000")
    assert t4 is not None
    assert quadro is not None
    assert t4.has_branch(20)
    assert quadro.has_branch(19)
    assert not quadro.has_branch(20)


def test_which_modules_a_host_builds(catalogue: Catalogue) -> None:
    trees = {generation.name: generation.host_tree(19) for generation in catalogue.generations}
    assert {name for name, tree in trees.items() if tree == "kernel-open"} == {"ada", "hopper", "blackwell"}
    ada = catalogue.generation("ada")
    assert ada is not None
    assert ada.host_tree(16) is None


def test_virtual_functions_replace_mdev_on_new_kernels_only(catalogue: Catalogue) -> None:
    ampere, turing = catalogue.gpu("A40"), catalogue.gpu("T4")
    assert ampere is not None
    assert turing is not None
    assert catalogue.uses_vendor_vfio(ampere, "6.8", 17)
    assert not catalogue.uses_vendor_vfio(ampere, "6.5", 17)
    assert not catalogue.uses_vendor_vfio(ampere, "6.8", 16)
    assert not catalogue.uses_vendor_vfio(turing, "6.8", 17)


# What is wrong with a catalogue


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("vgpu", "releases", "rows", 0, "host"), 470.63, "catalogue/vgpu.yaml: releases[0].host: found 470.63"),
        (("vgpu", "releases", "rows", 0, "date"), "soon", "catalogue/vgpu.yaml: releases[0].date: found 'soon'"),
        (
            ("vgpu", "releases", "rows", 0, "hots"),
            "1",
            "catalogue/vgpu.yaml: releases[0].hots: found '1', wanted one of",
        ),
        (
            ("vgpu", "releases", "rows", 0, "host"),
            "535.54.06",
            "releases.13.0.host: found '535.54.06', wanted a build of",
        ),
        (
            ("vgpu", "releases", "rows", 1, "release"),
            "13.0",
            "catalogue/vgpu.yaml: releases: found '13.0', wanted each",
        ),
        (("vgpu", "releases", "rows", 0, "kernel"), None, "releases[0].kernel: found nothing, wanted a mapping"),
        (("vgpu", "branches", "rows", 4, "generations"), ["pascal"], "branches.17.generations"),
        (
            ("vgpu", "branches", "confidence"),
            "sure",
            "branches.confidence: found 'sure', wanted one of high, medium, low",
        ),
        (("vgpu", "branches", "source"), None, "catalogue/vgpu.yaml: branches.source: found nothing, wanted text"),
        (("vgpu", "files", "rows", 0, "name"), "{0.__class__}", "files[0].name"),
        (("vgpu", "extra"), {}, "catalogue/vgpu.yaml: extra: found {}, wanted one of as_of, branches, files"),
        (("vgpu", "as_of"), "2024-01", "catalogue/vgpu.yaml: as_of: found '2024-01', wanted no month before"),
        (("vgpu", "guests", "rows", 0, "guests"), [], "guests[0].guests: found [], wanted a list of whole numbers"),
        (("drivers", "branches", "rows", 0, "builds"), ["550.1.1"], "catalogue/drivers.yaml: branches[0].builds"),
        (("kernels", "series", "rows", 7, "newest"), {"8": "6.5.13-6-pve"}, "series[7].newest.8: found '6.5.13-6-pve'"),
        (
            ("kernels", "series", "rows", 7, "newest"),
            {8: "6.8.12-43-pve"},
            "series[7].newest.8: found 8, wanted a name",
        ),
        (("kernels", "pve_releases", "rows", 5, "default"), "6.3", "pve_releases.8.0: found '6.3', wanted a series of"),
        (("kernels", "packages", "rows", 0, "kernel"), "x; reboot", "catalogue/kernels.yaml: packages[0].kernel"),
        (("kernels", "distributions", "rows"), [], "distributions.rows: found [], wanted a list of rows"),
        (("gpus", "generations", "rows", 0, "ids"), ["0fc0"], "catalogue/gpus.yaml: generations[0].ids: found '0fc0'"),
        (("gpus", "generations", "rows", 0, "unlock"), False, "generations[0].unlock: found False, wanted one of yes"),
        (("gpus", "generations", "rows", 2, "names"), ["P4"], "generations.pascal.names: found 'Pascal'"),
    ],
)
def test_an_error_names_file_field_what_was_found_and_what_was_wanted(
    raw: dict[str, Any], place: tuple[str | int, ...], value: object, message: str
) -> None:
    broken = copy.deepcopy(raw)
    target: Any = broken
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    with pytest.raises(RecordError) as error:
        parse_catalogue(broken).check()
    assert message in str(error.value)
    assert ", wanted " in str(error.value)


def test_a_missing_or_unknown_part_is_an_error(raw: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match=r"catalogue/gpus\.yaml"):
        parse_catalogue({part: content for part, content in raw.items() if part != "gpus"})
    with pytest.raises(RecordError, match=r"catalogue/cpus\.yaml"):
        parse_catalogue({**raw, "cpus": {}})


def test_a_folder_that_is_no_catalogue_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"catalogue/vgpu\.yaml"):
        load_raw(tmp_path)


def test_a_part_is_read_only_when_something_in_it_is_asked_for(raw: dict[str, Any]) -> None:
    catalogue = parse_catalogue({**raw, "gpus": {"generations": "broken"}})
    assert catalogue.releases_of("550.54.16")
    with pytest.raises(RecordError, match=r"catalogue/gpus\.yaml"):
        catalogue.gpu("Tesla P4")


def test_looking_things_up_does_not_import_yaml() -> None:
    import subprocess

    code = "import sys, vgpu_doctor.catalogue.catalogue; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
