"""The hook with the real apt-get, in a root of its own, on packages made here."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from vgpu_doctor.cli.hook import hook_status, install_hook, remove_hook
from vgpu_doctor.cli.start import exit_code_of
from vgpu_doctor.host.hook_files import APT, FILES, WRAPPER
from vgpu_doctor.host.transaction import changes_of, new_kernels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

NEEDED = ("apt-get", "dpkg", "dpkg-deb", "timeout")
MISSING = [tool for tool in NEEDED if shutil.which(tool) is None]
needs_apt = pytest.mark.skipif(bool(MISSING), reason=f"there is no {', '.join(MISSING)}")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="dpkg unpacks as root only")

KERNEL = "proxmox-kernel-6.8.4-2-pve-signed"
TEXT = """VERSION 3
APT::Architecture=amd64

proxmox-kernel-6.8.4-2-pve-signed - - none < 6.8.4-2 amd64 none /var/cache/apt/archives/k.deb
vim 2:9.0-1 amd64 none < 2:9.0-2 amd64 none /var/cache/apt/archives/vim.deb
pve-kernel-5.15.30-2-pve 5.15.30-3 amd64 none > - - none **REMOVE**
proxmox-kernel-6.8.4-2-pve-signed - - none < 6.8.4-2 amd64 none **CONFIGURE**
"""


class Apt:
    """A root with its own dpkg and apt, a repository of its own, and the hook."""

    def __init__(self, base: Path) -> None:
        self.root = base / "root"
        self.archive = base / "archive"
        self.archive.mkdir(parents=True)
        for folder in (
            "etc/apt/apt.conf.d",
            "etc/apt/preferences.d",
            "var/lib/apt/lists/partial",
            "var/cache/apt/archives/partial",
            "var/lib/dpkg/info",
            "var/lib/dpkg/updates",
            "var/lib/dpkg/triggers",
            "var/log/apt",
            "tmp",
        ):
            (self.root / folder).mkdir(parents=True)
        (self.root / "var/lib/dpkg/status").write_text("")
        (self.root / "var/lib/dpkg/available").write_text("")
        (self.root / "etc/apt/sources.list").write_text(f"deb [trusted=yes] file:{self.archive} ./\n")
        self.configuration = base / "apt.conf"
        self.configuration.write_text(
            f'Dir "{self.root}";\nDir::State::status "{self.root}/var/lib/dpkg/status";\n'
            f'Dir::Etc::parts "{self.root}/etc/apt/apt.conf.d";\nDir::Etc::main "/dev/null";\n'
            'APT::Architecture "amd64";\nAPT::Architectures {"amd64";};\nAPT::Sandbox::User "root";\n'
            f'DPkg::Options {{"--root={self.root}"; "--force-not-root"; "--force-bad-path"; "--log=/dev/null";}};\n'
            'Dir::Bin::methods "/usr/lib/apt/methods";\nAcquire::Languages "none";\nDPkg::Use-Pty "0";\n'
        )
        self.dpkg_entries = ""

    def driver(self, build: str) -> None:
        """Puts a driver on the host."""
        folder = self.root / "proc/driver/nvidia"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "version").write_text(f"NVRM version: NVIDIA UNIX x86_64 Kernel Module  {build}  Tue Feb 20\n")
        service = self.root / "usr/lib/systemd/system/nvidia-vgpu-mgr.service"
        service.parent.mkdir(parents=True, exist_ok=True)
        service.write_text("[Unit]\n")

    def package(self, name: str, version: str, depends: str = "") -> None:
        """Makes a package that installs one file, and lists it."""
        folder = self.archive.parent / "work" / f"{name}_{version}"
        (folder / "DEBIAN").mkdir(parents=True)
        (folder / f"usr/share/doc/{name}").mkdir(parents=True)
        (folder / f"usr/share/doc/{name}/readme").write_text(f"{name} {version}\n")
        control = f"Package: {name}\nVersion: {version}\nArchitecture: amd64\nMaintainer: Nobody <nobody@example.org>\n"
        control += (f"Depends: {depends}\n" if depends else "") + "Description: a package of this test\n"
        (folder / "DEBIAN/control").write_text(control)
        file = self.archive / f"{name}_{version}_amd64.deb"
        subprocess.run(["dpkg-deb", "--build", "--root-owner-group", folder, file], check=True, capture_output=True)
        self.dpkg_entries += f"{control}Filename: ./{file.name}\nSize: {file.stat().st_size}\n"
        self.dpkg_entries += f"SHA256: {hashlib.sha256(file.read_bytes()).hexdigest()}\n\n"
        (self.archive / "Packages").write_text(self.dpkg_entries)

    def get(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs apt-get in the root."""
        return subprocess.run(
            ["apt-get", "-y", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
            env={
                **os.environ,
                "APT_CONFIG": str(self.configuration),
                "LC_ALL": "C",
                "DEBIAN_FRONTEND": "noninteractive",
                **environment,
            },
        )

    def has(self, name: str) -> bool:
        """Whether a package got onto the host."""
        return (self.root / f"usr/share/doc/{name}/readme").exists()


@pytest.fixture
def apt(tmp_path: Path) -> Apt:
    """A host of Proxmox VE 8.1 whose repository has the kernel of 8.2."""
    if MISSING or os.geteuid() != 0:
        pytest.skip("there is no apt here, or no right to use it")
    host = Apt(tmp_path)
    host.package("proxmox-default-kernel", "1.1.0", "proxmox-kernel-6.8")
    host.package("proxmox-kernel-6.8", "6.8.4-2", KERNEL)
    host.package(KERNEL, "6.8.4-2")
    host.package("vim", "9.0")
    updated = host.get("update")
    assert updated.returncode == 0, updated.stderr
    return host


@needs_apt
@needs_root
def test_kernel_that_breaks_the_driver_is_stopped(apt: Apt) -> None:
    apt.driver("535.161.05")
    assert install_hook("stop", apt.root) == 0
    done = apt.get("install", "proxmox-default-kernel", "vim")
    said = [line for line in (done.stdout + done.stderr).split("\n") if line.startswith("vgpu-doctor: ")]
    assert done.returncode != 0, done.stdout
    assert not apt.has(KERNEL)
    assert not apt.has("vim")
    assert said == [
        "vgpu-doctor: NVIDIA driver 535.161.05 (vGPU 16.4 or 16.5) on kernel 6.8.4-2-pve: will not build: "
        "eventfd-signal-args, iommu-ops-removed and 2 more",
        "vgpu-doctor: first install vGPU 16.14 (host driver 535.309.01); 'vgpu-doctor check' shows how, and other "
        "options",
        "vgpu-doctor: nothing was changed. To go on anyway, set VGPU_DOCTOR_HOOK=warn before the command",
    ]


@needs_apt
@needs_root
def test_kernel_that_the_driver_knows_is_let_through(apt: Apt) -> None:
    apt.driver("535.216.01")
    install_hook("stop", apt.root)
    done = apt.get("install", "proxmox-default-kernel")
    assert done.returncode == 0, done.stderr
    assert apt.has(KERNEL)
    assert "builds" in done.stdout + done.stderr


@needs_apt
@needs_root
def test_other_packages_are_let_through_in_silence(apt: Apt) -> None:
    apt.driver("535.161.05")
    install_hook("stop", apt.root)
    done = apt.get("install", "vim")
    assert done.returncode == 0, done.stderr
    assert apt.has("vim")
    assert "vgpu-doctor" not in done.stdout + done.stderr


@needs_apt
@needs_root
@pytest.mark.parametrize(("mode", "environment"), [("warn", {}), ("stop", {"VGPU_DOCTOR_HOOK": "warn"})])
def test_a_warning_stops_nothing(apt: Apt, mode: str, environment: Mapping[str, str]) -> None:
    apt.driver("535.161.05")
    install_hook("warn" if mode == "warn" else "stop", apt.root)
    done = apt.get("install", "proxmox-default-kernel", **environment)
    assert done.returncode == 0, done.stderr
    assert apt.has(KERNEL)
    assert "will not build" in done.stdout + done.stderr


@needs_apt
@needs_root
def test_pinned_host_is_only_warned(apt: Apt) -> None:
    apt.driver("535.161.05")
    (apt.root / "etc/kernel").mkdir()
    (apt.root / "etc/kernel/proxmox-boot-pin").write_text("6.5.13-5-pve\n")
    install_hook("stop", apt.root)
    done = apt.get("install", "proxmox-default-kernel")
    assert done.returncode == 0, done.stderr
    assert "kernel 6.5.13-5-pve is pinned" in done.stdout + done.stderr


def _gone(wrapper: Path) -> None:
    wrapper.write_text(wrapper.read_text().replace(sys.executable, "/nowhere/python3"))


def _crashing(wrapper: Path) -> None:
    wrapper.write_text(wrapper.read_text().replace("vgpu_doctor.check.apt_gate", "vgpu_doctor.no_such_module"))


def _killed(wrapper: Path) -> None:
    wrapper.write_text(
        wrapper.read_text().replace(f"{sys.executable} -P -m vgpu_doctor.check.apt_gate", "sh -c 'kill -9 $$'")
    )


def _hanging(wrapper: Path) -> None:
    text = wrapper.read_text().replace(f"{sys.executable} -P -m vgpu_doctor.check.apt_gate", "sleep 60")
    wrapper.write_text(text.replace("timeout 10", "timeout 1").replace('apt --mode "$mode"', "").replace("--root", "#"))


def _deaf(wrapper: Path) -> None:
    wrapper.write_text(wrapper.read_text().replace(f"{sys.executable} -P -m vgpu_doctor.check.apt_gate", "true"))


@needs_apt
@needs_root
@pytest.mark.parametrize("spoil", [_gone, _crashing, _killed, _hanging, _deaf])
def test_a_fault_of_the_tool_stops_nothing(apt: Apt, spoil: Callable[[Path], None]) -> None:
    apt.driver("535.161.05")
    install_hook("stop", apt.root)
    before = (apt.root / WRAPPER).read_text()
    spoil(apt.root / WRAPPER)
    assert (apt.root / WRAPPER).read_text() != before
    done = apt.get("install", "proxmox-default-kernel")
    assert done.returncode == 0, done.stderr
    assert apt.has(KERNEL)


@needs_apt
@needs_root
def test_removed_hook_leaves_apt_as_it_was(apt: Apt) -> None:
    apt.driver("535.161.05")
    install_hook("stop", apt.root)
    assert hook_status(apt.root) == 0
    assert remove_hook(apt.root) == 0
    assert not any((apt.root / name).exists() for name in FILES)
    assert hook_status(apt.root) == 1
    assert apt.get("install", "proxmox-default-kernel").returncode == 0


def test_files_of_others_are_never_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / APT).parent.mkdir(parents=True)
    (tmp_path / APT).write_text("// somebody else's\n")
    assert exit_code_of(lambda: install_hook("stop", tmp_path)) == 2
    assert "was not written by vgpu-doctor" in capsys.readouterr().err
    assert remove_hook(tmp_path) == 0
    assert (tmp_path / APT).read_text() == "// somebody else's\n"
    assert not (tmp_path / WRAPPER).exists()


def test_host_without_apt_gets_no_hook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(lambda: install_hook("warn", tmp_path)) == 2
    assert "there is no apt here" in capsys.readouterr().err


def test_transaction_is_read_as_apt_writes_it() -> None:
    changes = changes_of(TEXT.split("\n"))
    assert [(one.name, one.after) for one in changes][:3] == [
        (KERNEL, "6.8.4-2"),
        ("vim", "2:9.0-2"),
        ("pve-kernel-5.15.30-2-pve", None),
    ]
    assert new_kernels(changes) == ["6.8.4-2-pve"]


@pytest.mark.parametrize("text", ["", "VERSION 2\n\n", TEXT.replace("VERSION 3", "VERSION 4"), "\0\xff\n" * 3])
def test_other_texts_bring_no_kernel(text: str) -> None:
    assert new_kernels(changes_of(text.split("\n"))) == []


def _gate(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "vgpu_doctor.check.apt_gate", *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_after_a_kernel_tells_what_dkms_left_undone(tmp_path: Path) -> None:
    (tmp_path / "var/lib/dkms/nvidia/535.161.05").mkdir(parents=True)
    assert "headers of 6.8.4-2-pve are not installed" in _gate("kernel", "--root", str(tmp_path), "6.8.4-2-pve").stderr
    (tmp_path / "usr/src/linux-headers-6.8.4-2-pve/include").mkdir(parents=True)
    done = _gate("kernel", "--root", str(tmp_path), "6.8.4-2-pve")
    assert done.returncode == 0
    assert "is NOT built for 6.8.4-2-pve" in done.stderr
    assert "dkms autoinstall -k 6.8.4-2-pve" in done.stderr
    (tmp_path / "var/lib/dkms/nvidia/535.161.05/6.8.4-2-pve/x86_64/module").mkdir(parents=True)
    assert "is built for 6.8.4-2-pve" in _gate("kernel", "--root", str(tmp_path), "6.8.4-2-pve").stderr


def test_transaction_without_a_kernel_loads_only_what_reads_it(tmp_path: Path) -> None:
    program = (
        "import sys; from vgpu_doctor.check.apt_gate import main\n"
        f"code = main(['apt', '--mode', 'stop', '--root', {str(tmp_path)!r}])\n"
        "print(*sorted(name for name in sys.modules if name.startswith('vgpu_doctor.') or name in ('lark', 'yaml')))\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input="VERSION 3\n\n",
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "vgpu_doctor.host.transaction" in loaded
    packages = {name.split(".")[1] for name in loaded if name.startswith("vgpu_doctor.")}
    assert packages <= {"check", "host", "frozen", "versions"}
    assert not loaded & {"lark", "yaml"}
