"""Hunks made from a log alone, by what the compiler quoted."""

from __future__ import annotations

import pytest

from vgpu_doctor.model import Diagnostic, Edit, Finding, LogFacts, Place, Signature
from vgpu_doctor.patching.from_log import ELSEWHERE, MACRO, NO_QUOTE, NOT_IN_PACKAGE, LogPatch, patch_from_findings

SIGNAL = Edit("nvidia-vgpu-vfio/*.c", "eventfd_signal($CTX, 1)", "eventfd_signal($CTX)", guard=">=6.8")
NAMES = Edit("nvidia-vgpu-vfio/*.c", "old($X)", "new($X)")
FILE = "/tmp/selfgz1/NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm/kernel/nvidia-vgpu-vfio/a.c"


def shown(line: int, *excerpt: str, file: str = FILE) -> Diagnostic:
    return Diagnostic("compiler", "error", "x", "x", 1, {}, place=Place(file, line, 9), excerpt=excerpt)


def found(*evidence: Diagnostic, edit: Edit = SIGNAL, name: str = "signal", count: int = 0) -> Finding:
    text = {"en": "a title\n--- a/nothing\nof two lines"}
    return Finding(Signature(name, "build", text, text, (), edits=(edit,)), count or len(evidence), evidence)


def made(*findings: Finding) -> LogPatch:
    return patch_from_findings(findings, LogFacts(driver="550.54.16", kernel="6.8.4-2-pve"))


def body(patch: LogPatch) -> str:
    return patch.text[patch.text.index("--- a/kernel") :]


@pytest.mark.parametrize(
    "excerpt",
    [
        ("   26 |     eventfd_signal(t, 1);", "      |     ^~~"),
        ("26 |     eventfd_signal(t, 1);",),
        ("     eventfd_signal(t, 1);", "     ^~~"),
    ],
)
def test_every_compilers_way_to_quote_gives_the_hunk(excerpt: tuple[str, ...]) -> None:
    patch = made(found(shown(26, *excerpt)))
    assert patch.cured == ("signal",)
    assert body(patch) == (
        "--- a/kernel/nvidia-vgpu-vfio/a.c\n+++ b/kernel/nvidia-vgpu-vfio/a.c\n@@ -26,1 +26,5 @@\n"
        "+#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)\n+    eventfd_signal(t);\n+#else\n"
        "     eventfd_signal(t, 1);\n+#endif\n"
    )


@pytest.mark.parametrize(
    ("diagnostic", "why"),
    [
        (shown(26), NO_QUOTE),
        (shown(26, "     ^~~"), NO_QUOTE),
        (shown(26, "   27 |     eventfd_signal(t, 1);"), NO_QUOTE),
        (shown(26, "   26 |     eventfd_signal(t, 1); " + "x" * 500), NO_QUOTE),
        (shown(26, "   26 |     eventfd_signal(t, 1); \\"), MACRO),
        (shown(26, "   26 |     eventfd_signal(t,"), ELSEWHERE),
        (shown(26, "   26 |     eventfd_signal(t, 1);", file="/etc/nvidia-vgpu-vfio/a.c"), NOT_IN_PACKAGE),
        (shown(26, "   26 |     eventfd_signal(t, 1);", file=FILE + "\n+++ b/etc/passwd"), NOT_IN_PACKAGE),
    ],
)
def test_what_cannot_be_a_hunk_says_why(diagnostic: Diagnostic, why: str) -> None:
    patch = made(found(diagnostic))
    assert (patch.text, patch.cured, patch.not_cured) == ("", (), {"signal": why})


def test_hunks_stand_in_the_order_of_lines_and_count_what_came_before() -> None:
    later = shown(90, "   90 |     eventfd_signal(t, 1);")
    sooner = shown(26, "   26 |     eventfd_signal(t, 1);")
    assert [line for line in body(made(found(later, sooner))).splitlines() if line.startswith("@@")] == [
        "@@ -26,1 +26,5 @@",
        "@@ -90,1 +94,5 @@",
    ]


def test_two_causes_of_one_line_give_one_hunk() -> None:
    line = shown(26, "   26 |     old(eventfd_signal(t, 1));")
    patch = made(found(line), found(line, edit=NAMES, name="names"))
    assert patch.cured == ("signal", "names")
    assert body(patch).count("@@ -26") == 1
    assert "+    new(eventfd_signal(t));\n+#else\n" in body(patch)


def test_a_cause_with_more_places_than_the_log_keeps_is_not_cured() -> None:
    patch = made(found(shown(26, "   26 |     eventfd_signal(t, 1);"), count=12))
    assert patch.cured == ()
    assert "there are more" in patch.not_cured["signal"]
    assert "Not solved: signal" in patch.text


def test_titles_cannot_begin_a_line_of_the_patch() -> None:
    text = made(found(shown(26, "   26 |     eventfd_signal(t, 1);"))).text
    assert all(line.startswith("# ") for line in text[: text.index("--- a/kernel")].splitlines())
