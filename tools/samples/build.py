"""Build the look-alike, and real driver trees, against real kernel headers, and keep what the tools print.

    build.py LAB OUT [NAME...]

LAB holds build roots (root-bookworm, root-trixie: compiler, dkms, kernel headers) and module sources (src/VERSION).
OUT gets a folder a build: the output of each step, and facts.json. Needs root, for chroot and mount.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LOOKALIKE = Path(__file__).parent / "lookalike" / "kernel"
KERNELS = {
    "6.1": ("bookworm", r"6\.1\.0-\d+-amd64"),
    "6.12-gcc12": ("bookworm", r"6\.12\.\d+\+deb12-amd64"),
    "6.12": ("trixie", r"6\.12\.\d+\+deb13-amd64"),
    "7.2": ("trixie", r"7\.2\.\d+\+deb13-amd64"),
    "7.3": ("trixie", r"7\.3\.\d+\+deb13-amd64"),
}
IN_ROOT = """
root=$1 tree=$2 at=$3 script=$4; shift 4
mkdir -p "$root$at"; mount --bind "$tree" "$root$at"
mount -t proc proc "$root/proc"; mount --bind /dev "$root/dev"
exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=xterm "$@" sh -c "cd $at && $script"
"""


@dataclass(frozen=True)
class Build:
    """A build as nvidia-installer makes it: clean, build, and, if that failed, one module after another."""

    name: str
    kernel: str
    package: str = "NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm"
    pid: int = 10234
    words: str = ""  # more words for make; PROBE picks a variant of the look-alike
    driver: str = ""  # a real tree of the lab, to which the look-alike's vgpu-vfio module is added
    jobs: int = 4


@dataclass(frozen=True)
class Dkms:
    """A run of the dkms program."""

    name: str
    kernel: str
    version: str = "550.54.16"
    driver: str = ""
    words: str = ""
    locale: str = "C"
    headers: bool = True


BUILDS: tuple[Build | Dkms, ...] = (
    Build("pve-6.8", "6.12-gcc12"),
    Build("seed-7.3", "7.3", words="PROBE=-DNS_BARE"),
    Build("colour", "6.12", words="PROBE=-fdiagnostics-color=always"),
    Build("fixed", "6.12", words="PROBE=-DFIXED"),
    Build("fixed-7.3", "7.3", words="PROBE=-DFIXED", pid=4087),
    Build("detach", "6.12-gcc12", "NVIDIA-Linux-x86_64-535.161.05-vgpu-kvm-custom", 5127, "PROBE=-DFIXED"),
    Build("extra-cflags", "7.2", "NVIDIA-Linux-x86_64-535.129.03-vgpu-kvm", 7331, "OLD_FLAGS=1 PROBE=-DFIXED"),
    Build("gpl-7.2", "7.2", pid=2711, words="PROBE='-DFIXED -DPROPRIETARY'"),
    Build("gpl-7.3", "7.3", pid=2712, words="PROBE='-DFIXED -DPROPRIETARY'"),
    Build("old-compiler", "7.3", pid=8250, words="PROBE=-DFIXED CC=gcc-12"),
    Build("namespace-6.12", "6.12", pid=3390, words="PROBE='-DFIXED -DNS_MISSING' EXTRA_SYMVERS=iommufd.symvers"),
    Build("namespace-7.3", "7.3", pid=3391, words="PROBE='-DFIXED -DNS_MISSING' EXTRA_SYMVERS=iommufd.symvers"),
    Build("import-7.2", "7.2", pid=6120, words="PROBE='-DFIXED -DNS_BARE'"),
    Build("seed", "6.12-gcc12", driver="550.54.15"),
    Dkms("dkms-3.0", "6.12-gcc12"),
    Dkms("dkms-3.2", "7.3"),
    Dkms("dkms-3.2-zh", "6.12", locale="zh_CN.UTF-8"),
    Dkms("dkms-ok", "7.3", words="PROBE=-DFIXED"),
    Dkms("dkms-no-headers", "6.12", headers=False),
    Dkms("dkms-525", "7.3", "525.147.05", "525.147.05-old"),
    Dkms("dkms-550-ok", "6.1", "550.54.15", "550.54.15"),
)


def with_lines(text: str) -> str:
    """Return the text with each ``//@line N`` widened so that what follows it stands in line N."""
    lines: list[str] = []
    for line in text.splitlines():
        wanted = re.match(r"//@line (\d+)", line)
        lines += [""] * (int(wanted[1]) - 1 - len(lines)) if wanted else [line]
    return "\n".join(lines) + "\n"


def lay_out(tree: Path, lab: Path, driver: str, whole: bool) -> None:
    """Put the tree to build where ``tree`` says: the look-alike, or a real driver without its packager's prints."""
    shutil.rmtree(tree, ignore_errors=True)
    if not driver:
        shutil.copytree(LOOKALIKE, tree)
    else:
        shutil.copytree(lab / "src" / driver, tree, ignore=shutil.ignore_patterns("debian", ".*"))
        kbuild, makefile = tree / "Kbuild", tree / "Makefile"
        text = re.sub(r"(?<=\nconftest-verbose:\n)(\t.*\n)+", "\t@:\n", kbuild.read_text())
        kbuild.write_text(re.sub(r'\t@echo " CONFTEST \$+\(notdir \$+@\):"\n\t@cat \$+@\n', "", text))
        text = re.sub(r"\t\$\(MAKE\) \\\n\t  PAHOLE=\S+ ", "\t@$(MAKE) ", makefile.read_text())
        makefile.write_text(text.replace("\tchmod +x", "\t@chmod +x").replace("@set -x; if", "@if"))
        if whole:  # the modules that a vGPU-KVM package has
            for name in ("nvidia-drm", "nvidia-modeset", "nvidia-peermem", "nvidia-uvm"):
                shutil.rmtree(tree / name)
            shutil.copytree(LOOKALIKE / "nvidia-vgpu-vfio", tree / "nvidia-vgpu-vfio")
            shutil.copy(LOOKALIKE / "common/inc/nv-vgpu-vfio-interface.h", tree / "common/inc")
    for path in [*tree.glob("nvidia/nv-pci.c"), *tree.glob("nvidia-vgpu-vfio/*.c")]:
        path.write_text(with_lines(path.read_text()))


def run(root: Path, tree: Path, at: str, script: str, *env: str) -> tuple[int, bytes]:
    """Run a script in a root, with the tree bound at a path there; return its exit code and what it printed."""
    command = ["unshare", "-m", "nice", "bash", "-c", IN_ROOT, "build", str(root), str(tree), at, script, *env]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout


def as_installer(build: Build, root: Path, release: str, tree: Path, out: Path) -> dict[str, object]:
    """Run the steps of nvidia-installer, write what each prints into a file of its own, and return the facts."""
    source = f"/lib/modules/{release}/source"
    if not (root / source.lstrip("/")).is_symlink():
        source = f"/lib/modules/{release}/build"
    paths = f'SYSSRC="{source}" SYSOUT="/lib/modules/{release}/build"'
    at = f"/tmp/selfgz{build.pid}/{build.package}/kernel"
    steps = {"clean": ('NV_EXCLUDE_KERNEL_MODULES=""', "clean"), "build": ('NV_EXCLUDE_KERNEL_MODULES=""', "")}
    steps |= {module: (f'NV_KERNEL_MODULES="{module}"', "") for module in ("nvidia", "nvidia-vgpu-vfio")}
    commands: dict[str, str] = {}
    codes: dict[str, int] = {}
    for step, (choice, target) in steps.items():
        if step.startswith("nvidia") and (codes["build"] == 0 or codes.get("nvidia")):
            break
        commands[step] = f"/usr/bin/make -k -j{build.jobs}  {choice} {paths} {target}"
        extra = "VGX_KVM_BUILD=1 " if build.driver else ""
        # what the variant needs is no part of the command that the installer prints
        script = f"{extra}{commands[step]} {build.words}"
        codes[step], output = run(root, tree, at, script, "LANG=C", "LC_ALL=C")
        (out / f"{step}.txt").write_bytes(output)
    modules = {path.name: vermagic(path) for path in tree.glob("*.ko")}
    shutil.rmtree(root / "tmp" / f"selfgz{build.pid}", ignore_errors=True)
    return {"at": at, "source": source, "commands": commands, "codes": codes, "vermagic": modules}


def vermagic(module: Path) -> str:
    """Return the version magic inside a built module."""
    found = re.search(rb"\0vermagic=([^\0]+)\0", module.read_bytes())
    return found[1].decode() if found else ""


def as_dkms(build: Dkms, root: Path, release: str, tree: Path, out: Path) -> dict[str, object]:
    """Run ``dkms add`` and ``dkms build``, keep what the terminal shows and make.log, and return the facts."""
    if build.driver:
        names = [path.name for path in tree.iterdir() if (path / f"{path.name}.Kbuild").exists()]
        conf = (LOOKALIKE / "dkms.conf").read_text().split("BUILT_MODULE_NAME")[0].replace("550.54.16", build.version)
        for number, name in enumerate(sorted(names)):
            conf += f'BUILT_MODULE_NAME[{number}]="{name}"\nDEST_MODULE_LOCATION[{number}]="/kernel/drivers/video"\n'
        (tree / "dkms.conf").write_text(conf)
    if build.words:
        conf_file = tree / "Kbuild"
        conf_file.write_text(build.words + "\n" + conf_file.read_text())
    module = f"nvidia/{build.version}"
    wanted = release if build.headers else re.sub(r"\.(\d+)\+", lambda found: f".{int(found[1]) + 3}+", release)
    home = root / "var/lib/dkms/nvidia"
    shutil.rmtree(home, ignore_errors=True)
    at = f"/usr/src/nvidia-{build.version}"
    env = (f"LANG={build.locale}", f"LC_ALL={build.locale}")
    code, output = run(root, tree, at, f"dkms add {module}; dkms build {module} -k {wanted}", *env)
    (out / "terminal.txt").write_bytes(output)
    for log in home.rglob("make.log"):
        shutil.copy(log, out / "make.log")
    shutil.rmtree(home, ignore_errors=True)
    (root / at.lstrip("/")).rmdir()
    return {"code": code, "wanted": wanted}


def main() -> int:
    """Build what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("lab", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("name", nargs="*")
    args = parser.parse_args()
    for build in BUILDS:
        if args.name and build.name not in args.name:
            continue
        suite, pattern = KERNELS[build.kernel]
        root = args.lab / f"root-{suite}"
        releases = [path.name.removeprefix("linux-headers-") for path in (root / "usr/src").glob("linux-headers-*")]
        release = max(name for name in releases if re.fullmatch(pattern, name))
        out, tree = args.out / build.name, args.lab / "build" / "samples"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        lay_out(tree, args.lab, build.driver, isinstance(build, Build))
        if isinstance(build, Build):
            facts = as_installer(build, root, release, tree, out)
        else:
            facts = as_dkms(build, root, release, tree, out)
        (out / "facts.json").write_text(json.dumps({"release": release, "kernel": build.kernel, **facts}, indent=1))
        print(build.name, facts.get("codes", facts.get("code")), flush=True)
        shutil.rmtree(tree)
    return 0


if __name__ == "__main__":
    sys.exit(main())
