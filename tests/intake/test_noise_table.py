"""At least one paste, read from a file, for every kind of noise that people's logs are known to have."""

from __future__ import annotations

import gzip
import html
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from noise_forms import CUTTING, ONE_TO_ONE, Form, Rows, between, coloured, counted, curly, each, without_quotes
from vgpu_doctor.engine import diagnose
from vgpu_doctor.intake.reading import read_log
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from collections.abc import Callable

    from vgpu_doctor.signatures.index import Library

SAMPLES = Path(__file__).parents[2] / "sample_logs"
LOGS = ["dkms-3.2-make.log", "550.54.16-pve-6.8.4.log", "550.54.16-gpl-only-7.2.log", "535.183.04-symbol-get-dmesg.log"]


@cache
def library() -> Library:
    return load_library(system="/nonexistent")


def findings(folder: Path, paste: bytes) -> list[tuple[str, int]]:
    file = folder / "paste.log"
    file.write_bytes(paste)
    diagnosis = diagnose([("paste", read_log(str(file)))], library())
    return sorted((finding.id, finding.evidence[0].log_line) for finding in diagnosis.findings)


def unescaped_colours(text: str) -> str:
    return re.sub(r"(?=\[(?:\d\d[;\d]*)?m)|(?=\[K)", "\x1b", coloured(curly(text)))


def linked(text: str) -> str:
    return re.sub(r"\[(-W[\w-]+)\]", r"[8;;https://gcc.gnu.org/onlinedocs/Warning-Options.html#index\1\1]8;;]", text)


def joined(rows: Rows) -> Rows:
    return [(rows[0][0], " ".join(text.strip() for _, text in rows if text.strip()))]


def every_so_often(line: str, count: int = 40) -> Form:
    def form(rows: Rows) -> Rows:
        return [
            paged
            for place, row in enumerate(rows, 1)
            for paged in ([row, (0, line.format(place - count + 1, place))] if not place % count else [row])
        ]

    return form


FORMS: dict[str, Form] = {
    "autocorrected quotes": each(
        lambda text: re.sub("['‘]([^'’\n]*)['’]", r"“\1”", text) if "error: " in text else text
    ),
    "low quotes": each(lambda text: re.sub("['‘]([^'’\n]*)['’]", r"‚\1‘", text) if "error: " in text else text),
    "arrows": each(lambda text: text.replace("-> ", "→ ")),
    "lost quotes": each(without_quotes("?")),
    "lost opening quote": each(lambda text: curly(text).replace("‘", "") if "error: " in text else text),
    "colours": each(unescaped_colours),
    "links without ESC": each(linked),
    "hexadecimal entities": each(lambda text: html.escape(text).replace("‘", "&#x2018;").replace("’", "&#x2019;")),
    "spans": each(lambda text: f'<span style="color: red">{html.escape(text)}</span><br />'),
    "inline code of a forum": each(lambda text: f"[ICODE]{text}[/ICODE]" if text.strip() else text),
    "font and size": between("[FONT=courier][SIZE=3]", "[/SIZE][/FONT]"),
    "spoiler": between('[SPOILER="log"][CODE]', "[/CODE][/SPOILER]"),
    "italics of a forum": each(lambda text: f"[i=s]{text}[/i]" if text.strip() else text),
    "copy button": between("[code]", "复制代码[/code]"),
    "numbers with colons": counted("{:4d}: "),
    "bold stars": each(lambda text: text.replace(": *** [", r": **\* [")),
    "stars eaten": each(lambda text: text.replace(": *** [", ": [")),
    "details": between("<details><summary>log</summary>\n\n```", "```\n</details>"),
    "four blanks": each(lambda text: "    " + text),
    "tab": each(lambda text: "\t" + text),
    "quoted post": between('[quote="x, post:3, topic:4"]\n```text', "```\n[/quote]"),
    "nested mail": each(lambda text: ">> " + text),
    "signed mail": each(lambda text: "- " + text if text.startswith("-") else text),
    "pager": every_so_often("lines {}-{}"),
    "more": every_so_often("--More--(23%)"),
    "vi": between("", "~\n~\n~\n~\n(END)"),
    "installer in a journal": each(lambda text: f"Apr 27 20:16:44 pve nvidia-installer[1]: {text}"),
    "brackets of a CI": each(lambda text: f"[2024-03-11 17:34:36] {text}"),
    "transcript": between("root@pve:~# dkms install nvidia/550.54.16\n+ make", "root@pve:~# "),
    "tail": between("==> /var/log/nvidia-installer.log <==", "--"),
    "full-width blanks": each(lambda text: text.replace("  ", "\u3000 ")),
    "translated chat": between(
        "你好，升级以后显卡没有了。\n错误：驱动没有编译", "Danke im Voraus! Fehler: es geht nicht."
    ),
    **ONE_TO_ONE,
    **CUTTING,
}


@pytest.mark.slow
@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("name", FORMS)
def test_a_paste_shows_what_the_log_shows(name: str, log: str, tmp_path: Path) -> None:
    text = (SAMPLES / log).read_text()
    rows = FORMS[name](list(enumerate(text.splitlines(), 1)))
    if name in CUTTING and text.count("\n") < 20:
        pytest.skip("so few lines do not show that they were cut")
    shown = findings(tmp_path, "".join(f"{line}\n" for _, line in rows).encode())
    assert [(cause, rows[line - 1][0]) for cause, line in shown] == findings(tmp_path, text.encode())


@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: gzip.compress(text.encode()),
    ],
    ids=["bom", "utf-16", "utf-16-le", "crlf", "cr", "gzip"],
)
@pytest.mark.parametrize("log", LOGS)
def test_an_encoding_changes_nothing(encoded: Callable[[str], bytes], log: str, tmp_path: Path) -> None:
    text = (SAMPLES / log).read_text()
    assert findings(tmp_path, encoded(text)) == findings(tmp_path, text.encode())


@pytest.mark.parametrize("log", LOGS)
def test_a_log_in_one_line_shows_its_causes(log: str, tmp_path: Path) -> None:
    text = (SAMPLES / log).read_text()
    rows = joined(list(enumerate(text.splitlines(), 1)))
    shown = findings(tmp_path, (rows[0][1] + "\n").encode())
    assert {cause for cause, _ in shown} <= {cause for cause, _ in findings(tmp_path, text.encode())}


@pytest.mark.parametrize("log", LOGS)
def test_dots_of_unpacking_hide_nothing(log: str, tmp_path: Path) -> None:
    text = (SAMPLES / log).read_text()
    dots = (
        "Verifying archive integrity... OK\nUncompressing NVIDIA Accelerated Graphics Driver for Linux-x86_64 550.54.16"
    )
    dots += ("." * 1000 + "\n") * 5
    above = dots.count("\n")
    whole = [(cause, line + above) for cause, line in findings(tmp_path, text.encode())]
    assert findings(tmp_path, (dots + text).encode()) == whole


@pytest.mark.slow
@pytest.mark.parametrize("width", [60, 80, 100, 132])
@pytest.mark.parametrize("mark", [">", "$"])
@pytest.mark.parametrize("log", LOGS)
def test_lines_cut_by_a_screen_add_nothing(log: str, mark: str, width: int, tmp_path: Path) -> None:
    text = (SAMPLES / log).read_text()
    cut = "".join((line[: width - 1] + mark if len(line) > width else line) + "\n" for line in text.splitlines())
    assert set(findings(tmp_path, cut.encode())) <= set(findings(tmp_path, text.encode()))


def test_a_difference_of_two_logs_shows_nothing_false(tmp_path: Path) -> None:
    text = (SAMPLES / LOGS[1]).read_text()
    causes = {cause for cause, _ in findings(tmp_path, text.encode())}
    difference = "--- old.log\n+++ new.log\n@@ -1 +1 @@\n" + "".join(f"+{line}\n" for line in text.splitlines())
    assert {cause for cause, _ in findings(tmp_path, difference.encode())} <= causes


def test_chat_shows_nothing(tmp_path: Path) -> None:
    chat = "Hi!\n> does it build with eventfd_signal?\nNo, it said ERROR: something with iommu_ops, I think.\n~\n:\n错误：不行\n"
    assert findings(tmp_path, chat.encode()) == []


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("change", ["l1", "_ ", "O0"])
def test_misread_letters_of_a_screenshot_show_nothing_false(log: str, change: str, tmp_path: Path) -> None:
    text = (SAMPLES / log).read_text()
    causes = {cause for cause, _ in findings(tmp_path, text.encode())}
    shown = {cause for cause, _ in findings(tmp_path, text.replace(change[0], change[1]).encode())}
    # of a symbol whose name is lost, only the general cause can be told: gpl-symbol of gpl-symbol-NAME
    assert [cause for cause in shown if not any(true.startswith(cause) for true in causes)] == []


def test_of_several_logs_in_one_paste_each_is_read(tmp_path: Path) -> None:
    installer, make = (SAMPLES / LOGS[1]).read_text(), (SAMPLES / LOGS[0]).read_text()
    paste = f"{installer}\nroot@pve:~# cat make.log\n" + "".join(f"> {line}\n" for line in make.splitlines())
    causes = {cause for log in (installer, make) for cause, _ in findings(tmp_path, log.encode())}
    shown = {cause for cause, _ in findings(tmp_path, paste.encode())}
    assert shown
    assert shown <= causes
