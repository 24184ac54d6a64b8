"""Guards that are compile tests: written into the driver's own conftest machinery, where it has one."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from patching_help import FILES, MACHINE, apply_and_revert, make_tree
from vgpu_doctor.cli.signatures import run_lint
from vgpu_doctor.errors import RecordError
from vgpu_doctor.model import CompileTest, Edit, LogFacts, Signature
from vgpu_doctor.patching.edits import apply_edit
from vgpu_doctor.patching.from_source import SourcePatch, patch_from_source
from vgpu_doctor.patching.tree import open_tree
from vgpu_doctor.patching.unified_diff import Draft
from vgpu_doctor.signatures.schema import parse_signature

if TYPE_CHECKING:
    from pathlib import Path

NEW = CompileTest("signal_takes_one", "#include <linux/eventfd.h>\nvoid f(void *c) { eventfd_signal(c); }\n")
OLD = CompileTest("signal_takes_two", "void f(void *c) { eventfd_signal(c, 1); }", "old")
SIGNAL = Edit("*/*.c", "eventfd_signal($CTX, 1)", "eventfd_signal($CTX)", guard=">=6.8")
FIELD = Edit("*/*.c", ".date = $DATE,", "", guard=">=6.14")
MEMBER = Edit("*/*.c", ".attach = $F,", after=".detach = g,", guard=">=6.6")

KBUILD = """\
NV_CONFTEST_FUNCTION_COMPILE_TESTS += set_pages_uc

NV_CONFTEST_TYPE_COMPILE_TESTS += some_other_test
NV_CONFTEST_TYPE_COMPILE_TESTS += some_other_test_too
"""

TESTED = {
    **FILES,
    "common/inc/conftest.h": '#include "conftest/types.h"\n',
    "common/inc/nv-linux.h": '#include "conftest.h"\n#include <linux/version.h>\n',
    "conftest.sh": MACHINE,
    "nvidia/nvidia.Kbuild": KBUILD,
}
VFIO = "nvidia-vgpu-vfio/nvidia-vgpu-vfio.c"


def signature(test: CompileTest | None = NEW, *edits: Edit, name: str = "x-changed") -> Signature:
    return Signature(name, "kernel/6.8", {"en": "x"}, {"en": "x"}, (), edits=edits or (SIGNAL,), conftest=test)


def patched(folder: Path, files: dict[str, str], *signatures: Signature, kernel: str = "6.8") -> SourcePatch:
    return patch_from_source(open_tree(make_tree(folder, files)), signatures, LogFacts(kernel=kernel))


def after(folder: Path, made: SourcePatch, scratch: Path) -> dict[str, str]:
    """The files after the patch, which applies without fuzz and can be undone; a second run finds nothing."""
    return {name: content.decode() for name, content in apply_and_revert(made.text.encode(), folder, scratch).items()}


def test_the_test_goes_where_the_driver_keeps_its_own(tmp_path: Path) -> None:
    made = patched(tmp_path / "p/kernel", TESTED, signature())
    files = after(tmp_path / "p", made, tmp_path)
    assert files[f"kernel/{VFIO}"].count("#if defined(NV_SIGNAL_TAKES_ONE)\n") == 2
    assert "LINUX_VERSION_CODE" not in made.text
    assert files["kernel/conftest.sh"].count("        signal_takes_one)\n") == 1
    assert 'compile_check_conftest "$CODE" "NV_SIGNAL_TAKES_ONE" "" "types"\n' in files["kernel/conftest.sh"]
    tests = "TYPE_COMPILE_TESTS += signal_takes_one\nNV_CONFTEST_TYPE_COMPILE_TESTS += some_other_test\n"
    assert tests in files["kernel/nvidia/nvidia.Kbuild"]
    assert files["kernel/nvidia/nvidia.Kbuild"].count("signal_takes_one") == 1
    assert "The test signal_takes_one in conftest.sh is new" in made.text


def test_the_list_of_the_module_itself_goes_before_that_of_the_first_module(tmp_path: Path) -> None:
    own = {**TESTED, "nvidia-vgpu-vfio/nvidia-vgpu-vfio.Kbuild": KBUILD}
    made = patched(tmp_path / "p/kernel", own, signature())
    assert "kernel/nvidia-vgpu-vfio/nvidia-vgpu-vfio.Kbuild" in made.text
    assert "kernel/nvidia/nvidia.Kbuild" not in made.text


def test_a_second_run_finds_nothing(tmp_path: Path) -> None:
    files = {**TESTED, "nvidia/a.c": '#include "nv-linux.h"\no = {\n    .date = "x",\n    .attach = f,\n};\n'}
    wanted = [
        signature(),
        signature(OLD, FIELD, name="y-changed"),
        signature(CompileTest("third", "int x;"), MEMBER, name="z-changed"),
    ]
    made = patched(tmp_path / "p/kernel", files, *wanted, kernel="6.14")
    assert made.cured == ("x-changed", "y-changed", "z-changed")
    text = after(tmp_path / "p", made, tmp_path)
    again = patched(tmp_path / "q", {name.removeprefix("kernel/"): content for name, content in text.items()}, *wanted)
    assert (again.text, again.already_cured) == ("", ("x-changed", "y-changed", "z-changed"))
    assert text["kernel/nvidia/a.c"] == (
        '#include "nv-linux.h"\no = {\n#if defined(NV_SIGNAL_TAKES_TWO)\n    .date = "x",\n#endif\n'
        "    .attach = f,\n#if defined(NV_THIRD)\n    .detach = g,\n#endif\n};\n"
    )


def test_a_file_that_comes_later_shares_the_test(tmp_path: Path) -> None:
    first = patched(tmp_path / "p/kernel", TESTED, signature())
    text = after(tmp_path / "p", first, tmp_path)
    files = {name.removeprefix("kernel/"): content for name, content in text.items()}
    files["nvidia/more.c"] = '#include "nv-linux.h"\nint f(void) { return eventfd_signal(t, 1); }\n'
    made = patched(tmp_path / "q", files, signature())
    assert made.files == ("nvidia/more.c",)
    assert "+#if defined(NV_SIGNAL_TAKES_ONE)\n" in made.text


VERSION = "#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("conftest.sh", FILES["conftest.sh"]),
        ("conftest.sh", MACHINE.replace("some_other_test)", "signal_takes_one)")),
        ("conftest.sh", MACHINE.replace("compile_test()", "compile_tests()")),
        ("nvidia/nvidia.Kbuild", "obj-m += nvidia.o\n"),
        ("common/inc/nv-linux.h", "#include <linux/version.h>\n"),
    ],
)
def test_the_version_decides_where_the_driver_cannot_run_the_test(tmp_path: Path, name: str, text: str) -> None:
    made = patched(tmp_path / "p/kernel", {**TESTED, name: text}, signature())
    assert made.files == (VFIO,)
    assert f"+{VERSION}" in made.text
    assert "SIGNAL_TAKES_ONE" not in made.text


def test_two_records_that_call_different_tests_alike_do_not_share_one(tmp_path: Path) -> None:
    other = CompileTest(NEW.name, "int y;")
    files = {**TESTED, "nvidia/a.c": '#include "nv-linux.h"\no = {\n    .date = "x",\n};\n'}
    made = patched(tmp_path / "p/kernel", files, signature(), signature(other, FIELD, name="y-changed"), kernel="6.14")
    assert "KERNEL_VERSION(6, 14, 0)" in made.text
    assert "int y;" not in made.text


def test_a_kernel_whose_number_lies_is_patched_by_test_or_not_at_all(tmp_path: Path) -> None:
    kernel = "5.14.0-503.11.1.el9_5.x86_64"
    made = patched(tmp_path / "p/kernel", TESTED, signature(), kernel=kernel)
    assert made.cured == ("x-changed",)
    assert made.files == ("conftest.sh", VFIO, "nvidia/nvidia.Kbuild")
    made = patched(tmp_path / "q/kernel", TESTED, signature(None), kernel=kernel)
    assert made.text == ""
    assert "older version number" in made.not_cured["x-changed"]


def test_what_a_version_test_decided_already_is_left_alone() -> None:
    text = VERSION + "    eventfd_signal(t);\n#else\n    eventfd_signal(t, 1);\n#endif\n"
    assert apply_edit(Draft.of(text), SIGNAL, "nvidia/nv.c", NEW).draft.text == text


def test_two_edits_under_one_test_share_its_guard() -> None:
    other = Edit("*/*.c", "old_name($X)", "new_name($X)", guard=">=6.8")
    text = "    old_name(eventfd_signal(t, 1));\n"
    draft = apply_edit(Draft.of(text), SIGNAL, "nvidia/nv.c", NEW).draft
    draft = apply_edit(draft, other, "nvidia/nv.c", NEW).draft
    new = "    new_name(eventfd_signal(t));\n"
    assert draft.text == f"#if defined(NV_SIGNAL_TAKES_ONE)\n{new}#else\n{text}#endif\n"


@pytest.mark.parametrize(
    ("condition", "left_alone"),
    [
        ("#ifndef NV_SIGNAL_TAKES_ONE", True),
        ("#if !defined(NV_SIGNAL_TAKES_ONE)", True),
        ("#if !defined NV_SIGNAL_TAKES_ONE", True),
        ("#ifdef NV_SIGNAL_TAKES_ONE\n#else", True),
        ("#if defined(NV_SIGNAL_TAKES_ONE) || X\n#elif Y\n#else", False),
        ("#if !defined(NV_SIGNAL_TAKES_ONE) && X", False),
        ("#ifdef X", False),
    ],
)
def test_a_branch_that_keeps_the_old_text_by_the_test_is_left_alone(condition: str, left_alone: bool) -> None:
    text = f'{condition}\n    .date = "x",\n#endif\n'
    assert (apply_edit(Draft.of(text), FIELD, "nvidia/nv.c", NEW).places == 0) is left_alone


def test_the_shell_hands_the_code_on_as_it_stands_in_the_record(tmp_path: Path) -> None:
    code = "#include <linux/a.h>\nint f(int *a) {\n    return (a[0] >= 1 && *a != 2) | !a;\n}\n"
    made = patched(tmp_path / "p/kernel", TESTED, signature(CompileTest("x_is_y", code)))
    script = tmp_path / "conftest.sh"
    script.write_text(after(tmp_path / "p", made, tmp_path)["kernel/conftest.sh"])
    seen = tmp_path / "cc"
    seen.write_text("#!/bin/sh\nfor file; do :; done\ncat $file > seen.c\n")
    seen.chmod(0o755)
    command = ["sh", str(script), str(seen), "-O2", "x_is_y", "some_other_test"]
    done = subprocess.run(command[:-1], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "#define NV_X_IS_Y \n"
    assert [line.strip() for line in (tmp_path / "seen.c").read_text().split("\n") if line.strip()] == [
        line.strip() for line in code.strip().split("\n")
    ]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout.count(b"#define") == 2


# What a record may hold

RECORD = {
    "id": "x-changed",
    "title": {"en": "x"},
    "why": {"en": "x"},
    "kernel": {"since": "6.8"},
    "match": [{"kind": "no-member", "member": "x"}],
    "edits": [{"in": "nvidia/nv.c", "find": "f($X, 1)", "replace": "f($X)", "guard": ">=6.8"}],
    "conftest": {"name": "x_is_y", "code": "#include <linux/a-b/c.h>\nint f(int *a) { return a[1] == 2 && !a; }\n"},
    "examples": {"fires": [], "silent": []},
}


def parsed(**conftest: object) -> Signature:
    record = copy.deepcopy(RECORD)
    record["conftest"].update(conftest)  # type: ignore[attr-defined]
    return parse_signature(record, "kernel/6.8", "x.yaml")


def test_a_plain_test_is_taken() -> None:
    assert parsed().conftest == CompileTest("x_is_y", RECORD["conftest"]["code"])  # type: ignore[index]
    assert parsed(compiles="old").conftest.compiles == "old"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "code",
    [
        'int x;" ; touch /tmp/x ; "',
        "int x; $(id)",
        "int x; `id`",
        "int x = '$';",
        "int x = 'a';",
        "int x; \\",
        "int x;\r",
        "int x;\x00",
        "int x; // y",
        "int x; /* y */",
        "#define A 1",
        "#include </dev/tty>",
        "#include <linux/../../etc/passwd>",
        "#include <linux/a.h> x",
        "#include <stdio.h>",
        " #include <linux/a.h>",
        "%:include <linux/a.h>",
        "int x??/",
        "int ü;",
        "int x;\u2028",
        "\tint x;",
        "x" * 1201,
        "",
        3,
    ],
)
def test_code_that_could_leave_its_string_or_means_more_than_c_is_refused(code: object) -> None:
    with pytest.raises(RecordError, match=re.escape("conftest.code")):
        parsed(code=code)


@pytest.mark.parametrize("name", ["", "X", "a-b", "a b", "a)", "a\n", "1abc", "é_a", "a" * 62, "$x", "a;b", None])
def test_a_name_that_is_no_plain_word_is_refused(name: object) -> None:
    with pytest.raises(RecordError, match=re.escape("conftest.name")):
        parsed(name=name)


def test_a_test_has_no_other_field_and_no_other_side() -> None:
    with pytest.raises(RecordError, match="types"):
        parsed(category="types")
    with pytest.raises(RecordError, match=re.escape("conftest.compiles")):
        parsed(compiles="never")


@pytest.mark.parametrize("guard", ["every", "<6.8", ">=6.8,<6.13", ">6.8"])
def test_a_test_stands_in_for_lower_bounds_only(guard: str) -> None:
    record = copy.deepcopy(RECORD)
    record["edits"][0]["guard"] = guard  # type: ignore[index]
    with pytest.raises(RecordError, match="conftest"):
        parse_signature(record, "kernel/6.8", "x.yaml")


def test_lint_finds_a_test_that_two_records_share_or_that_says_what_the_driver_has(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    record = copy.deepcopy(RECORD)
    record["conftest"]["name"] = "bus_type_keeps_iommu_ops"  # type: ignore[index]
    record["source"] = {"uses": "f($X, 1)", "unless": "bus_type_keeps_iommu_ops"}
    folder = tmp_path / "kernel/6.8"
    folder.mkdir(parents=True)
    (folder / "x-changed.yaml").write_text(json.dumps(record))
    assert run_lint(tmp_path) == 1
    said = capfd.readouterr().out
    assert "conftest.name: iommu-ops-removed has another test of this name" in said
    assert "source.unless" in said
