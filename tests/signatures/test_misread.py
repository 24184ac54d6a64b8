"""Screenshots read by OCR: a misread name is evidence, but weak, and the report says so."""

from __future__ import annotations

import json
import random
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from typer.testing import CliRunner

from vgpu_doctor.cli.app import app
from vgpu_doctor.confusables import MIN_LENGTH, differ_by_one, skeleton
from vgpu_doctor.engine import diagnose
from vgpu_doctor.intake.clean import clean_blocks
from vgpu_doctor.intake.decode import Block
from vgpu_doctor.model import Diagnostic
from vgpu_doctor.signatures.index import INDEX_CAPTURES, Library, Record
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from collections.abc import Iterator


TREE = "/tmp/selfgz1/NVIDIA-Linux-x86_64-535.161.05-vgpu-kvm/kernel"
MEMBER = f"{TREE}/nvidia/nv-pci.c:46:29: error: 'const struct bus_type' has no member named 'iommu_ops'\n"
CALL = f"{TREE}/nvidia-vgpu-vfio/nvidia-vgpu-vfio.c:1011:5: error: too many arguments to function 'eventfd_signal'\n"
QUOTED = "  1011 |     eventfd_signal(trigger, 1);\n       |     ^~~~~~~~~~~~~~\n"
KERNEL = "KERNEL_UNAME=6.8.4-2-pve\n"
# a cause that any symbol has, and a hidden one that shows where the name of the one that hides it is lost
GENERAL = {
    "gpl-symbol",
    "symbol-undefined",
    "symbol-namespace-not-imported",
    "compiler-option-unknown",
    "files-not-writable",
}


@cache
def library() -> Library:
    return load_library(system="/nonexistent")


def analyze(text: str, form: str = "json") -> str:
    return CliRunner().invoke(app, ["analyze", "-", "--format", form], input=text).stdout


def findings(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(analyze(text))["findings"]
    return found


@pytest.mark.parametrize(
    ("line", "cause", "misread"),
    [
        (MEMBER, "iommu-ops-removed", None),
        (MEMBER.replace("_ops'", " ops'"), "iommu-ops-removed", {"iommu ops": "iommu_ops"}),
        (MEMBER.replace("_ops'", "-ops'").replace("bus_", "bus "), "iommu-ops-removed", {"iommu-ops": "iommu_ops"}),
        (MEMBER.replace("iommu_ops", "iornrnu_0ps"), "iommu-ops-removed", {"iornrnu_0ps": "iommu_ops"}),
        (CALL.replace("signal'", "signaI'"), "eventfd-signal-args", {"eventfd_signaI": "eventfd_signal"}),
        # the words are misread, not the name: there is only one thing that the compiler can have said
        (MEMBER.replace("member", "rnember"), "iommu-ops-removed", None),
        (CALL.replace("many", "rnany").replace("arguments", "argurnents"), "eventfd-signal-args", None),
        (MEMBER.replace("error", "enor"), "iommu-ops-removed", None),
        (MEMBER.replace(":46:29: ", ": 46 : 29 : "), "iommu-ops-removed", None),
        (CALL.replace(":1011:5:", ":1O11;5:"), "eventfd-signal-args", None),
        (CALL.replace("nvidia-vgpu-vfio/", "nvidia-vgpu-vfio / "), "eventfd-signal-args", None),
        (MEMBER.replace("'const struct bus_type'", "const struct bus_type"), "iommu-ops-removed", None),
        (MEMBER.replace("'iommu_ops'", "\"iommu_ops'"), "iommu-ops-removed", None),
        (MEMBER.replace("'iommu_ops'", "‘iommu_ops"), "iommu-ops-removed", None),
        (MEMBER.replace("'iommu_ops'", "‘iommu_ops*"), "iommu-ops-removed", None),
        (MEMBER.replace("bus_type", "bus type"), "iommu-ops-removed", {"const struct bus type": "struct bus_type"}),
        (MEMBER.replace(".161.", ".161. "), "iommu-ops-removed", None),
        # a row that breaks off within what gcc often says goes on in the next one
        (
            CALL.replace("argum", "argum\n").replace("_signal'", " signal"),
            "eventfd-signal-args",
            {"eventfd signal": "eventfd_signal"},
        ),
        # no compiler uses these quotes together, so a letter may be wrong too
        (
            CALL.replace("'eventfd_signal'", "‘eventfd_signat'"),
            "eventfd-signal-args",
            {"eventfd_signat": "eventfd_signal"},
        ),
    ],
)
def test_a_misread_name_is_known_and_said_to_be_misread(line: str, cause: str, misread: dict[str, str] | None) -> None:
    (finding,) = findings(line)
    assert finding["id"] == cause
    assert finding.get("misread") == misread
    assert finding["evidence"][0]["log_line"] == 1


@pytest.mark.parametrize("form", ["text", "markdown", "bbcode", "html"])
def test_every_report_for_people_says_that_the_evidence_is_weak(form: str) -> None:
    shown = " ".join(analyze(MEMBER.replace("iommu_ops", "iommu ops"), form).split())
    assert "1 likely cause found" in shown
    assert "weak evidence" in shown
    assert "weak evidence" not in analyze(MEMBER, form)


@pytest.mark.parametrize("written", ["535.161. 05", "535,161.05", "535.161,05", "535.161.05"])
def test_the_version_of_the_driver_is_put_together_again(written: str) -> None:
    report = json.loads(analyze(MEMBER.replace("535.161.05", written)))
    assert report["log"]["driver"]["version"] == "535.161.05"


def test_a_wrong_letter_counts_only_in_a_log_that_is_misread_elsewhere() -> None:
    wrong = CALL.replace("eventfd_signal", "eventfd_sjgnal")
    assert findings(wrong) == []
    found = {
        finding["id"]: finding["misread"] for finding in findings(wrong + MEMBER.replace("iommu_ops", "iommu ops"))
    }
    assert found == {
        "eventfd-signal-args": {"eventfd_sjgnal": "eventfd_signal"},
        "iommu-ops-removed": {"iommu ops": "iommu_ops"},
    }


def test_what_is_read_well_elsewhere_is_no_weak_evidence() -> None:
    (finding,) = findings(CALL + CALL.replace(":1011:", ":1040:").replace("eventfd_signal", "eventfd signal"))
    assert "misread" not in finding
    assert finding["count"] == 2


def test_other_names_of_the_kernel_are_not_taken_for_those_that_are_known() -> None:
    """Underscores in front and the case of letters tell one function from another; so does a letter."""
    for other in ("__eventfd_signal", "EVENTFD_SIGNAL", "eventfd_signal_mask", "eventfd_sigqueue", "eventfs_signal"):
        assert findings(CALL.replace("eventfd_signal", other)) == []


def test_no_line_of_a_misread_log_goes_into_a_patch() -> None:
    def patches(text: str) -> list[str | None]:
        return [remedy["patch"] for remedy in json.loads(analyze(text))["remedies"] if remedy["kind"] == "patch"]

    assert any(patches(KERNEL + CALL + QUOTED))
    assert not any(patches(KERNEL + CALL.replace("eventfd_signal", "eventfd signal") + QUOTED))


def causes(text: str) -> set[str]:
    blocks = clean_blocks([Block(text if text.endswith("\n") else text + "\n", 1)])
    return {finding.id for finding in diagnose([("log", blocks)], library()).findings}


SCREENSHOTS = sorted((Path(__file__).parents[1] / "screenshots").iterdir())
LOST = {
    "535.161.05-detach-ioas-pve-6.8.4",  # the name of a function without the underscores that begin it
    "550.54.16-namespace-6.12",  # blanks in a symbol of modpost
    "550.54.16-nouveau",  # one row ends within a word, and its letter is taken for a digit
    "dkms-3.2-zh-make",  # Chinese, read as English
}
"""Screenshots of which Tesseract lost the part that shows the cause."""


@pytest.mark.parametrize("screenshot", SCREENSHOTS, ids=lambda path: path.stem)
def test_what_tesseract_reads_of_a_screen_shows_its_causes_and_no_other(screenshot: Path) -> None:
    """Written by ``tools/samples/screenshots.py``: JPEG pictures of the sample logs' first errors, read back."""
    label = yaml.safe_load((Path(__file__).parents[2] / "sample_logs" / f"{screenshot.stem}.yaml").read_text())
    found = causes(screenshot.read_text())
    assert found <= {*label["causes"], *GENERAL}
    assert bool(found) is (screenshot.stem not in LOST)


def misreadings(text: str) -> Iterator[str]:
    chance = random.Random(text)
    for old, new in (("_", " "), ("_", ""), ("l", "I"), ("0", "O"), ("m", "rn"), ("rn", "m"), ("_", "-"), (":", " :")):
        yield text.replace(old, new)
        places = [place for place in range(len(text)) if text.startswith(old, place)]
        if places:
            place = chance.choice(places)
            yield text[:place] + new + text[place + len(old) :]


@pytest.mark.slow
@pytest.mark.parametrize("area", ["build", "install", "kernel", "load", "vgpu"])
def test_no_misreading_of_the_records_own_logs_shows_another_cause(area: str) -> None:
    names = [name for name in library().ids if library().area(name).startswith(area)]
    texts = [example.text for name in names for example in library()[name].fires if example.text]
    wrong = []
    for text in texts:
        known = causes(text) | GENERAL
        wrong += [(causes(misread) - known, misread) for misread in misreadings(text) if causes(misread) - known]
    assert texts
    assert wrong == []


HEADERS = sorted(Path("/usr/src").glob("linux-headers-*-common/include/linux"))


@pytest.mark.slow
@pytest.mark.skipif(not HEADERS, reason="no kernel headers in /usr/src")
def test_hardly_any_other_name_of_the_kernel_looks_like_a_known_one() -> None:
    fields = [match.fields for name in library().ids for match in library()[name].match]
    known = {
        value for captures in fields for name in INDEX_CAPTURES for value in captures.get(name, ()) if "*" not in value
    }
    skeletons = {skeleton(value) for value in known if len(value) >= MIN_LENGTH}
    files = [file for folder in HEADERS for file in folder.rglob("*.h")]
    names = {name for file in files for name in re.findall(r"[A-Za-z_]\w{5,}", file.read_text(errors="replace"))}
    alike = {name for name in names - known if skeleton(name) in skeletons}
    assert len(known) > 200
    assert len(names) > 50_000
    assert len(alike) < 20, alike


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("eventfdsignal", "eventfdsjgnal", True),
        ("eventfdsignal", "eventfdsgnal", True),
        ("eventfdsignal", "eventfdsiignal", True),
        ("eventfdsignal", "eventfdsignals", True),
        ("eventfdsignal", "eventfdsinga1", False),
        ("strscpy", "strlcpy", False),
    ],
)
def test_one_wrong_letter_of_a_long_name_is_near(one: str, other: str, near: bool) -> None:
    assert differ_by_one(one, other) is near
    assert differ_by_one(other, one) is near


def test_skeletons_are_equal_where_letters_look_alike() -> None:
    for one, other in (
        ("vm_flags", "vm_fIags"),
        ("iommu_ops", "iornmu ops"),
        ("__vma_start_write", "__vma start-write"),
    ):
        assert skeleton(one) == skeleton(other)
    for one, other in (("vma_start_write", "__vma_start_write"), ("PAGE_SIZE", "page_size"), ("strlcpy", "strscpy")):
        assert skeleton(one) != skeleton(other)


def test_a_name_that_is_spelled_right_is_never_called_misread() -> None:
    """Not even where an entry about any name asks for more, and so comes first."""
    entries = [
        ("plain", False, {"symbol": ("rcu_read_lock",)}),
        ("any", False, {"symbol": ("rcu*",), "module": ("nv*",), "file": ("*",), "tool": ("m*",)}),
    ]
    records = {name: Record(dict, "build", name, 0) for name, _, _ in entries}
    signatures = Library(records, [lambda kind: entries if kind == "gpl-symbol" else []])

    def misread(symbol: str) -> bool:
        captures = {"symbol": symbol, "module": "nvidia"}
        return signatures.misread(Diagnostic("modpost", "error", "gpl-symbol", "", 1, captures)) is not None

    assert not misread("rcu_read_lock")
    assert misread("rcu_read lock")
