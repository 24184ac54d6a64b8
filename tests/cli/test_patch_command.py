"""``vgpu-doctor patch`` as users run it, on small trees of our own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from patching_help import MACHINE, PACKAGE, apply_and_revert, content, make_package, make_tree
from vgpu_doctor.cli import patch as patch_command
from vgpu_doctor.cli.start import exit_code_of
from vgpu_doctor.engine import diagnose
from vgpu_doctor.intake.reading import read_log
from vgpu_doctor.patching.building import build_tree
from vgpu_doctor.patching.tree import open_tree
from vgpu_doctor.signatures.load import load_library
from vgpu_doctor.versions import kernel_series, series_numbers

OLD_DRIVER = Path(__file__).parents[1] / "patching/old_driver"
LOOKALIKE = Path(__file__).parents[2] / "tools/samples/lookalike"
HEADERS = sorted(path for path in Path("/usr/src").glob("linux-headers-*") if (path / "Module.symvers").is_file())

UNPACKED = f"/tmp/selfgz10234/{PACKAGE}/kernel"
LOG = """\
   {at}/nvidia/nv-pci.c: In function 'nv_pci_probe':
   {at}/nvidia/nv-pci.c:{pci}:29: error: 'const struct bus_type' has no member named 'iommu_ops'
     {pci} |         if (pci_dev->dev.bus->iommu_ops == NULL)
         |                             ^~
   {at}/nvidia-vgpu-vfio/nvidia-vgpu-vfio.c:{vfio}:9: error: too many arguments to function 'eventfd_signal'
    {vfio} |         eventfd_signal(trigger, 1);
         |         ^~~~~~~~~~~~~~
"""
ARTICLE = LOG.format(at=UNPACKED, pci=225, vfio=2656)


def run_patch(*arguments: Any, **options: Any) -> int:
    """The command behind the handler that every command has."""
    return exit_code_of(lambda: patch_command.run_patch(*arguments, **options))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return make_package(tmp_path)


@pytest.fixture
def log(tmp_path: Path) -> str:
    file = tmp_path / "installer.log"
    file.write_text(ARTICLE)
    return str(file)


def patch_of(tmp_path: Path, *logs: str, **options: object) -> tuple[int, bytes]:
    """Exit code and patch; what goes to standard error is not looked at."""
    file = tmp_path / "out.patch"
    code = run_patch(logs, output=file, **options)
    return code, file.read_bytes() if file.exists() else b""


# With the source


def test_the_patch_for_a_kernel_applies_without_fuzz_and_can_be_undone(tmp_path: Path, package: Path) -> None:
    before = content(package)
    code, patch = patch_of(tmp_path, source=package, for_kernel="6.8.4-2-pve", check=True)
    assert code == 0
    after = apply_and_revert(patch, package, tmp_path)
    assert content(package) == before
    pci = after["kernel/nvidia/nv-pci.c"].decode()
    assert (
        "#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)\n    if (!device_iommu_mapped(&pci_dev->dev))\n#else\n"
        in pci
    )
    vfio = after["kernel/nvidia-vgpu-vfio/nvidia-vgpu-vfio.c"].decode()
    assert vfio.count("        eventfd_signal(trigger);\n#else\n        eventfd_signal(trigger, 1);\n#endif\n") == 1
    assert vfio.count("\teventfd_signal(trigger);\n#else\n\teventfd_signal(trigger, 1);\n#endif\n") == 1
    assert "/* eventfd_signal(trigger, 1) is what old kernels want */" in vfio


def test_the_head_says_for_what_by_what_and_how_far_proved(tmp_path: Path, package: Path) -> None:
    _, patch = patch_of(tmp_path, source=package, for_kernel="6.8")
    head = patch.decode().partition("--- a/")[0]
    assert "550.54.16" in head
    assert "kernel 6.8" in head
    assert "iommu-ops-removed" in head
    assert "compiled against real kernel" in " ".join(head.split())
    assert "--apply-patch" in head
    assert all(line.startswith("# ") for line in head.splitlines())


TABLE = """\
static const struct vfio_device_ops ops = {{
#if defined(NV_VFIO_DEVICE_OPS_HAS_BIND_IOMMUFD)
    .bind_iommufd   = vfio_iommufd_{how}_bind,
    .attach_ioas    = vfio_iommufd_{how}_attach_ioas,
#endif
}};
"""


def test_both_tables_of_vfio_get_their_own_callback(tmp_path: Path) -> None:
    """As in vGPU 16.4: one table for mediated devices, one for PCI functions, each behind a test of the driver's."""
    files = {f"nvidia-vgpu-vfio/vgpu-vfio-{name}.c": TABLE.format(how=how) for name, how in TABLES.items()}
    tree = make_tree(tmp_path / "kernel", {"Kbuild": "obj-m += nvidia.o\n", "conftest.sh": "", **files})
    code, patch = patch_of(tmp_path, source=tree, for_kernel="6.8.4-2-pve", check=True)
    assert code == 0
    after = apply_and_revert(patch, tmp_path, tmp_path / "scratch")
    for name, how in TABLES.items():
        lines = after[f"kernel/nvidia-vgpu-vfio/vgpu-vfio-{name}.c"].decode().splitlines()
        at = lines.index(f"    .detach_ioas = vfio_iommufd_{how}_detach_ioas,")
        assert lines[at - 2 : at + 3] == [
            f"    .attach_ioas    = vfio_iommufd_{how}_attach_ioas,",
            "#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)",
            lines[at],
            "#endif",
            "#endif",
        ]


TABLES = {"mdev": "emulated", "pci-core": "physical"}


def test_a_second_run_on_the_patched_source_finds_nothing(
    tmp_path: Path, package: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _, patch = patch_of(tmp_path, source=package, for_kernel="6.12")
    subprocess.run(["patch", "-p1", "-s"], cwd=package, input=patch, check=True)
    assert run_patch((), source=package, for_kernel="6.12") == 1
    said = capfd.readouterr()
    assert said.out == ""
    assert "nothing to patch" in said.err


def test_a_log_of_one_cause_brings_the_patch_of_all_that_the_source_shows(tmp_path: Path, package: Path) -> None:
    file = tmp_path / "one.log"
    file.write_text("Linux 6.8.4-2-pve\n" + "".join(ARTICLE.splitlines(keepends=True)[:4]))
    code, patch = patch_of(tmp_path, str(file), source=package, kernel="6.8.4-2-pve")
    assert code == 0
    assert b"a/kernel/nvidia-vgpu-vfio/nvidia-vgpu-vfio.c" in patch
    assert b"a/kernel/nvidia/nv-pci.c" in patch


def test_a_kernel_before_the_change_wants_no_patch(tmp_path: Path, package: Path) -> None:
    assert patch_of(tmp_path, source=package, for_kernel="6.5.13-5-pve") == (1, b"")


def test_a_driver_that_tests_for_the_change_is_not_touched(tmp_path: Path, package: Path) -> None:
    conftest = package / "kernel/conftest.sh"
    conftest.write_text("    eventfd_signal_has_counter_arg)\n    ;;\n    bus_type_has_iommu_ops)\n    ;;\n")
    assert patch_of(tmp_path, source=package, for_kernel="6.8") == (1, b"")


@pytest.mark.parametrize("name", ["nvidia-550.54.16", "kernel"])
def test_a_bare_folder_gets_the_paths_that_apply_patch_wants(tmp_path: Path, name: str) -> None:
    code, patch = patch_of(tmp_path, source=make_tree(tmp_path / "src" / name), for_kernel="6.8")
    assert code == 0
    assert b"--- a/kernel/nvidia/nv-pci.c\n+++ b/kernel/nvidia/nv-pci.c\n" in patch


def test_the_tree_is_the_one_that_was_asked_for(tmp_path: Path, package: Path) -> None:
    shutil.copytree(package / "kernel", package / "kernel-open")
    assert b"a/kernel/nvidia" in patch_of(tmp_path, source=package, for_kernel="6.8")[1]
    assert b"a/kernel-open/nvidia" in patch_of(tmp_path, source=package, for_kernel="6.8", tree="kernel-open")[1]


def test_a_file_without_the_version_header_gets_it(tmp_path: Path, package: Path) -> None:
    file = package / "kernel/nvidia/nv-pci.c"
    file.write_text("/* own */\n" + file.read_text().replace('"nv-linux.h"', "<linux/pci.h>"))
    _, patch = patch_of(tmp_path, source=package, for_kernel="6.8")
    after = apply_and_revert(patch, package, tmp_path)["kernel/nvidia/nv-pci.c"].decode()
    assert after.startswith("/* own */\n#include <linux/version.h>\n#include <linux/pci.h>\n")


def test_strange_bytes_and_line_ends_survive(tmp_path: Path, package: Path) -> None:
    file = package / "kernel/nvidia/nv-pci.c"
    file.write_bytes(b"/* \xff\xfe\x0c */\r\n" + file.read_bytes().replace(b"\n", b"\r\n").rstrip(b"\r\n"))
    _, patch = patch_of(tmp_path, source=package, for_kernel="6.8")
    after = apply_and_revert(patch, package, tmp_path)["kernel/nvidia/nv-pci.c"]
    assert b"\n" not in after.replace(b"\r\n", b"")
    assert not after.endswith(b"\n")


# What must not happen


def test_links_that_lead_out_are_not_followed(tmp_path: Path, package: Path, capfd: pytest.CaptureFixture[str]) -> None:
    outside = tmp_path / "outside.c"
    outside.write_bytes((package / "kernel/nvidia/nv-pci.c").read_bytes())
    (package / "kernel/nvidia/nv-pci.c").unlink()
    (package / "kernel/nvidia/nv-pci.c").symlink_to(outside)
    _, patch = patch_of(tmp_path, source=package, for_kernel="6.8")
    assert b"nv-pci.c\n" not in patch.replace(b"# ", b"")
    finding = tmp_path / "one.log"
    finding.write_text("".join(ARTICLE.splitlines(keepends=True)[:4]))
    assert patch_of(tmp_path, str(finding), source=package)[0] == 1
    assert "leads out of the driver's folder" in capfd.readouterr().err


def test_a_tree_that_is_a_link_out_of_its_package_is_refused(tmp_path: Path) -> None:
    make_tree(tmp_path / "elsewhere")
    (tmp_path / "package").mkdir()
    (tmp_path / "package/kernel").symlink_to(tmp_path / "elsewhere")
    assert patch_of(tmp_path, source=tmp_path / "package", for_kernel="6.8") == (2, b"")


def test_the_patch_is_never_written_into_the_source(package: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = content(package)
    assert run_patch((), source=package, for_kernel="6.8", output=package / "kernel/nvidia/nv-pci.c") == 2
    assert content(package) == before
    assert "never written to" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"source": Path("/nonexistent"), "for_kernel": "6.8"}, "cannot be opened"),
        ({"source": Path(__file__), "for_kernel": "6.8"}, "not a folder"),
        ({"source": Path(__file__).parent, "for_kernel": "6.8"}, "not a driver source"),
        ({"run": Path("/nonexistent.run"), "for_kernel": "6.8"}, "cannot be read"),
        ({"run": Path(__file__), "for_kernel": "6.8"}, "not a .run package"),
        ({}, "needs a log"),
        ({"for_kernel": "6.8"}, "need the source"),
        ({"source": Path("a"), "run": Path("b"), "for_kernel": "6.8"}, "one of them"),
    ],
)
def test_what_cannot_run_is_one_line_and_exit_code_2(
    options: dict[str, object], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_patch((), **options) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_a_kernel_that_is_none_is_said(package: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_patch((), source=package, for_kernel="six") == 2
    assert "is not a kernel release" in capfd.readouterr().err


# From the log alone


def _numbered(line: int, text: str) -> str:
    return "".join(f"/* line {number} */\n" for number in range(1, line)) + text + "\nint rest;\n"


def test_the_articles_hunks_apply_to_a_tree_whose_lines_stand_where_the_log_says(
    tmp_path: Path, log: str, capfd: pytest.CaptureFixture[str]
) -> None:
    code, patch = patch_of(tmp_path, log)
    assert code == 0
    assert "without the source" in " ".join(patch.decode().split())
    assert "patch -p1 -l" in capfd.readouterr().err
    files = {
        "kernel/nvidia/nv-pci.c": _numbered(225, "\tif (pci_dev->dev.bus->iommu_ops == NULL) "),
        "kernel/nvidia-vgpu-vfio/nvidia-vgpu-vfio.c": _numbered(2656, "        eventfd_signal(trigger, 1);"),
    }
    tree = make_tree(tmp_path / "tree", files)
    command = ["patch", "-p1", "-l", "--verbose"]
    done = subprocess.run(command, cwd=tree, input=patch, capture_output=True, check=True)
    assert b"Hunk #1 succeeded at 225.\n" in done.stdout
    assert b"Hunk #1 succeeded at 2656.\n" in done.stdout
    assert b"fuzz" not in done.stdout
    changed = (tree / "kernel/nvidia/nv-pci.c").read_text()
    assert changed.count("iommu_ops") == 1
    assert "#else\n\tif (pci_dev->dev.bus->iommu_ops == NULL) \n#endif\nint rest;\n" in changed


def test_git_takes_the_hunks_of_one_line_where_blanks_are_as_quoted(tmp_path: Path, log: str) -> None:
    _, patch = patch_of(tmp_path, log)
    tree = make_tree(
        tmp_path / "tree",
        {
            "kernel/nvidia/nv-pci.c": _numbered(225, "        if (pci_dev->dev.bus->iommu_ops == NULL)"),
            "kernel/nvidia-vgpu-vfio/nvidia-vgpu-vfio.c": _numbered(2656, "        eventfd_signal(trigger, 1);"),
        },
    )
    command = ["git", "apply", "--check", "--unidiff-zero"]
    assert subprocess.run(command, cwd=tree, input=patch, capture_output=True, check=True).stderr == b""


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("/var/lib/dkms/nvidia/550.54.16/build/nvidia/nv-pci.c", b"a/kernel/nvidia/nv-pci.c\n"),
        ("/usr/src/nvidia-550.54.16/nvidia/nv-pci.c", b"a/kernel/nvidia/nv-pci.c\n"),
        ("nvidia/nv-pci.c", b"a/kernel/nvidia/nv-pci.c\n"),
        (f"/root/{PACKAGE}/kernel-open/nvidia/nv-pci.c", b"a/kernel-open/nvidia/nv-pci.c\n"),
        (f"/root/{PACKAGE}/kernel/../../../etc/nv-pci.c", b""),
        (f"/root/{PACKAGE}/kernel//etc/nvidia/nv-pci.c", b""),
        ("../nvidia/nv-pci.c", b""),
        ("/etc/nvidia/nv-pci.c", b""),
        ("/usr/src/linux-headers-6.8/kernel/nvidia/nv-pci.c", b""),
    ],
)
def test_paths_of_a_log_are_those_of_the_package_or_refused(tmp_path: Path, place: str, path: bytes) -> None:
    file = tmp_path / "x.log"
    lines = ARTICLE.splitlines(keepends=True)[1:4]
    file.write_text("".join(lines).replace(f"{UNPACKED}/nvidia/nv-pci.c", place))
    code, patch = patch_of(tmp_path, str(file))
    assert (path in patch) if path else (code, patch) == (1, b"")


def test_a_cause_without_a_quoted_line_is_named_as_not_patched(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.log"
    file.write_text(ARTICLE.splitlines(keepends=True)[1])
    assert patch_of(tmp_path, str(file)) == (1, b"")
    assert "not patched: iommu-ops-removed: the log does not quote the line" in capfd.readouterr().err


def test_a_log_with_nothing_to_patch_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.log"
    file.write_text("nothing of interest\n")
    assert patch_of(tmp_path, str(file)) == (1, b"")
    assert "nothing to patch" in capfd.readouterr().err


# The .run file


@pytest.mark.skipif(shutil.which("makeself") is None, reason="makeself is not installed")
def test_a_run_file_goes_the_whole_way_and_leaves_nothing_behind(
    tmp_path: Path, package: Path, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _run_file(tmp_path, package)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    code, patch = patch_of(tmp_path, log, run=run, for_kernel="6.8", check=True)
    assert code == 0
    assert list(scratch.iterdir()) == []
    unpacked = tmp_path / "unpacked"
    subprocess.run(["sh", run, "--extract-only", "--target", unpacked], check=True, capture_output=True)
    apply_and_revert(patch, unpacked, tmp_path)


@pytest.mark.skipif(shutil.which("makeself") is None, reason="makeself is not installed")
def test_a_damaged_run_file_is_not_unpacked(tmp_path: Path, package: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = _run_file(tmp_path, package)
    run.write_bytes(run.read_bytes()[:-40] + b"x" * 40)
    assert patch_of(tmp_path, run=run, for_kernel="6.8") == (2, b"")
    assert "fails its own checksum test" in capfd.readouterr().err


def _run_file(tmp_path: Path, package: Path) -> Path:
    """A package as NVIDIA packs its own: makeself, whose header knows --extract-only as well."""
    header = Path("/usr/share/makeself/makeself-header.sh").read_text()
    own = tmp_path / "header.sh"
    own.write_text(header.replace("--noexec)", "--noexec | --extract-only)"))
    file = tmp_path / f"{PACKAGE}.run"
    command = ["makeself", "--header", str(own), "--nox11", str(package), str(file), "made up", "true"]
    subprocess.run(command, check=True, capture_output=True)
    return file


# Building


def _make_log(tmp_path: Path, *words: str) -> tuple[Path, int]:
    """What make prints, as a file, and its exit code."""
    done = subprocess.run(["make", "-k", *words], capture_output=True, text=True, check=False)
    log = tmp_path / "make.log"
    log.write_text(done.stdout + done.stderr)
    return log, done.returncode


def _headers(folder: Path, recipe: str) -> Path:
    """What make sees of headers: a Makefile with the target ``modules``."""
    folder.mkdir()
    (folder / "Makefile").write_text(f"modules:\n\t{recipe}\n")
    return folder


def test_a_build_is_made_of_a_patched_copy(tmp_path: Path, package: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = content(package)
    headers = _headers(tmp_path / "headers", "@grep -q device_iommu_mapped $(M)/nvidia/nv-pci.c")
    assert patch_of(tmp_path, source=package, for_kernel="6.8", build=headers)[0] == 0
    assert "builds" in capfd.readouterr().err
    assert content(package) == before


SHOWS_ONE_AFTER_THE_OTHER = """\
@grep -q device_iommu_mapped $(M)/nvidia/nv-pci.c || {{ printf '%s\\n' "{first}"; exit 1; }}
\t@grep -q 'eventfd_signal(trigger);' $(M)/nvidia-vgpu-vfio/*.c || {{ printf '%s\\n' "{second}"; exit 1; }}
"""


def test_what_the_build_shows_is_patched_too(tmp_path: Path, package: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lines = ARTICLE.replace(UNPACKED, "$(M)").splitlines()
    log = tmp_path / "first.log"
    log.write_text(lines[1])
    recipe = SHOWS_ONE_AFTER_THE_OTHER.format(first=lines[1], second=lines[4])
    code, patch = patch_of(tmp_path, str(log), source=package, build=_headers(tmp_path / "headers", recipe))
    said = capfd.readouterr().err
    assert (code, "builds\n" in said) == (0, True), said
    assert "also patched, because the build showed it: eventfd-signal-args" in said
    assert b"device_iommu_mapped" in patch
    assert b"+    eventfd_signal(trigger);" in patch.replace(b"\t", b"    ")


def test_what_still_breaks_a_build_is_named_by_the_engine(
    tmp_path: Path, package: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    message = "$(M)/nvidia/nv-pci.c:5:9: error: implicit declaration of function 'follow_pfn'"
    headers = _headers(tmp_path / "headers", f'@echo "{message}"; exit 1')
    assert patch_of(tmp_path, source=package, for_kernel="6.8", build=headers)[0] == 1
    said = capfd.readouterr().err
    assert "what remains" in said
    assert "follow" in said


@pytest.mark.skipif(not HEADERS, reason="no kernel headers under /usr/src")
@pytest.mark.skipif(shutil.which("gcc") is None or shutil.which("make") is None, reason="no gcc or no make")
@pytest.mark.parametrize("headers", HEADERS, ids=lambda path: path.name)
@pytest.mark.slow
def test_the_look_alike_builds_with_the_patch_and_not_without_it(
    tmp_path: Path, headers: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    series = kernel_series(headers.name.removeprefix("linux-headers-"))
    assert series is not None
    tree = tmp_path / "lookalike"
    shutil.copytree(LOOKALIKE, tree)
    # calls what Linux 6.3 brought, to show a symbol that does not link; that is no matter here
    (tree / "kernel/nvidia/nv-mmap.c").write_text("typedef int nothing;\n")
    if series_numbers(series) >= (6, 8):
        before = build_tree(open_tree(tree), "", headers, load_library())
        assert not before.ok
        assert {"iommu-ops-removed", "eventfd-signal-args"} <= {finding.id for finding in before.diagnosis.findings}
    code, patch = patch_of(tmp_path, source=tree, for_kernel="7.3", build=headers)
    assert code == 0, capfd.readouterr().err
    assert b"device_iommu_mapped" in patch


@pytest.mark.skipif(not HEADERS, reason="no kernel headers under /usr/src")
@pytest.mark.skipif(shutil.which("gcc") is None or shutil.which("make") is None, reason="no gcc or no make")
@pytest.mark.parametrize("headers", HEADERS, ids=lambda path: path.name)
@pytest.mark.slow
def test_old_interfaces_are_all_known_and_all_patched(
    tmp_path: Path, headers: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A driver of our own with the old interfaces of many records: compiler, findings and edits agree about them."""
    series = kernel_series(headers.name.removeprefix("linux-headers-"))
    assert series is not None
    tree = tmp_path / "kernel"
    shutil.copytree(OLD_DRIVER / "kernel", tree)
    log, _ = _make_log(tmp_path, "-C", str(headers), f"M={tree}", "modules")
    library = load_library()
    shown = diagnose([("log", read_log(str(log)))], library)
    assert [diagnostic.message for diagnostic in shown.unrecognised] == []
    changes = [library[finding.id].kernel for finding in shown.findings]
    assert all(change and series_numbers(change.since) <= series_numbers(series) for change in changes)
    assert len(changes) >= {(6, 1): 10, (6, 12): 20}.get(series_numbers(series), 10)
    code, _ = patch_of(tmp_path, str(log), source=OLD_DRIVER, for_kernel="7.3", check=True, build=headers)
    assert code == 0, capfd.readouterr().err


@pytest.mark.skipif(shutil.which("makeself") is None, reason="makeself is not installed")
@pytest.mark.skipif(not HEADERS, reason="no kernel headers under /usr/src")
@pytest.mark.skipif(shutil.which("gcc") is None or shutil.which("make") is None, reason="no gcc or no make")
@pytest.mark.slow
def test_a_run_file_goes_from_its_log_to_modules(tmp_path: Path) -> None:
    """As an admin does it: install, send the log, apply the patch that comes back, install again."""
    headers = HEADERS[-1]
    package = tmp_path / PACKAGE
    shutil.copytree(LOOKALIKE, package)
    (package / "kernel/nvidia/nv-mmap.c").write_text("typedef int nothing;\n")
    run = _run_file(tmp_path, package)
    install = tmp_path / "install"
    subprocess.run(["sh", run, "--extract-only", "--target", install], check=True, capture_output=True)
    words = ["-C", str(install / "kernel"), f"SYSSRC={headers}", f"SYSOUT={headers}", "modules"]
    log, code = _make_log(tmp_path, *words)
    modules = [install / "kernel" / name for name in ("nvidia.ko", "nvidia-vgpu-vfio.ko")]
    assert code != 0
    assert not any(module.exists() for module in modules)
    code, patch = patch_of(tmp_path, str(log), run=run, check=True)
    assert code == 0
    subprocess.run(["patch", "-p1", "-s"], cwd=install, input=patch, check=True)
    assert _make_log(tmp_path, *words)[1] == 0
    assert all(module.exists() for module in modules)


NO_MDEV = """\
static int nv_vfio_mdev_register_driver(void) { return 0; }
static void nv_vfio_mdev_unregister_driver(void) { }
"""
CONFTEST_KBUILD = """\
ccflags-y += -I$(src)/common/inc -I$(obj) -DNV_VGPU_KVM_BUILD
obj-m += nvidia.o nvidia-vgpu-vfio.o
nvidia-y := nvidia/nv-pci.o nvidia/nv.o
nvidia-vgpu-vfio-y := nvidia-vgpu-vfio/nvidia-vgpu-vfio.o
include $(src)/nvidia/nvidia.Kbuild
TEST_CFLAGS = $(KBUILD_CPPFLAGS) $(LINUXINCLUDE) $(KBUILD_CFLAGS) -Wno-implicit-function-declaration \
 -DKBUILD_BASENAME=KBUILD_MODNAME -DKBUILD_MODNAME=\\"conftest\\"
$(obj)/conftest/types.h: $(src)/conftest.sh
\t@mkdir -p $(obj)/conftest
\t@sh $(src)/conftest.sh "$(CC)" '$(TEST_CFLAGS)' $(NV_CONFTEST_TYPE_COMPILE_TESTS) > $@
\t@cat $@
$(addprefix $(obj)/,$(nvidia-y) $(nvidia-vgpu-vfio-y)): | $(obj)/conftest/types.h
"""


@pytest.mark.skipif(not HEADERS, reason="no kernel headers under /usr/src")
@pytest.mark.skipif(shutil.which("gcc") is None or shutil.which("make") is None, reason="no gcc or no make")
@pytest.mark.parametrize("headers", HEADERS, ids=lambda path: path.name)
@pytest.mark.slow
def test_compile_tests_choose_rightly_with_real_headers(
    tmp_path: Path, headers: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tree = make_tree(
        tmp_path / "kernel",
        {
            "Kbuild": CONFTEST_KBUILD,
            "conftest.sh": MACHINE,
            "common/inc/conftest.h": '#include "conftest/types.h"\n',
            "common/inc/nv-linux.h": '#include "conftest.h"\n',
            "nvidia/nvidia.Kbuild": "NV_CONFTEST_TYPE_COMPILE_TESTS += some_other_test\n",
            "nvidia/nv.c": '#include <linux/module.h>\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("own code");\n',
        },
    )
    for name in ("nvidia/nv-pci.c", "nvidia-vgpu-vfio/nvidia-vgpu-vfio.c"):
        text = (LOOKALIKE / "kernel" / name).read_text()
        text = text.replace('#include "nv-vgpu-vfio-interface.h"', NO_MDEV)
        make_tree(tree, {name: '#include "nv-linux.h"\n' + text})
    code, patch = patch_of(tmp_path, source=tree, for_kernel="7.3", build=headers)
    assert code == 0, capfd.readouterr().err
    assert b"#if !defined(NV_BUS_TYPE_KEEPS_IOMMU_OPS)" in patch
    assert b"#if defined(NV_EVENTFD_SIGNAL_HAS_CTX_ARG_ONLY)" in patch
