"""Write the sample logs: what build.py kept, wrapped as nvidia-installer and a user's terminal wrap it.

    samples.py OUT FOLDER

OUT is the folder that build.py filled. FOLDER gets NAME.log (or NAME.log.gz) and NAME.yaml for each sample.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from installer import MESSAGES, Built, InstallerLog

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN = "Real output of make and {tools} on a small driver of our own, laid out like NVIDIA's"
WRAPPED = "; the installer's own lines follow its public source."
DEBIAN_12 = OWN.format(tools="gcc 12 with kernel headers of Debian 12")
DEBIAN_13 = OWN.format(tools="gcc 14 with kernel headers of Debian 13")
BY_HAND = "Reconstructed from the public sources of the installer, the driver and the kernel; nothing was installed."
SEED = ("iommu-ops-removed", "eventfd-signal-args")
WHEN = {
    "6.12-gcc12": "Tue Sep  1 21:14:05 2026",
    "6.12": "Sat Sep 12 10:02:41 2026",
    "7.2": "Sun Oct 11 16:40:12 2026",
    "7.3": "Mon Nov 16 20:31:07 2026",
}
CLOSED = ("-m", "kernel")


@dataclass(frozen=True)
class Sample:
    """One log and what is known of it."""

    name: str
    about: str
    made: str
    causes: tuple[str, ...]
    outcome: str
    text: str
    packed: bool = False

    def write(self, folder: Path) -> None:
        """Write the log and its label."""
        content = self.text.encode()
        if self.packed:
            (folder / f"{self.name}.log.gz").write_bytes(gzip.compress(content, mtime=0))
        else:
            (folder / f"{self.name}.log").write_bytes(content)
        label = {"about": self.about, "made": self.made, "causes": list(self.causes), "outcome": self.outcome}
        text = yaml.safe_dump(label, sort_keys=False, allow_unicode=True, width=110)
        (folder / f"{self.name}.yaml").write_text(text, encoding="utf-8")


def installed(out: Path, name: str, version: str = "550.54.16", *arguments: str, when: str = "") -> InstallerLog:
    """Return the log of a run up to the end of its build."""
    built = Built(out / name)
    date = when or WHEN[built.facts["kernel"]]
    log = InstallerLog(version, date, arguments, initramfs=not version.startswith("535."))
    log.build(built)
    return log


def as_proxmox(text: str) -> str:
    """Return a log of a build with Debian 12's headers, with the paths of Proxmox VE 8.2."""
    text = re.sub(r"linux-headers-6\.12\.\d+\+deb12-(?:amd64|common)", "linux-headers-6.8.4-2-pve", text)
    text = re.sub(r"6\.12\.\d+\+deb12-amd64/source", "6.8.4-2-pve/build", text)
    return re.sub(r"6\.12\.\d+\+deb12-amd64", "6.8.4-2-pve", text)


def compile_errors(out: Path) -> Iterator[Sample]:
    """Yield drivers that the kernel has moved away from."""
    real = installed(out, "seed", "550.54.16", *CLOSED).text()
    yield Sample(
        "550.54.16-debian-6.12",
        "vGPU 17.1's host driver on Linux 6.12: bus_type has no iommu_ops, and eventfd_signal takes one argument.",
        "Real output of gcc 12 with kernel headers of Debian 12: NVIDIA's 550.54.15 modules from Debian's package, "
        "compiled as for a vGPU host, with a vgpu-vfio module of our own beside them; the folder is named as that of "
        "550.54.16" + WRAPPED,
        SEED,
        "failed",
        real,
    )
    yield Sample(
        "550.54.16-pve-6.8.4",
        "The case that started it: vGPU 17.1's host driver on Proxmox VE 8.2 with kernel 6.8.",
        f"{DEBIAN_12}, for Linux 6.12; paths renamed to those of kernel 6.8.4-2-pve, which Debian lacks{WRAPPED}",
        SEED,
        "failed",
        as_proxmox(installed(out, "pve-6.8", "550.54.16", *CLOSED, when="Sat Apr 27 20:02:31 2024").text()),
    )
    yield Sample(
        "550.54.16-debian-7.3",
        "The same driver on Linux 7.3, where MODULE_IMPORT_NS() wants a string as well.",
        DEBIAN_13 + WRAPPED,
        (*SEED, "module-import-ns-string"),
        "failed",
        installed(out, "seed-7.3", "550.54.16", *CLOSED).text(),
    )
    coloured = installed(out, "colour").text().replace("\n", "\r\n")
    yield Sample(
        "550.54.16-colour-crlf",
        "A log with gcc's colours, saved with the line ends of Windows.",
        DEBIAN_13 + ", with colours forced on; the line ends were changed afterwards" + WRAPPED,
        SEED,
        "failed",
        coloured,
    )
    yield Sample(
        "535.129.03-extra-cflags-7.2",
        "A driver that passes its include path in EXTRA_CFLAGS, which Kbuild ignores since Linux 6.15.",
        DEBIAN_13 + ", with its flags passed the old way" + WRAPPED,
        ("extra-cflags-removed", "iommu-ops-removed"),
        "failed",
        installed(out, "extra-cflags", "535.129.03").text(),
    )
    yield Sample(
        "550.54.16-import-ns-7.2",
        "MODULE_IMPORT_NS() with a bare name on Linux 7.2.",
        DEBIAN_13 + WRAPPED,
        ("module-import-ns-string",),
        "failed",
        installed(out, "import-7.2", "550.54.16", *CLOSED).text(),
    )
    yield Sample(
        "550.54.16-old-compiler-7.3",
        "The system's compiler is older than the one that built the kernel, and does not know its options.",
        OWN.format(tools="gcc 12 with kernel headers of Debian 13") + WRAPPED,
        ("compiler-option-unknown",),
        "failed",
        installed(out, "old-compiler", "550.54.16", *CLOSED).text(),
    )


def link_errors(out: Path) -> Iterator[Sample]:
    """Yield what modpost refuses."""
    for series in ("7.2", "7.3"):
        yield Sample(
            f"550.54.16-gpl-only-{series}",
            "The closed nvidia.ko sets the flags of a mapping; its inline helper links a symbol for GPL modules only.",
            DEBIAN_13 + ", under NVIDIA's licence" + WRAPPED,
            ("gpl-symbol-vma-start-write",),
            "failed",
            installed(out, f"gpl-{series}", "550.54.16", *CLOSED).text(),
        )
    for series in ("6.12", "7.3"):
        yield Sample(
            f"550.54.16-namespace-{series}",
            f"nvidia-vgpu-vfio uses iommufd without importing its namespace, in the words of Linux {series}.",
            f"{DEBIAN_13}; iommufd's exports, which Debian's kernel lacks, were added to the symbol list{WRAPPED}",
            ("symbol-namespace-not-imported",),
            "failed",
            installed(out, f"namespace-{series}", "550.54.16", *CLOSED).text(),
        )


def kernel_log(name: str) -> str:
    """Return kernel messages written by hand, after the kernel's and the driver's format strings."""
    return (Path(__file__).parent / "kernel_log" / f"{name}.txt").read_text(encoding="utf-8")


def loading(out: Path) -> Iterator[Sample]:
    """Yield drivers that build: installed, or refused when they are loaded."""
    log = installed(out, "fixed", "550.54.16", *CLOSED)
    log.say(MESSAGES["no-secure-boot"])
    log.kernel_messages(kernel_log("loaded").format(version="550.54.16"))
    log.warn(MESSAGES["x-path-guessed"])
    log.finish()
    yield Sample(
        "550.54.16-installed-6.12",
        "A patched host driver that builds, loads and is installed.",
        DEBIAN_13 + "; the kernel messages are reconstructed" + WRAPPED,
        (),
        "succeeded",
        log.text(),
    )
    log = installed(out, "detach", "535.161.05", when="Sun May  5 18:09:47 2024")
    log.kernel_messages(kernel_log("loaded").format(version="535.161.05"))
    log.finish()
    yield Sample(
        "535.161.05-detach-ioas-pve-6.8.4",
        "vGPU 16.5, patched to compile on 6.8: it installs, and then vfio refuses every vGPU for want of .detach_ioas.",
        f"{DEBIAN_12}, for Linux 6.12; paths renamed to those of kernel 6.8.4-2-pve. The kernel messages are "
        f"reconstructed after the WARN_ON in drivers/vfio/vfio_main.c{WRAPPED}",
        ("detach-ioas-missing",),
        "succeeded",
        as_proxmox(log.text()) + kernel_log("detach"),
    )
    log = installed(out, "fixed", "550.54.16", *CLOSED)
    log.say(MESSAGES["unsigned"])
    log.error(MESSAGES["not-trusted"], MESSAGES["no-load"])
    log.say("Kernel module load error: Key was rejected by service")
    log.kernel_messages(kernel_log("rejected"))
    log.error(MESSAGES["failed"])
    yield Sample(
        "550.54.16-secure-boot",
        "Secure Boot: the installer's module is unsigned, and the kernel does not take it.",
        DEBIAN_13 + "; the load test and the kernel messages are reconstructed" + WRAPPED,
        ("module-signature-rejected",),
        "failed",
        log.text(),
    )
    built = Built(out / "fixed")
    release, magic = built.facts["release"], built.facts["vermagic"]["nvidia.ko"]
    running = re.sub(r"\.\d+\+", ".90+", release)
    log = installed(out, "fixed", "550.54.16", *CLOSED, f"--kernel-source-path=/usr/src/linux-headers-{release}")
    log.error(MESSAGES["no-load"])
    log.say("Kernel module load error: Exec format error")
    log.kernel_messages(kernel_log("vermagic").format(built=magic, running=magic.replace(release, running)))
    log.error(MESSAGES["failed"])
    yield Sample(
        "550.54.16-vermagic",
        "The module was built for newer headers than those of the running kernel.",
        DEBIAN_13 + "; the version magic is that of the module, its refusal is reconstructed" + WRAPPED,
        ("vermagic-mismatch",),
        "failed",
        log.text(),
    )
    for name, messages, cause, about in (
        (
            "550.54.16-key-rejected-terminal",
            "lockdown",
            "module-signature-rejected",
            "A DKMS module signed by a key that the firmware does not know.",
        ),
        (
            "535.183.04-symbol-get-dmesg",
            "symbol-get",
            "symbol-get-gpl-only",
            "The modules load, but the kernel refuses symbol_get() of symbols that are not exported as GPL.",
        ),
        (
            "550.54.16-unknown-symbol-dmesg",
            "unknown-symbol",
            "symbol-undefined",
            "nvidia-vgpu-vfio does not load: nothing exports the mdev functions.",
        ),
    ):
        yield Sample(name, about, BY_HAND, (cause,), "unknown", kernel_log(messages))


def refusals() -> Iterator[Sample]:
    """Yield runs that end before anything is compiled."""
    compiler = ('Performing CC sanity check with CC="/usr/bin/cc".', "Performing CC check.")

    def refused(error: str, *said: str, version: str = "550.54.16", warning: str = "") -> str:
        log = InstallerLog(version, "Sat Apr 27 19:48:10 2024", CLOSED, initramfs=not version.startswith("535."))
        log.start("6.8.4-2-pve")
        log.say(*said)
        if error:
            log.error(MESSAGES[error])
        if warning:
            log.warn(MESSAGES[warning])
        log.error(MESSAGES["failed"])
        return log.text()

    for name, about, cause, text in (
        (
            "550.54.16-no-headers",
            "The headers of the running kernel are not installed.",
            "kernel-source-not-found",
            refused("no-source", *compiler),
        ),
        ("550.54.16-no-compiler", "No C compiler is installed.", "compiler-missing", refused("no-compiler")),
        (
            "550.54.16-cc-sanity",
            "There is a compiler, but it cannot make an object file.",
            "compiler-missing",
            refused("cc-sanity", *compiler),
        ),
        (
            "535.161.05-nouveau",
            "Nouveau has the card, which stops an older installer; the blacklist is there, the reboot is not.",
            "nouveau-in-use",
            refused("nouveau-old", version="535.161.05", warning="nouveau-files-there"),
        ),
    ):
        yield Sample(name, about, BY_HAND, (cause,), "failed", text)
    log = InstallerLog("550.54.16", "Sat Apr 27 19:48:10 2024", CLOSED)
    log.start("6.8.4-2-pve")
    log.warn(MESSAGES["nouveau"])
    log.say(MESSAGES["nouveau-write-files"], MESSAGES["nouveau-files-written"], "Nouveau detected in initramfs")
    log.say("Initramfs scan complete.", MESSAGES["nouveau-go-on"])
    log.error(MESSAGES["failed"])
    yield Sample(
        "550.54.16-nouveau",
        "Nouveau has the card; the user takes the newer installer's advice and stops.",
        BY_HAND,
        ("nouveau-in-use",),
        "aborted",
        log.text(),
    )


def dkms(out: Path) -> Iterator[Sample]:
    """Yield runs of the real dkms program."""
    ran = "A real run of dkms {version} on {what}."
    own = "a small driver of our own with kernel headers of Debian {debian}"
    for name, about, version, debian, causes, outcome in (
        ("dkms-3.0", "make.log of dkms 3.0, whose header is two lines.", "3.0", 12, SEED, "failed"),
        ("dkms-3.2", "make.log of dkms 3.2, which has a block for each command.", "3.2", 13, SEED, "failed"),
        ("dkms-3.2-zh", "The same with a Chinese locale: gcc and make are translated.", "3.2", 13, SEED, "failed"),
        ("dkms-ok", "make.log of a build that succeeded.", "3.2", 13, (), "succeeded"),
    ):
        made = ran.format(version=version, what=own.format(debian=debian))
        yield Sample(f"{name}-make", about, made, causes, outcome, (out / name / "make.log").read_text())
    made = ran.format(version="3.2", what=own.format(debian=13))
    yield Sample(
        "dkms-3.2-terminal",
        "What the terminal shows of a failed build: that it failed, and where the reason is.",
        made,
        ("dkms-build-failed-no-detail",),
        "failed",
        (out / "dkms-3.2" / "terminal.txt").read_text(),
    )
    yield Sample(
        "dkms-3.2-no-headers",
        "dkms for a kernel whose headers are not installed.",
        made,
        ("kernel-headers-missing",),
        "failed",
        (out / "dkms-no-headers" / "terminal.txt").read_text(),
    )
    real = "NVIDIA's {driver} modules from Debian's package, with kernel headers of Debian {debian}"
    yield Sample(
        "525.147.05-dkms-7.3",
        "A real driver that uses EXTRA_CFLAGS, on Linux 7.3: no header of its own is found.",
        ran.format(version="3.2", what=real.format(driver="525.147.05", debian=13)),
        ("extra-cflags-removed",),
        "failed",
        (out / "dkms-525" / "make.log").read_text(),
    )
    yield Sample(
        "550.54.15-dkms-6.1-ok",
        "A real driver that builds: hundreds of lines, none of them a fault.",
        ran.format(version="3.0", what=real.format(driver="550.54.15", debian=12)),
        (),
        "succeeded",
        (out / "dkms-550-ok" / "make.log").read_text(),
        packed=True,
    )


def main() -> int:
    """Write every sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("out", type=Path)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    args.folder.mkdir(exist_ok=True)
    for part in (compile_errors(args.out), link_errors(args.out), loading(args.out), refusals(), dkms(args.out)):
        for sample in part:
            sample.write(args.folder)
            print(f"{sample.name}: {len(sample.text)} characters, {', '.join(sample.causes) or 'nothing wrong'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
