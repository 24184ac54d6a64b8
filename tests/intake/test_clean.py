"""What people paste, and what is left of it after cleaning."""

from __future__ import annotations

import pytest

from vgpu_doctor.intake.clean import clean_blocks
from vgpu_doctor.intake.decode import Block

COMPLAINT = "/tmp/selfgz1/NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm/kernel/nvidia/nv-pci.c:225:29: error: "
WITHOUT_MEMBER = COMPLAINT + "‘const struct bus_type’ has no member named ‘iommu_ops’"


def read(text: str) -> list[tuple[int, str]]:
    """Number and text of what is left of a paste, without its empty lines."""
    return [
        (block.number_of(index), line)
        for block in clean_blocks([Block(text + "\n", 1)])
        for index, line in enumerate(block.text.split("\n")[:-1])
        if line.strip()
    ]


def lines(text: str) -> list[str]:
    return [line for _, line in read(text)]


@pytest.mark.parametrize(
    ("pasted", "line"),
    [
        ("&lt;linux/eventfd.h&gt; &#8216;x&#8217; &amp;amp;", "<linux/eventfd.h> ‘x’ &"),
        ("<p>a</p>\n<pre>#include <linux/x.h> in <command-line></pre>", "#include <linux/x.h> in <command-line>"),
        ("[CODE=bash]make[2]: *** [nv.o] Error 1 [-Wx] CC [M] a[i][/CODE]", "make[2]: *** [nv.o] Error 1 [-Wx] CC [M] a[i]"),
        ('[quote="x, post:3, topic:4"]\nERROR: no[/quote]', "ERROR: no"),
        ("make\\[2\\]: \\*\\*\\* \\[nv\\_pci.o\\] Error 1", "make[2]: *** [nv_pci.o] Error 1"),
        ("```text\nERROR: it broke\n```", "ERROR: it broke"),
        ("ERROR: see [www.nvidia.com](http://www.nvidia.com).", "ERROR: see www.nvidia.com."),
        ("make[2]: [nv.o] Error 1", "make[2]: *** [nv.o] Error 1"),
        ("make: [all] Error 1 (ignored)", "make: [all] Error 1 (ignored)"),
        ("→ Building kernel modules", "-> Building kernel modules"),
        ("- -> done.", "-> done."),
        (COMPLAINT + "?const struct bus_type? has no member named ?iommu_ops?", WITHOUT_MEMBER),
        (COMPLAINT + "\ufffd\ufffd\ufffdx\ufffd\ufffd\ufffd undeclared", COMPLAINT + "‘x’ undeclared"),
        (COMPLAINT + "x’ undeclared", COMPLAINT + "‘x’ undeclared"),
        (COMPLAINT + "const struct bus_type has no member named iommu_ops", WITHOUT_MEMBER),
        (COMPLAINT + "â€˜xâ€™ undeclared", COMPLAINT + "‘x’ undeclared"),
        ("[01m[Ka.c:1:2:[m[K [01;31m[Kerror: [m[Kno", "a.c:1:2: error: no"),
        ("^[[01m^[[Ka.c:1:2:^[[m^[[K no", "a.c:1:2: no"),
        ("#033[01;31m#033[Kerror: #033[m#033[Kno", "error: no"),
        ("x [[m[K]8;;https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wx-Wx]8;;[m[K]", "x [-Wx]"),
        ("ERROR: modpost: gpu-incompatible module nvidia.ko uses gpl-only symbol x", "ERROR: modpost: GPL-incompatible module nvidia.ko uses GPL-only symbol 'x'"),
    ],
)  # fmt: skip
def test_marks_of_a_paste_are_undone(pasted: str, line: str) -> None:
    assert line in lines(pasted)


LOG = [
    "-> Building kernel modules",
    "make[1]: Entering directory '/usr/src'",
    "  CC [M]  nv.o",
    WITHOUT_MEMBER,
    "-> Error.",
]


@pytest.mark.parametrize(
    "prefix",
    [
        "> ",
        ">>> ",
        "{}:",
        "  {}\t",
        "{}. ",
        "nvidia-installer.log:{}:",
        "2022-11-02T18:33:01.2371532Z ",
        "[2024-03-11 17:34:36] ",
        "#12 34.56 ",
        "[  12s] ",
        "Apr 28 10:11:12 ",
        "Apr 27 20:16:44 pve docker[1435]: ",
        "2024-03-11T17:34:36Z {}: > ",
    ],
)
def test_a_prefix_is_taken_off_and_the_numbers_stay(prefix: str) -> None:
    pasted = "\n".join(["Hello,", *(prefix.format(place) + line for place, line in enumerate(LOG, 3))])
    assert read(pasted) == [(1, "Hello,"), *enumerate(LOG, 2)]


def test_a_kernel_log_keeps_its_times_which_the_grammar_reads() -> None:
    log = [f"Apr 27 20:16:4{place} pve kernel: NVRM: line {place}" for place in range(6)]
    assert lines("\n".join(log)) == log


@pytest.mark.parametrize("width", [60, 72, 80, 100])
def test_rows_of_a_terminal_are_joined(width: int) -> None:
    log = [f"{WITHOUT_MEMBER} {letter}" for letter in "abcd"]
    rows = [line[start : start + width] for line in log for start in range(0, len(line), width)]
    assert lines("\n".join(rows)) == log


def test_the_log_of_an_old_installer_is_joined_by_its_indentation() -> None:
    assert lines(
        "ERROR: Unable to load the kernel module 'nvidia.ko'.  This happens most\n"
        "       frequently when this kernel module was built against the wrong or\n"
        "       improperly configured kernel sources.\n"
        "WARNING: Your driver installation has been altered since it was initially\n"
        "         installed.\n"
        "-> No matching precompiled kernel interface was found on the NVIDIA ftp site;\n"
        "   this means that the installer will need to compile a kernel interface.\n"
        "   /tmp/selfgz6659/NVIDIA-Linux-x86-96.43.07-pkg1/usr/src/nv/nv.c:1195: warning\n"
        "   : comparison between signed and unsigned\n"
        "   /tmp/selfgz6659/NVIDIA-Linux-x86-96.43.07-pkg1/usr/src/nv/nv.c:1198: error: \n"
        "   too many arguments\n"
    ) == [
        "ERROR: Unable to load the kernel module 'nvidia.ko'.  This happens most frequently when this kernel module was "
        "built against the wrong or improperly configured kernel sources.",
        "WARNING: Your driver installation has been altered since it was initially installed.",
        "-> No matching precompiled kernel interface was found on the NVIDIA ftp site; this means that the installer will "
        "need to compile a kernel interface.",
        "   /tmp/selfgz6659/NVIDIA-Linux-x86-96.43.07-pkg1/usr/src/nv/nv.c:1195: warning: comparison between signed and "
        "unsigned",
        "   /tmp/selfgz6659/NVIDIA-Linux-x86-96.43.07-pkg1/usr/src/nv/nv.c:1198: error: too many arguments",
    ]


def test_what_kbuild_indents_itself_is_not_joined() -> None:
    log = [
        "  ERROR: Kernel configuration is invalid.",
        "         include/generated/autoconf.h or include/config/auto.conf are missing.",
        "         Run 'make oldconfig && make prepare' on kernel src to fix it.",
    ]
    assert lines("\n".join(log)) == log


def test_a_complaint_that_the_installer_cut_is_joined() -> None:
    complaint = f"   {COMPLAINT}initialization of ‘{'a' * 250}’ from incompatible pointer type ‘b’"
    cut = f"{complaint[:280]}\n   {complaint[280:]}"
    assert lines(cut) == [complaint]


def test_quoted_printable_gives_its_letters_and_lines_back() -> None:
    assert read("a =3D =E2=80=98b=E2=80=99 and so on=\n and on\nc =3D d") == [
        (1, "a = ‘b’ and so on and on"),
        (3, "c = d"),
    ]


def test_a_log_in_one_line_is_parted_before_what_starts_a_line() -> None:
    parts = [
        "-> Building kernel modules",
        "make[1]: Entering directory '/usr/src'",
        WITHOUT_MEMBER,
        "make[1]: *** [nv.o] Error 1",
    ]
    assert read(" ".join(parts)) == [(1, part) for part in parts]


@pytest.mark.parametrize(
    "log",
    [
        "".join(f"{place:6}: 12 PCI-MSI {place} nvidia\n" for place in range(40)),  # /proc/interrupts
        "make[1]: *** [nv.o] Error 1\n  225 |         a[i] = b[j] ? c : d;\n      |  ^~~~\n",
        "   gcc -DX=3D -c 'a' && echo \"  ERROR: x\" > /dev/null; sed 's/a/b/'\n",
        "#include <linux/eventfd.h>\nIn file included from <command-line>:\n",
        "[    5.112345] NVRM: a\n[    5.112346] [drm:nv_drm_load [nvidia_drm]] *ERROR* x\n" * 3,
        "What does `make` say? 1. nothing\n2. something\n",
    ],
)
def test_what_only_looks_like_noise_stays(log: str) -> None:
    assert [block.text for block in clean_blocks([Block(log, 1)])] == [log]
