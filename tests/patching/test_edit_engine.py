"""What one edit does to one file."""

from __future__ import annotations

import pytest

from patching_help import diff_of, edited, seen_by
from vgpu_doctor.model import Edit
from vgpu_doctor.patching.edits import apply_edit
from vgpu_doctor.patching.rewriting import UNBRACED
from vgpu_doctor.patching.unified_diff import Draft

SIGNAL = Edit("*/*.c", "eventfd_signal($CTX, 1)", "eventfd_signal($CTX)", guard=">=6.8")
RENAME = Edit("*/*.c", "eventfd_signal($CTX, 1)", "eventfd_signal($CTX)")
NEWER = "#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("eventfd_signal(t, 1);\n", "eventfd_signal(t);\n"),
        ("eventfd_signal ( t ,1 ) ;\n", "eventfd_signal(t) ;\n"),
        ("x = eventfd_signal(a->b[i, 2].c(d, e), 1);\n", "x = eventfd_signal(a->b[i, 2].c(d, e));\n"),
        ("eventfd_signal(/* , 1) */ t, 1);\n", "eventfd_signal(t);\n"),
        ("eventfd_signal(a /* why */ + b, 1);\n", "eventfd_signal(a /* why */ + b);\n"),
        ("eventfd_signal(t,\n               1);\n", "eventfd_signal(t);\n"),
        ("f(eventfd_signal(a, 1), eventfd_signal(b, 1));\n", "f(eventfd_signal(a), eventfd_signal(b));\n"),
        ("eventfd_signal(eventfd_signal(a, 1), 1);\n", "eventfd_signal(eventfd_signal(a));\n"),
    ],
)
def test_places_are_found_whatever_blanks_and_comments_stand_between(old: str, new: str) -> None:
    assert edited(old, RENAME) == new


@pytest.mark.parametrize(
    "text",
    [
        "// eventfd_signal(t, 1);\n",
        "// \\\neventfd_signal(t, 1);\n",
        "/* eventfd_signal(t, 1); */\n",
        'char *s = "eventfd_signal(t, 1)";\n',
        'char *s = "\\"eventfd_signal(t, 1)";\n',
        "my_eventfd_signal(t, 1);\n",
        "eventfd_signal(t, 1u);\n",
        "eventfd_signal(a, b, 1);\n",
        "eventfd_signal(t; , 1);\n",
        "eventfd_signal(t\n",
        "#define N eventfd_signal(t\n, 1)\n",
    ],
)
def test_what_is_no_place_stays(text: str) -> None:
    assert edited(text, RENAME) == text


def test_a_guard_keeps_the_old_line_for_older_kernels() -> None:
    old = "    if (t)\n        eventfd_signal(t, 1); /* why */\n"
    assert edited(old, SIGNAL) == (
        "    if (t)\n"
        + NEWER
        + "        eventfd_signal(t); /* why */\n#else\n        eventfd_signal(t, 1); /* why */\n#endif\n"
    )


def test_a_guard_goes_around_whole_statements() -> None:
    old = "    f(a,\n      eventfd_signal(t, 1),\n      b);\n"
    assert edited(old, SIGNAL) == NEWER + old.replace("(t, 1)", "(t)") + "#else\n" + old + "#endif\n"


def test_a_guard_goes_around_whole_comments() -> None:
    old = "/* a\n */ eventfd_signal(t, 1); /* b\n */\n"
    assert edited(old, SIGNAL) == NEWER + old.replace("(t, 1)", "(t)") + "#else\n" + old + "#endif\n"


def test_a_macro_of_several_lines_is_doubled_as_a_whole() -> None:
    old = "#define SIGNAL(t) \\\n    do { \\\n        eventfd_signal(t, 1); \\\n    } while (0)\n"
    assert edited(old, SIGNAL) == NEWER + old.replace("(t, 1)", "(t)") + "#else\n" + old + "#endif\n"


def test_a_statement_that_an_if_line_cuts_is_refused_with_a_reason() -> None:
    whole = "f(\n#ifdef X\n  eventfd_signal(t, 1),\n#endif\n  b);\n"
    assert edited(whole, SIGNAL) == NEWER + whole.replace("(t, 1)", "(t)") + "#else\n" + whole + "#endif\n"
    cut = "#ifdef X\nf(0,\n#else\nf(eventfd_signal(t, 1),\n#endif\n  b);\n"
    refused = apply_edit(Draft.of(cut), SIGNAL, "nvidia/nv.c").refused
    assert [(place.line, place.reason) for place in refused] == [(4, "an #if begins or ends inside the statement")]


@pytest.mark.parametrize(
    "text", ["eventfd_signal(t, 1); \\", "eventfd_signal(t, 1); \\ \n", "eventfd_signal(t, 1); /* x"]
)
def test_nothing_is_put_behind_a_line_that_runs_on_past_the_end(text: str) -> None:
    result = apply_edit(Draft.of(text), SIGNAL, "nvidia/nv.c")
    assert result.draft.text == text
    assert "runs on" in result.refused[0].reason


def test_a_line_that_only_old_kernels_want_is_kept_for_them() -> None:
    edit = Edit("*/*.c", ".date = $DATE,", "", guard=">=6.14")
    assert edited('    .date = "20160202",\n', edit) == (
        '#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)\n    .date = "20160202",\n#endif\n'
    )
    assert edited("a;\n    .date = X,\nb;\n", Edit("*/*.c", ".date = $DATE,", "")) == "a;\nb;\n"


def test_lines_before_and_after_take_the_indent_of_their_neighbour() -> None:
    after = Edit("*/*.c", ".attach = $F,", after=".detach = g,", guard=">=6.6")
    assert edited("o = {\n\t.attach = f,\n};\n", after) == (
        "o = {\n\t.attach = f,\n#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)\n\t.detach = g,\n#endif\n};\n"
    )
    before = Edit("*/*.c", "#include <a.h>", before="#include <b.h>")
    assert edited("#include <a.h>\n", before) == "#include <b.h>\n#include <a.h>\n"


def test_new_lines_that_stand_there_already_are_not_added_again() -> None:
    edit = Edit("*/*.c", ".attach = $F,", after=".detach = g,")
    for text in (
        "o = {\n .detach = g,\n .attach = f,\n};\n",
        "o = {\n .attach = f,\n#if defined(NV_HAS_DETACH)\n .detach = g,\n#endif\n};\n",
    ):
        assert edited(text, edit) == text
    # the lab's own switch says nothing of kernels
    assert "#ifdef X" in edited("o = {\n .attach = f,\n#ifdef X\n .detach = g,\n#endif\n};\n", edit)
    assert edited("o = {\n .attach = f,\n#ifdef X\n .detach = g,\n#endif\n};\n", edit).count(".detach") == 2


@pytest.mark.parametrize("head", ["if (x)", "else", "while (y--)", "do", "if (x)\n#if defined(NV_X)\n    g();\n#endif"])
def test_what_hangs_on_an_if_leaves_a_statement_behind(head: str) -> None:
    text = f"{head}\n    f(a);\nreturn 0;\n"
    kept = edited(text, Edit("*/*.c", "f($X);", "", guard=">=6.16"))
    assert seen_by(kept, (6, 16, 0)) == f"{head}\n    ;\nreturn 0;\n"
    assert seen_by(kept, (6, 15, 0)) == text
    two = edited(text, Edit("*/*.c", "f($X);", "g($X); h();", guard=">=6.16"))
    assert seen_by(two, (6, 16, 0)) == f"{head}\n    {{ g(a); h(); }}\nreturn 0;\n"
    assert edited("x = 1;\n    f(a);\nreturn 0;\n", Edit("*/*.c", "f($X);", "")) == "x = 1;\nreturn 0;\n"


@pytest.mark.parametrize("side", ["before", "after"])
def test_nothing_is_put_beside_what_hangs_on_an_if(side: str) -> None:
    result = apply_edit(Draft.of("if (x)\n    f(a);\n"), Edit("*/*.c", "f($X);", **{side: "g();"}), "nvidia/nv.c")
    assert (result.places, [place.reason for place in result.refused]) == (0, [UNBRACED])


def test_a_line_shared_with_braces_is_refused_for_new_lines() -> None:
    result = apply_edit(
        Draft.of("o = { .attach = f, };\n"), Edit("*/*.c", ".attach = $F,", after=".d = g,"), "nvidia/nv.c"
    )
    assert result.places == 0
    assert "more than the text" in result.refused[0].reason


@pytest.mark.parametrize(
    "text",
    [
        "#if LINUX_VERSION_CODE >= KERNEL_VERSION(6,8,0)\neventfd_signal(t);\n#else\neventfd_signal(t, 1);\n#endif\n",
        "#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)\neventfd_signal(t, 1);\n#else\neventfd_signal(t);\n#endif\n",
        "#if defined(NV_EVENTFD_SIGNAL_HAS_COUNTER_ARG)\neventfd_signal(t, 1);\n#else\neventfd_signal(t);\n#endif\n",
        "#if X && !(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0))\neventfd_signal(t, 1);\n#endif\n",
    ],
)
def test_a_place_that_is_decided_already_is_left_alone(text: str) -> None:
    assert edited(text, SIGNAL) == text


def test_a_place_that_only_new_kernels_compile_needs_no_guard() -> None:
    text = "#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)\neventfd_signal(t, 1);\n#endif\n"
    assert edited(text, SIGNAL) == text.replace("(t, 1)", "(t)")


def test_two_edits_of_one_line_share_one_guard() -> None:
    other = Edit("*/*.c", "old_name($X)", "new_name($X)", guard=">=6.8")
    text = "old_name(eventfd_signal(t, 1));\n"
    both = edited(edited(text, SIGNAL), other)
    assert both == NEWER + "new_name(eventfd_signal(t));\n#else\n" + text + "#endif\n"


def test_a_leading_hole_is_the_whole_operand() -> None:
    edit = Edit("*/*.c", "$VMA->vm_flags |= $F;", "vm_flags_set($VMA, $F);")
    assert edited("    a->b[1].vma->vm_flags |= X | Y;\n", edit) == "    vm_flags_set(a->b[1].vma, X | Y);\n"
    assert edited("    if (x) vma->vm_flags |= Z;\n", edit) == "    if (x) vm_flags_set(vma, Z);\n"
    assert edited("    return (vma)->vm_flags |= Z;\n", edit) == "    return vm_flags_set((vma), Z);\n"


def test_a_name_that_comes_twice_must_be_the_same_text() -> None:
    edit = Edit("*/*.c", "pair($A, $A)", "one($A)")
    assert edited("pair(x + 1, x  +  1); pair(x, y);\n", edit) == "one(x + 1); pair(x, y);\n"


def test_once_expected_and_found_twice_changes_nothing_and_says_where() -> None:
    edit = Edit("*/*.c", "f($X)", "g($X)", times="one")
    result = apply_edit(Draft.of("f(1);\nf(2);\n"), edit, "nvidia/nv.c")
    assert result.places == 0
    assert "expected once but occurs 2 times (lines 1, 2)" in result.refused[0].reason


@pytest.mark.slow
def test_a_file_made_of_places_is_refused() -> None:
    edit = Edit("*/*.c", "f($X)", "g($X)")
    assert apply_edit(Draft.of("f(1);\n" * 900), edit, "nvidia/nv.c").places == 900
    result = apply_edit(Draft.of("f(1);\n" * 50_000), edit, "nvidia/nv.c")
    assert (result.places, [place.reason for place in result.refused]) == (
        0,
        ["the text to change occurs 50000 times in this file, which no driver file does"],
    )


def test_line_ends_tabs_and_a_missing_last_end_stay() -> None:
    result = edited("int a;\r\n\teventfd_signal(t, 1);", SIGNAL)
    assert (
        result == "int a;\r\n" + NEWER[:-1] + "\r\n\teventfd_signal(t);\r\n#else\r\n\teventfd_signal(t, 1);\r\n#endif"
    )
    assert "\\ No newline at end of file" in diff_of("int a;\r\n\teventfd_signal(t, 1);", SIGNAL)


def test_in_make_files_comments_are_theirs_and_a_guard_means_nothing() -> None:
    edit = Edit("Kbuild", "EXTRA_CFLAGS", "ccflags-y", guard=">=6.15")
    text = (
        "# EXTRA_CFLAGS\nEXTRA_CFLAGS += -I$(src) # EXTRA_CFLAGS\nMY_EXTRA_CFLAGS := it's\nEXTRA_CFLAGS += \\\n  -DX\n"
    )
    assert edited(text, edit, "Kbuild") == (
        "# EXTRA_CFLAGS\nccflags-y += -I$(src) # EXTRA_CFLAGS\nMY_EXTRA_CFLAGS := it's\nccflags-y += \\\n  -DX\n"
    )


def test_in_shell_files_the_code_inside_strings_is_seen() -> None:
    edit = Edit("conftest.sh", "old_probe($X)", "new_probe($X)")
    text = '# old_probe(0)\nCODE="\n#include <a.h>\nint f(void) { return old_probe(1); }"\n'
    assert edited(text, edit, "conftest.sh") == text.replace("old_probe(1)", "new_probe(1)")
