"""What users hand over as a log, and what becomes of it."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from typing import TYPE_CHECKING

import pytest

from vgpu_doctor.errors import LogError
from vgpu_doctor.grammar.scanning import lines_worth_reading
from vgpu_doctor.intake.reading import MAX_LINE_LENGTH, read_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LINES = "first line\nnv-pci.c:1:2: error: 'a' undeclared\n\nlast line\n"


def numbered(path: Path) -> Iterator[tuple[int, str]]:
    for block in read_log(str(path)):
        for index, line in enumerate(block.text.split("\n")[:-1]):
            yield block.number_of(index), line


WANTED = [(1, "first line"), (2, "nv-pci.c:1:2: error: 'a' undeclared"), (3, ""), (4, "last line")]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: gzip.compress(text.encode()),
        lambda text: gzip.compress(text[:20].encode()) + gzip.compress(text[20:].encode()),
        lambda text: bz2.compress(text.encode()),
        lambda text: lzma.compress(text.encode()),
        lambda text: text.replace("error", "\x1b[01;31m\x1b[Kerror").replace(": '", "\x1b[m\x1b[K: '").encode(),
        lambda text: text.replace("first", "\x1b]8;;https://example.org/\x07first\x1b]8;;\x1b\\").encode(),
        lambda text: text.replace("first", "fi\0rst").encode(),
    ],
    ids=[
        "plain",
        "bom",
        "utf16",
        "utf16le",
        "utf16be",
        "crlf",
        "crcrlf",
        "cr",
        "no-last-newline",
        "gz",
        "two-gz",
        "bz2",
        "xz",
        "colour",
        "link",
        "nul",
    ],
)
def test_every_wrapping_gives_the_same_numbered_lines(tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(encode(LINES))
    assert list(numbered(log)) == WANTED


def test_a_progress_bar_does_not_hide_the_line_behind_it(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"one\n  10%\r 100%\rERROR: it broke\nthree\n")
    assert list(numbered(log)) == [(1, "one"), (2, "  10%"), (2, " 100%"), (2, "ERROR: it broke"), (3, "three")]


def test_numbers_stay_right_over_many_blocks(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    with log.open("w") as file:
        for number in range(1, 60_001):
            file.write(f"line {number} of this log\n")
    assert all(line == f"line {number} of this log" for number, line in numbered(log))
    assert sum(1 for _ in numbered(log)) == 60_000


def test_invalid_utf8_is_kept_as_a_mark(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"caf\xe9 says error\n" * 3)
    assert [line for _, line in numbered(log)] == ["caf\ufffd says error"] * 3


def test_a_line_without_end_is_cut_and_the_next_one_is_read(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"x" * 3_000_000 + b"\nsecond\n")
    lines = list(numbered(log))
    assert len(lines[0][1]) <= 2 * MAX_LINE_LENGTH + 300_000
    assert lines[-1] == (2, "second")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "PNG"),
        (b"\x7fELF" + bytes(200), "program or module"),
        (bytes(range(256)) * 50, "not text"),
        (b"\0" * 100_000, "not text"),
        (gzip.compress(b"", mtime=0), "empty"),
        (gzip.compress(LINES.encode(), mtime=0)[:20], "damaged"),
        (b"\x1f\x8bnothing of the kind", "damaged"),
    ],
)
def test_what_is_no_log_is_refused_in_one_line(tmp_path: Path, content: bytes, why: str) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(content)
    with pytest.raises(LogError, match=why) as caught:
        list(read_log(str(log)))
    assert "\n" not in str(caught.value)


def test_what_cannot_be_opened_is_refused_in_one_line(tmp_path: Path) -> None:
    for name, why in (
        (str(tmp_path), "folder"),
        (str(tmp_path / "none.log"), "No such file"),
        ("a\0b", "cannot be read"),
    ):
        with pytest.raises(LogError, match=why):
            list(read_log(name))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_log_that_may_not_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text(LINES)
    log.chmod(0)
    with pytest.raises(LogError, match="Permission denied"):
        list(read_log(str(log)))


def test_a_log_that_unpacks_to_far_more_than_it_is_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vgpu_doctor.intake.reading.MIN_EXPANDED_SIZE", 1_000_000)
    log = tmp_path / "bomb.gz"
    log.write_bytes(gzip.compress(b"make: nothing\n" * 5_000_000))
    with pytest.raises(LogError, match="unpacks to more"):
        list(read_log(str(log)))


def test_only_lines_that_tell_something_are_handed_on(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text(
        "     CC [M]  a.o\n\n    CONFTEST: x\nnote this\n  gcc -Wp,-MMD -Werror=x -c a.c\n  AR  b.a\nand this\n"
    )
    assert [row for block in read_log(str(log)) for row in lines_worth_reading(block)] == [
        (4, "note this"),
        (7, "and this"),
    ]
