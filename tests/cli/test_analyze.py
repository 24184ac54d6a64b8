"""``vgpu-doctor analyze`` as users run it."""

from __future__ import annotations

import gzip
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What a forum thread shows of a failed install of vGPU 17.1 on Linux 6.8: two pieces, no header.
PASTED = """\
   /tmp/selfgz10234/NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm/kernel/nvidia/nv-pci.c: In function 'nv_pci_probe':
   /tmp/selfgz10234/NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm/kernel/nvidia/nv-pci.c:225:29: error: 'const struct bus_type' has no member named 'iommu_ops'
     225 |         if (pci_dev->dev.bus->iommu_ops == NULL)
         |                             ^~

   /tmp/selfgz10234/NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm/kernel/nvidia-vgpu-vfio/nvidia-vgpu-vfio.c:2656:9: error: too many arguments to function 'eventfd_signal'
    2656 |         eventfd_signal(trigger, 1);
         |         ^~~~~~~~~~~~~~
"""


def run(*arguments: str, stdin: str | bytes = "") -> subprocess.CompletedProcess[str]:
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "vgpu_doctor", *arguments], input=given, capture_output=True, timeout=120
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def found(*arguments: str, stdin: str | bytes = "") -> list[str]:
    done = run("analyze", *arguments, "--format", "json", stdin=stdin)
    assert done.stderr == ""
    return [finding["id"] for finding in json.loads(done.stdout)["findings"]]


def test_two_pasted_pieces_give_both_causes_the_driver_and_what_to_do() -> None:
    done = run("analyze", "-", "--format", "json", stdin=PASTED)
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert [finding["id"] for finding in report["findings"]] == ["iommu-ops-removed", "eventfd-signal-args"]
    assert report["log"]["driver"] == {
        "version": "550.54.16",
        "release": "17.1",
        "flavour": "vgpu-kvm",
        "tree": "kernel",
    }
    assert [finding["evidence"][0]["log_line"] for finding in report["findings"]] == [2, 6]
    assert {remedy["kind"] for remedy in report["remedies"]} >= {"driver", "patch", "pin"}
    for remedy in report["remedies"]:
        assert set(remedy["cures"]) >= {"iommu-ops-removed", "eventfd-signal-args"}


@pytest.mark.parametrize(
    "changed",
    [
        PASTED.replace("'", "‘", 1).replace("'", "’", 1),
        PASTED.replace("\n", "\r\n"),
        "\n".join(line.removeprefix("   ") for line in PASTED.split("\n")),
        PASTED + PASTED,
        PASTED.rstrip("\n"),
    ],
    ids=["curly-quotes", "crlf", "no-prefix", "twice", "no-last-newline"],
)
def test_how_it_was_pasted_changes_nothing(changed: str) -> None:
    assert found("-", stdin=changed) == ["iommu-ops-removed", "eventfd-signal-args"]


def test_copies_count_once() -> None:
    done = run("analyze", "-", "--format", "json", stdin=PASTED * 4)
    assert [finding["count"] for finding in json.loads(done.stdout)["findings"]] == [1, 1]


def test_parallel_compilers_lose_nothing() -> None:
    lines = PASTED.split("\n")
    shuffled = "\n".join([lines[0], lines[1], lines[5], lines[2], lines[6], lines[3], lines[7], ""])
    done = run("analyze", "-", "--format", "json", stdin=shuffled)
    report = json.loads(done.stdout)
    assert sorted(finding["id"] for finding in report["findings"]) == ["eventfd-signal-args", "iommu-ops-removed"]


def test_a_warning_is_no_cause() -> None:
    done = run("analyze", "-", stdin=PASTED.replace("error: ", "warning: "))
    assert done.returncode == 0


def test_the_same_error_in_another_module_is_not_blamed_on_the_driver() -> None:
    log = "DKMS make.log for gasket-1.0 for kernel 6.8.4-2-pve (x86_64)\n" + PASTED.replace(
        "/tmp/selfgz10234/NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm/kernel/nvidia", "/var/lib/dkms/gasket/1.0/build/gasket"
    )
    assert found("-", stdin=log) == []


def test_an_error_that_no_record_knows_is_told_and_not_guessed() -> None:
    log = PASTED.split("\n")[1].replace("iommu_ops", "something_new").replace("const struct bus_type", "struct gadget")
    done = run("analyze", "-", stdin=log)
    assert done.returncode == 3
    assert "something_new" in done.stdout


def test_several_logs_of_one_host_are_one_case(tmp_path: Path) -> None:
    first, second = PASTED.split("\n\n")
    (tmp_path / "a.log").write_text(first + "\n")
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(second.encode()))
    assert found(str(tmp_path / "a.log"), str(tmp_path / "b.log.gz")) == ["iommu-ops-removed", "eventfd-signal-args"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.log", b"", "is empty"),
        ("mark.log", b"\xfe\xff", "is empty"),
        ("image.log", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "PNG"),
        ("binary.log", bytes(range(256)) * 100, "not text"),
        ("zeros.log", bytes(1_000_000), "not text"),
        ("broken.gz", gzip.compress(PASTED.encode(), mtime=0)[:30], "damaged"),
    ],
)
def test_what_is_no_log_ends_with_one_line_and_2(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = run("analyze", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_missing_file_a_folder_and_a_wrong_option_end_with_one_line_and_2(tmp_path: Path) -> None:
    for arguments in (
        ["analyze", str(tmp_path / "none")],
        ["analyze", str(tmp_path)],
        ["analyze", "--format", "pdf"],
        ["nonsense"],
    ):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1, done.stderr
        assert "Traceback" not in done.stderr


def test_a_log_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    import zlib

    packer = zlib.compressobj(wbits=31)
    whole = packer.compress(PASTED.encode()) + packer.flush(zlib.Z_FULL_FLUSH) + packer.compress(b"make: more\n" * 1000)
    path = tmp_path / "a.log.gz"
    path.write_bytes(whole)
    done = run("analyze", str(path))
    assert done.returncode == 1
    assert "damaged" in done.stdout


@pytest.mark.slow
def test_control_characters_of_a_log_do_not_reach_the_terminal() -> None:
    hostile = PASTED.replace("iommu_ops", "iommu\x1b]0;owned\x07_ops\x1b[2J\u202e").replace("nv_pci", "\x1b[31mnv\x9b")
    for form in ("text", "markdown", "bbcode", "json", "html", "sarif"):
        output = run("analyze", "-", "--format", form, "--no-mask", stdin=hostile).stdout
        assert not set(output) & set("\x1b\x07\x9b\u202e"), form


def on_terminal(*arguments: str, **environment: str) -> str:
    """What a terminal shows of an analysis of the pasted log."""
    screen, terminal = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "vgpu_doctor", "analyze", "-", *arguments],
        stdin=subprocess.PIPE,
        stdout=terminal,
        env={**os.environ, "TERM": "xterm-256color", **environment},
    )
    os.close(terminal)
    assert done.stdin
    done.stdin.write(PASTED.encode())
    done.stdin.close()
    shown = b""
    try:
        while piece := os.read(screen, 65_536):
            shown += piece
    except OSError:  # how the end of a terminal shows
        pass
    os.close(screen)
    assert done.wait(60) == 1
    return shown.decode()


@pytest.mark.slow
def test_colours_are_for_terminals_that_want_them() -> None:
    assert "\x1b[" in on_terminal(NO_COLOR="")
    assert "\x1b[" not in on_terminal(NO_COLOR="1")
    assert "\x1b[" not in on_terminal(NO_COLOR="", TERM="dumb")
    assert "\x1b[" not in on_terminal("--color", "never", NO_COLOR="")
    assert "\x1b[" in on_terminal("--color", "always", NO_COLOR="1")
    assert "\x1b[" not in run("analyze", "-", stdin=PASTED).stdout
    assert "\x1b[" in run("analyze", "-", "--color", "always", stdin=PASTED).stdout


def test_a_pipe_does_not_pay_for_rich() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "vgpu_doctor", "analyze", "-"],
        input=PASTED.encode(),
        capture_output=True,
        timeout=60,
    )
    assert b"vgpu_doctor.report.layout" in done.stderr
    assert b"rich.console" not in done.stderr


@pytest.mark.parametrize("colour", ["never", "always"])
def test_a_reader_that_goes_away_is_no_fault(colour: str) -> None:
    done = subprocess.run(
        f"{sys.executable} -m vgpu_doctor analyze - --color {colour} | head -c 10; exit ${{PIPESTATUS[0]}}",
        input=PASTED,
        shell=True,
        executable="/bin/bash",
        text=True,
        capture_output=True,
        timeout=60,
    )
    assert done.stderr == ""


def test_version_and_help_say_what_there_is() -> None:
    assert run("--version").stdout.startswith("vgpu-doctor ")
    text = run("--help").stdout
    for command in ("analyze", "explain", "signatures"):
        assert command in text
    assert "Exit code" in run("analyze", "--help").stdout


def test_explain_prints_a_page_and_suggests_near_names() -> None:
    page = run("explain", "eventfd-signal-args")
    assert page.returncode == 0
    assert "3652117f8548" in page.stdout
    wrong = run("explain", "eventfd-signal-arg")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "eventfd-signal-args" in wrong.stderr


@pytest.mark.parametrize(
    "release", ["6.12.107+deb13-commo未完成的任务", "6.8x", "6.8.4.2x", "1234.5678", "6.8.12345", "6.8" + "x" * 200]
)
@pytest.mark.slow
def test_a_kernel_release_that_is_torn_or_glued_upsets_nothing(release: str) -> None:
    log = f"/usr/src/linux-headers-{release}\n/lib/modules/{release} build\nlinux-headers-{release} \n{PASTED}"
    assert found(stdin=log) == ["iommu-ops-removed", "eventfd-signal-args"]


@pytest.mark.parametrize(
    "line",
    [
        "'make' -j8 NV_EXCLUDE_BUILD_MODULES='' KERNEL_UNAME=6.8.4-2-pve modules.......(bad exit status: 2)",
        "make -j16 KERNELRELEASE=6.8.4-2-pve -C kernel IGNORE_CC_MISMATCH=''",
        "KERNEL, UNAME=6.8.4-2-pve",  # as screenshots are read
        "root@pve:~# uname -r\n6.8.4-2-pve",
    ],
)
def test_the_kernel_is_known_from_what_people_paste_beside_the_errors(line: str) -> None:
    report = json.loads(run("analyze", "-", "--format", "json", stdin=f"{line}\n{PASTED}").stdout)
    assert report["log"]["kernel"] == {"release": "6.8.4-2-pve", "series": "6.8", "distro": "pve"}


def test_the_kernel_that_runs_is_not_the_one_for_which_a_log_was_built() -> None:
    log = (
        "root@pve:~# uname -r\n6.5.13-6-pve\nDKMS make.log for nvidia-550.54.16 for kernel 6.8.4-2-pve (x86_64)\n"
        + PASTED
    )
    report = json.loads(run("analyze", "-", "--format", "json", stdin=log).stdout)
    assert report["log"]["kernel"]["release"] == "6.8.4-2-pve"


@pytest.mark.parametrize(
    "line", ["535.161.05-1", "12.2.0-14", "1.2.3-4", "6.8.4-2-pve is what I run", "2024.11.23-x86_64"]
)
def test_other_numbers_on_a_line_are_no_kernel(line: str) -> None:
    report = json.loads(run("analyze", "-", "--format", "json", stdin=f"{line}\n{PASTED}").stdout)
    assert report["log"]["kernel"]["release"] is None


DKMS_SUMMARY = """\
Building module(s)...(bad exit status: 2)
'make' -j8 NV_EXCLUDE_BUILD_MODULES='' KERNEL_UNAME={kernel} modules
Error! Bad return status for module build on kernel: {kernel} (x86_64)
Consult /var/lib/dkms/nvidia/550.54.16/build/make.log for more information.
"""


@pytest.mark.parametrize(
    ("kernel", "more", "told"),
    [
        ("6.8.4-2-pve", "", True),
        ("6.5.13-6-pve", "", False),
        ("6.8.4-2-pve", "[ 9.1] NVRM: loading NVIDIA UNIX x86_64 Kernel Module 550.54.16\n", False),
        ("6.8.4-2-pve", PASTED, False),
        ("5.14.0-427.el9.x86_64", "", False),
    ],
)
def test_a_driver_that_cannot_work_is_named_before_the_log_shows_it(kernel: str, more: str, told: bool) -> None:
    """Not where it was compiled, the errors say it themselves, or the kernel's number says little."""
    done = run("analyze", "-", "--format", "json", stdin=DKMS_SUMMARY.format(kernel=kernel) + more)
    notes = " ".join(note["text"] for note in json.loads(done.stdout)["notes"])
    assert ("vGPU 17.1 fails on Linux" in notes) is told
    assert (f"vgpu-doctor check --driver 550.54.16 --kernel {kernel}" in notes) is told
