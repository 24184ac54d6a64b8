"""Logs and records that were made to hurt: nothing crashes, hangs or grows."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from growth import UNITS
from vgpu_doctor.engine import diagnose
from vgpu_doctor.errors import LogError, RecordError
from vgpu_doctor.intake.reading import blocks_of, read_log
from vgpu_doctor.signatures.load import load_library
from work import instructions

if TYPE_CHECKING:
    from collections.abc import Callable

    from vgpu_doctor.model import Diagnosis
    from vgpu_doctor.signatures.index import Library

ROOT = Path(__file__).parents[1]
MIB = 1024 * 1024


def analyzed(name: str, stdin: bytes | None = None) -> tuple[int, str, str, float, int]:
    """Exit code, output, errors, CPU seconds and peak memory (KiB) of a run of the command."""
    process = subprocess.Popen(
        [sys.executable, "-m", "vgpu_doctor", "analyze", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # a command that reads on for ever must not take the tests with it
    guard = threading.Timer(120, process.kill)
    guard.start()
    output, errors = process.communicate(stdin)
    guard.cancel()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process.returncode, output.decode(), errors.decode(), used.ru_utime, used.ru_maxrss


def peak(log: Path) -> int:
    """Peak memory (KiB) of a run over a log, in a process that waits for no other."""
    code = (
        "import resource,subprocess,sys;"
        "subprocess.run([sys.executable,'-m','vgpu_doctor','analyze',sys.argv[1]],stdout=subprocess.DEVNULL,check=False);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(log)],
        capture_output=True,
        text=True,
        timeout=240,
    )
    return int(done.stdout)


SAMPLE = (ROOT / "sample_logs" / "550.54.16-pve-6.8.4.log").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("a log again and again", SAMPLE),
        ("one line", "a" * 4096),
        ("a progress bar", "downloading 10%\r" * 256),
        ("quoted mail", "".join(f"> {line}\n" for line in SAMPLE.split("\n"))),
        ("a wrapped log", "".join(f"{line[start : start + 80]}\n" for line in SAMPLE.split("\n") for start in range(0, len(line) + 1, 80))),
        ("an include chain", "                 from /usr/src/linux/include/linux/a.h:12,\n" * 64),
        ("quoted-printable that never ends a line", "error: 'a' undeclared and so on and so on and so on and so on and so=\n" * 64),
    ],
)  # fmt: skip
def test_memory_does_not_grow_with_the_log(tmp_path: Path, name: str, unit: str) -> None:
    peaks = []
    for size in (1, 12):
        log = tmp_path / f"{size}.log"
        log.write_text(unit * (size * MIB // len(unit)), encoding="utf-8")
        peaks.append(peak(log))
    assert peaks[1] - peaks[0] < 4 * 1024, name


def distinct(count: int, line: str) -> bytes:
    return "".join(line.format(number) + "\n" for number in range(count)).encode()


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "/tmp/nvidia/nvidia-vgpu-vfio/nv-{0}.c:{0}:1: error: too many arguments to function 'eventfd_signal'",
        "/tmp/nvidia/nvidia-vgpu-vfio/nv.c:1:1: error: something odd with 'x{0}' happened",
        "/tmp/nvidia/nvidia-vgpu-vfio/nv.c:1:1: note: declared here {0}",
        "> {0}: make[{0}]: *** [a.o] Error {0}",
        "ERROR: something odd, number {0}",
    ],
)
def test_work_grows_no_faster_than_the_number_of_different_complaints(line: str) -> None:
    assert work_of(distinct(400, line)) < 4.5 * work_of(distinct(100, line))


@cache
def library() -> Library:
    return load_library(system="/nonexistent")


def read(data: bytes) -> Diagnosis:
    return diagnose([("log", blocks_of(io.BytesIO(data), "log"))], library())


def work_of(data: bytes) -> int:
    """The instructions that a log costs, after a first reading has filled what is kept between logs."""
    read(data)
    return instructions(lambda: read(data))


@pytest.mark.slow
def test_ten_thousand_complaints_of_one_kind_are_counted_and_not_kept() -> None:
    found = read(
        distinct(10_000, "/tmp/nvidia-vgpu-vfio/nv-{0}.c:{0}:1: error: too many arguments to function 'eventfd_signal'")
    )
    assert [(finding.id, finding.count) for finding in found.findings] == [("eventfd-signal-args", 10_000)]
    assert len(found.findings[0].evidence) < 20
    unknown = read(distinct(10_000, "/tmp/nvidia/nv.c:{0}:1: error: something odd with 'x{0}' happened"))
    assert unknown.unrecognised_count == 10_000
    assert len(unknown.unrecognised) < 1000


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("ending", ["", "\n", " error: x\n"])
def test_a_log_of_one_thing_takes_linear_work(unit: str, ending: str) -> None:
    line = unit * (200 // len(unit)) + ending
    assert work_of((line * 40).encode()) < 4.5 * work_of((line * 10).encode())


@pytest.mark.parametrize(
    ("name", "why"), [("/dev/zero", "not text"), ("/dev/null", "empty"), ("/proc/self/mem", "cannot be read")]
)
def test_a_device_is_refused_in_one_line(name: str, why: str) -> None:
    code, output, errors, _, _ = analyzed(name)
    assert (code, output) == (2, "")
    assert why in errors
    assert errors.count("\n") == 1


def taken_of(pid: int) -> int:
    """Bytes that a process has written so far."""
    counts = Path(f"/proc/{pid}/io").read_text(encoding="ascii").split()
    return int(counts[counts.index("wchar:") + 1])


def test_a_pipe_that_never_ends_is_left_quietly(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [sys.executable, "-m", "vgpu_doctor", "analyze", str(pipe)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # a test run in the background passes on that SIGINT is ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    writer = subprocess.Popen(["yes", "make[1]: *** [nv.o] Error 1"], stdout=pipe.open("wb"))
    try:
        for _ in range(600):
            # not before it reads: while the interpreter starts, a signal can end up in a library's import
            if taken_of(writer.pid) > 5_000_000:
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
        writer.kill()
        writer.wait()
    assert errors == b""
    assert process.returncode != 0


def test_a_pipe_that_gives_little_at_a_time_is_one_log() -> None:
    class Slow(io.RawIOBase):
        rest = SAMPLE.encode()

        def read(self, size: int = -1) -> bytes:
            given, self.rest = self.rest[:7], self.rest[7:]
            return given

    found = diagnose([("log", blocks_of(Slow(), "log"))], library())  # type: ignore[arg-type]
    assert [finding.id for finding in found.findings] == [finding.id for finding in read(SAMPLE.encode()).findings]


def test_a_file_that_shrinks_while_it_is_read_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text(SAMPLE * 100, encoding="utf-8")
    blocks = read_log(str(log))
    next(blocks)
    os.truncate(log, 1000)
    assert sum(1 for _ in blocks) < 5


def test_a_file_of_very_many_packed_ones_is_read_in_linear_work() -> None:
    one = gzip.compress(b"make: nothing\n")
    assert work_of(one * 800) < 4.5 * work_of(one * 200)
    lines = sum(block.text.count("\n") for block in blocks_of(io.BytesIO(one * 8000), "log"))
    assert lines == 8000


def test_what_needs_very_much_memory_to_unpack_is_refused() -> None:
    packed = bytearray(lzma.compress(SAMPLE.encode(), format=lzma.FORMAT_XZ))
    # the second header byte of LZMA2's filter is the size of its dictionary; 40 asks for 4 GiB
    place = packed.index(b"\x21\x01") + 2
    packed[place] = 40
    header = packed[12 : 12 + (packed[12] + 1) * 4 - 4]
    packed[12 + len(header) : 12 + len(header) + 4] = zlib.crc32(header).to_bytes(4, "little")
    with pytest.raises(LogError, match="damaged"):
        list(blocks_of(io.BytesIO(bytes(packed)), "log"))


RECORDS = {
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "merge keys": "a: &a {b: 1}\nc: {<<: *a}\n",
    "a tag": "!!python/object/apply:os.system [id]\n",
    "an unknown tag": "!thing {a: 1}\n",
    "depth": "[" * 100_000,
    "deep mappings": "{a: " * 50_000,
    "a long number": "id: " + "9" * 200_000,
    "two documents": "id: one\n---\nid: one\n",
    "a list": "- id: one\n",
    "a date": "2024-01-01\n",
    "nothing": "",
    "NUL bytes": "id: one\0\n",
    "size": "# " + "x" * 10_000_000,
    "wrong types": "{id: 1, title: [], why: 2, match: {a: b}, examples: 3, kernel: x, edits: {}, proof: []}\n",
    "an infinite number": "{id: one, title: {en: .inf}, match: [{kind: .nan}]}\n",
    "a condition that is no text": "id: one\ntitle: {en: x}\nwhy: {en: x}\nmatch: [{kind: no-member}]\n"
    "examples: {fires: [x], silent: [x]}\nremedies: [{title: {en: x}, steps: [x], when: {distribution: [pve, {a: b}]}}]\n",
    "a key that is a list": "? [a, b]\n: c\n",
    "sixty to the power of many": "id: " + "1:" * 20_000 + "1\n",
}


@pytest.mark.parametrize("content", RECORDS.values(), ids=RECORDS.keys())
def test_a_hostile_record_is_refused_with_its_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "one.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(RecordError, match=r"one\.yaml") as caught:
        load_library([tmp_path], system="/nonexistent")
    assert len(str(caught.value)) < 1000


def test_records_outside_of_their_folder_and_pipes_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "records" / "build"
    folder.mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("id: secret\n", encoding="utf-8")
    record = folder / "secret.yaml"
    makes: tuple[Callable[[], None], ...] = (
        lambda: record.symlink_to(tmp_path / "secret.yaml"),
        lambda: record.symlink_to("../../secret.yaml"),
        lambda: record.symlink_to("/dev/zero"),
        lambda: os.mkfifo(record),
        lambda: record.mkdir(),
    )
    for make in makes:
        make()
        with pytest.raises(RecordError, match=r"secret\.yaml"):
            load_library([folder.parent], system="/nonexistent")
        record.rmdir() if record.is_dir() and not record.is_symlink() else record.unlink()


@pytest.mark.slow
def test_a_short_run_of_the_fuzzer_finds_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "fuzz.py"), "--with", "mutation", "--executions", "200"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("executions") == 5
