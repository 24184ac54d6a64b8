"""Measure what a user waits for, as CPU-time ratios to things run in the same minutes: start-up, throughput, memory.

The package is installed into a venv of its own, bytecode compiled, so that what is measured is what users get. Commands
take turns; every figure is the median of several runs of user + system time of the child.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
MEGABYTE = 1_000_000
OUTPUT = Path(tempfile.gettempdir()) / f"vgpu-doctor-bench-{os.getpid()}.out"

STEP = "  CC [M]  /tmp/selfgz1234/NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm/kernel/nvidia/nv-file-{number}.o\n"
COMPLAINT = (
    "/tmp/selfgz1234/NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm/kernel/nvidia/nv-pci.c:{number}:29: "
    "error: 'const struct bus_type' has no member named 'iommu_ops'\n"
)


def made_log(path: Path, size: int, share: float, distinct: int = 100, message: str = COMPLAINT) -> Path:
    """Write a log of ``size`` bytes; a ``share`` (0 to 1) of its lines are errors, ``distinct`` of them different."""
    with path.open("w", encoding="utf-8") as file:
        written = number = complaints = 0
        debt = 0.0
        while written < size:
            debt += share
            if debt >= 1:
                debt -= 1
                complaints += 1
                line = message.format(number=complaints % distinct + 1)
            else:
                line = STEP.format(number=number)
            written += file.write(line)
            number += 1
    return path


def repeated(path: Path, source: Path, size: int) -> Path:
    """Write a real log again and again up to a size in bytes."""
    content = source.read_bytes()
    with path.open("wb") as file:
        for _ in range(max(1, size // len(content))):
            file.write(content)
    return path


def one_line(path: Path) -> Path:
    """Write a log that is a single line of 200 MB."""
    with path.open("wb") as file:
        for _ in range(200):
            file.write(b"x" * MEGABYTE)
    return path


def cpu_seconds(command: list[str], terminal: bool = False) -> tuple[float, float]:
    """Return user + system seconds and peak memory in MB of a command; its output goes to a file, or to a terminal."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    while "=" in command[0]:
        name, _, value = command[0].partition("=")
        environment[name], command = value, command[1:]
    pid, screen = pty.fork() if terminal else (os.fork(), -1)
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if terminal:
            environment["TERM"] = "xterm-256color"
        else:
            # not /dev/null: grep stops at the first hit when it sees that nobody reads
            os.dup2(os.open(OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.execve(command[0], command, environment)
    while terminal:
        try:
            if not os.read(screen, 65_536):
                break
        except OSError:  # how the end of a terminal shows
            break
    if terminal:
        os.close(screen)
    _, _, usage = os.wait4(pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def medians(commands: dict[str, tuple[list[str], bool]], runs: int) -> dict[str, tuple[float, float]]:
    """Return median seconds and peak memory in MB of each command; the commands take turns."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    memory: dict[str, float] = dict.fromkeys(commands, 0.0)
    for _ in range(runs):
        for name, (command, terminal) in commands.items():
            spent, peak = cpu_seconds(command, terminal)
            seconds[name].append(spent)
            memory[name] = max(memory[name], peak)
    return {name: (statistics.median(seconds[name]), memory[name]) for name in commands}


def installed(folder: Path) -> Path:
    """Install the package of this checkout into a new venv, and return the folder of its scripts."""
    venv.create(folder, with_pip=True)
    scripts = folder / "bin"
    subprocess.run(
        [scripts / "pip", "install", "-q", "--disable-pip-version-check", str(ROOT)],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    subprocess.run([scripts / "python", "-m", "compileall", "-q", folder / "lib"], check=False)
    return scripts


def startup(scripts: Path, folder: Path, runs: int) -> Iterator[tuple[str, float, str, float]]:
    """Yield the rows of the first table: what it costs to answer at all, against an interpreter that does nothing."""
    python, doctor = str(scripts / "python"), str(scripts / "vgpu-doctor")
    small = str(made_log(folder / "small.log", 200_000, 0.05))
    completing = ["_VGPU_DOCTOR_COMPLETE=complete_bash", "COMP_WORDS=vgpu-doctor analyze --fo", "COMP_CWORD=2"]
    (folder / "root" / "etc" / "apt" / "apt.conf.d").mkdir(parents=True)
    subprocess.run([doctor, "hook", "install", "--root", folder / "root"], check=True, stdout=subprocess.DEVNULL)
    hook = str(folder / "root" / "etc" / "vgpu-doctor" / "apt-hook")
    rows = {
        "python3 -c pass": ([python, "-c", "pass"], False),
        "import lark, yaml, typer, rich": ([python, "-c", "import lark, yaml, typer, rich.console"], False),
        "--version": ([doctor, "--version"], False),
        "completion in bash": ([*completing, doctor], False),
        "APT hook, nothing concerns it": (["/bin/sh", hook], False),
        "--help": ([doctor, "--help"], False),
        "analyze 200 KB, text": ([doctor, "analyze", small], False),
        "analyze 200 KB, JSON": ([doctor, "analyze", small, "--format", "json"], False),
        "analyze 200 KB, terminal": ([doctor, "analyze", small], True),
    }
    found = medians(rows, runs)
    base = found["python3 -c pass"][0]
    for name, (seconds, memory) in found.items():
        yield name, seconds / base, "python3 -c pass", memory


def sized_library(built: Path, shipped: Path, count: int) -> None:
    """Write a library of ``count`` records into the package: the shipped ones, and copies that match other names."""
    index = json.loads((shipped / "signatures.json").read_text(encoding="utf-8"))
    rows = (shipped / "entries.jsonl").read_bytes()
    # the record that the log needs comes first, so that every size finds the same
    names = sorted(index["records"], key=lambda name: name != "iommu-ops-removed")
    copies: dict[str, list[int]] = {name: [] for name in names}
    for number in range(count):
        copies[names[number % len(names)]].append(number // len(names))
    content, places = b"", {}
    for kind, (start, size) in index["entries"].items():
        entries = []
        for name, explains, fields in json.loads(rows[start : start + size]):
            for copy in copies[name]:
                other = {field: [f"{value}-{copy}" for value in values] for field, values in fields.items()}
                entries.append([f"{name}-{copy}" if copy else name, explains, other if copy else fields])
        line = json.dumps(entries).encode() + b"\n"
        places[kind] = [len(content), len(line)]
        content += line
    records = {f"{name}-{copy}" if copy else name: index["records"][name] for name in names for copy in copies[name]}
    (built / "entries.jsonl").write_bytes(content)
    text = json.dumps({"entries": places, "records": records}, separators=(",", ":"))
    (built / "signatures.json").write_text(text, encoding="utf-8")


def records(scripts: Path, folder: Path, runs: int) -> Iterator[tuple[str, float, str, float]]:
    """Yield the rows of the third table: what more records cost, against ten of them."""
    small = str(made_log(folder / "small.log", 200_000, 0.05))
    built = next(scripts.parent.glob("lib/python*/site-packages/vgpu_doctor/built"))
    shipped = shutil.copytree(built, folder / "shipped")
    python = str(scripts / "python")
    package = built.parent
    sizes = (10, 50, 99, 100, 400)
    rows = {}
    for count in sizes:
        # each size in a copy of the package of its own, so that they take turns
        own = folder / f"with-{count}"
        shutil.copytree(package, own / "vgpu_doctor")
        sized_library(own / "vgpu_doctor" / "built", shipped, count)
        rows[str(count)] = ([f"PYTHONPATH={own}", python, "-m", "vgpu_doctor", "analyze", small], False)
    found = medians(rows, runs)
    for name, (seconds, memory) in found.items():
        yield f"start-up with {name} records", seconds / found["10"][0], "10 records", memory


def throughput(scripts: Path, folder: Path, runs: int, lab_log: Path) -> Iterator[tuple[str, float, str, float]]:
    """Yield the rows of the second table: large logs, against grep on the same file."""
    doctor = str(scripts / "vgpu-doctor")
    grep, ripgrep = shutil.which("grep") or "/bin/grep", shutil.which("rg")
    logs: dict[str, Callable[[Path], Path]] = {
        "1 MB, 5 %": lambda path: made_log(path, MEGABYTE, 0.05),
        "50 MB, 5 %": lambda path: made_log(path, 50 * MEGABYTE, 0.05),
        "50 MB, 50 %": lambda path: made_log(path, 50 * MEGABYTE, 0.5),
        "50 MB, 5 %, 10 distinct": lambda path: made_log(path, 50 * MEGABYTE, 0.05, 10),
        "50 MB, 5 %, 1 000 distinct": lambda path: made_log(path, 50 * MEGABYTE, 0.05, 1_000),
        "50 MB, 5 %, 10 000 distinct": lambda path: made_log(path, 50 * MEGABYTE, 0.05, 10_000),
        "50 MB, 50 %, 100 000 distinct": lambda path: made_log(path, 50 * MEGABYTE, 0.5, 100_000),
        "200 MB, 5 %": lambda path: made_log(path, 200 * MEGABYTE, 0.05),
        "one line of 200 MB": one_line,
    }
    logs["50 MB, a real log repeated"] = lambda path: repeated(path, lab_log, 50 * MEGABYTE)
    for name, make in logs.items():
        log = str(make(folder / "large.log"))
        rows = {
            "grep": ([grep, "-nE", "error:|warning:", log], False),
            "analyze": ([doctor, "analyze", log], False),
        }
        if ripgrep:
            rows["ripgrep"] = ([ripgrep, "-n", "error:|warning:", log], False)
        found = medians(rows, runs)
        seconds, memory = found.pop("analyze")
        for against, (spent, _) in found.items():
            yield name, seconds / max(spent, 0.001), against, memory


def _size(path: Path) -> int:
    return path.stat().st_size


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--large-runs", type=int, default=5)
    parser.add_argument("--only", choices=["startup", "records", "throughput"])
    parser.add_argument("--lab-log", type=Path, default=max(ROOT.glob("sample_logs/*.log"), key=_size))
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "bench.json")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    tables: list[Callable[[Path, Path], Iterator[tuple[str, float, str, float]]]] = []
    if arguments.only in (None, "startup"):
        tables.append(lambda scripts, folder: startup(scripts, folder, arguments.runs))
    if arguments.only in (None, "throughput"):
        tables.append(lambda scripts, folder: throughput(scripts, folder, arguments.large_runs, arguments.lab_log))
    if arguments.only in (None, "records"):
        tables.append(lambda scripts, folder: records(scripts, folder, arguments.runs))
    results = []
    with tempfile.TemporaryDirectory(prefix="vgpu-doctor-bench-") as name:
        folder = Path(name)
        scripts = installed(folder / "venv")
        print(f"{'':36} {'CPU':>7}   {'against':18} {'peak MB':>8}")
        for table in tables:
            for row, ratio, against, memory in table(scripts, folder):
                print(f"{row:36} {ratio:6.2f}x   {against:18} {memory:8.1f}", flush=True)
                results.append({"row": row, "ratio": round(ratio, 3), "against": against, "peak_mb": round(memory, 1)})
    OUTPUT.unlink(missing_ok=True)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
