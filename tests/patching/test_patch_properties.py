"""Promises that hold for any file, not only for those that somebody thought of."""

from __future__ import annotations

import subprocess
import tempfile
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patching_help import diff_of, edited, seen_by
from vgpu_doctor.model import Edit
from vgpu_doctor.patching.tokens import pattern_tokens, tokenise
from work import instructions

SIGNAL = Edit("*/*.c", "eventfd_signal($CTX, 1)", "eventfd_signal($CTX)", guard=">=6.8")
OLD, NEW = (6, 1, 0), (6, 12, 0)

PIECES = (
    "eventfd_signal(t, 1);",
    "\tif (eventfd_signal( a->b , 1 ) != 1)",
    "    f(eventfd_signal(t, 1),",
    "      eventfd_signal((t), /* , */ 1));",
    "/* eventfd_signal(t, 1)",
    " * it's not the end */",
    "// eventfd_signal(t, 1) \\",
    'char *s = "eventfd_signal(t, 1) \\" /* ";',
    "char c = '\\'';",
    "#define M(x) \\",
    "    do { eventfd_signal(x, 1); \\",
    "    } while (0)",
    "#ifdef NV_X",
    "#if defined(A) && LINUX_VERSION_CODE < KERNEL_VERSION(5, 0, 0)",
    "#else",
    "#endif",
    "{",
    "}",
    "",
    "    return 0;  \t",
    "x" * 3000 + " eventfd_signal(t, 1); " + "y" * 3000,
    "  a = b + \\",
    "  eventfd_signal(t, 1) + \\  ",
    "  eventfd_signal(t, 1); /*",
    "\x0c",
    "é = 'ü';",
)
TEXTS = st.builds(
    lambda lines, end, last: end.join(lines) + (end if last else ""),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=25),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)


@settings(deadline=None)
@given(TEXTS)
def test_a_second_run_changes_nothing(text: str) -> None:
    edited(text, SIGNAL)


@settings(deadline=None)
@given(TEXTS)
def test_an_older_kernel_compiles_what_it_compiled_before(text: str) -> None:
    was = [line.rstrip("\r") for line in text.split("\n")]
    seen = [line.rstrip("\r") for line in seen_by(edited(text, SIGNAL), OLD).split("\n")]
    # what stands between #if lines of the text's own may move into both branches; the words stay
    assert [line for line in seen if line.strip()] == [line for line in was if line.strip()]


@settings(deadline=None)
@given(TEXTS)
def test_line_ends_of_a_file_stay_as_they_are(text: str) -> None:
    result = edited(text, SIGNAL)
    assert result.endswith("\n") == text.endswith("\n") or result == text == ""
    if "\r\n" in text:
        assert "\n" not in result.replace("\r\n", "")
    else:
        assert "\r" not in result


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_patch_and_git_take_every_patch_and_undo_it(text: str) -> None:
    patch = diff_of(text, SIGNAL)
    if not patch:
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "kernel/nvidia/nv.c")
        file.parent.mkdir(parents=True)
        file.write_bytes(text.encode())
        Path(folder, "p").write_bytes(patch.encode())
        options = {"cwd": folder, "capture_output": True, "text": True}
        git = subprocess.run(["git", "apply", "--check", "p"], **options)  # type: ignore[call-overload]
        assert git.returncode == 0, git.stderr
        done = subprocess.run(["patch", "-p1", "--binary", "-i", "p"], **options)  # type: ignore[call-overload]
        assert done.returncode == 0
        assert "fuzz" not in done.stdout
        assert "offset" not in done.stdout
        assert file.read_bytes() == edited(text, SIGNAL).encode()
        subprocess.run(["patch", "-p1", "--binary", "-R", "-s", "-i", "p"], check=True, **options)  # type: ignore[call-overload]
        assert file.read_bytes() == text.encode()


@settings(deadline=None)
@given(st.text(alphabet="ab(){}[];,\"'\\/*#\n\r\t $X1->.é\x00", max_size=300))
def test_no_text_upsets_the_tokens(text: str) -> None:
    for language in ("c", "make", "shell"):
        tokens = tokenise(text, language)
        for token, start in zip(tokens.texts, tokens.starts, strict=True):
            assert text[start : start + len(token)] == token
        pattern_tokens(text, language)
    edited(text, SIGNAL)


@pytest.mark.slow
def test_work_grows_with_the_length_and_not_with_its_square() -> None:
    for piece in (
        "eventfd_signal(t, 1);\n",
        "eventfd_signal(",
        "eventfd_signal(a, ",
        '"\\"\\',
        "/*",
        "#if A\n",
        "eventfd_signal x ",
        "({[",
        "eventfd_signal(t, 1)",
    ):
        small, large = (instructions(partial(diff_of, piece * times, SIGNAL)) for times in (50, 200))
        assert large < 5 * small, piece
