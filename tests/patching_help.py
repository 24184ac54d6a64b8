"""What the tests of patching share: a small driver tree of our own, and the programs that take patches."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from vgpu_doctor.patching.edits import apply_edit
from vgpu_doctor.patching.source import read_source
from vgpu_doctor.patching.unified_diff import Draft, file_diff, hunks_of

if TYPE_CHECKING:
    from pathlib import Path

    from vgpu_doctor.model import Edit

NV_PCI = """\
#include "nv-linux.h"

static int nv_pci_probe(struct pci_dev *pci_dev)
{
    if (pci_dev->dev.bus->iommu_ops == NULL)
    {
        return -1;
    }
    return 0;
}
"""

VGPU_VFIO = """\
#include "nv-linux.h"

static irqreturn_t vgpu_msix_handler(int irq, void *arg)
{
    struct eventfd_ctx *trigger = arg;

    if (trigger != NULL)
        eventfd_signal(trigger, 1);
    else
        return IRQ_NONE;
    return IRQ_HANDLED;
}

/* eventfd_signal(trigger, 1) is what old kernels want */
int nv_vgpu_inject_interrupt(struct eventfd_ctx *trigger)
{
\teventfd_signal(trigger, 1);
\treturn 0;
}
"""

FILES = {
    "Kbuild": "obj-m += nvidia.o\n",
    "common/inc/nv-linux.h": "#include <linux/version.h>\n#include <linux/module.h>\n",
    "conftest.sh": '    case "$1" in\n        some_other_test)\n        ;;\n    esac\n',
    "nvidia/nv-pci.c": NV_PCI,
    "nvidia-vgpu-vfio/nvidia-vgpu-vfio.c": VGPU_VFIO,
}

MACHINE = """\
#!/bin/sh
append_conftest() {
    cat
}

compile_check_conftest() {
    echo "$CODE" > "conftest$$.c"
    if $CC $CFLAGS -c "conftest$$.c" > /dev/null 2>&1; then
        echo "#define $2 $3" | append_conftest "$4"
    else
        echo "#undef $2" | append_conftest "$4"
    fi
    rm -f "conftest$$.c" "conftest$$.o"
}

compile_test() {
    case "$1" in
        some_other_test)
            CODE="
            #include <linux/fs.h>
            int f(void) { return 0; }"

            compile_check_conftest "$CODE" "NV_SOME_OTHER_TEST" "" "types"
        ;;
    esac
}

CC="$1"
CFLAGS="$2"
shift 2
for i in $*; do compile_test $i; done
"""
"""A ``conftest.sh`` of our own in the shape of NVIDIA's."""

PACKAGE = "NVIDIA-Linux-x86_64-550.54.16-vgpu-kvm"


def make_tree(folder: Path, files: dict[str, str] | None = None) -> Path:
    """A driver tree with these files; line ends are written as they are."""
    for name, text in (FILES if files is None else files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def make_package(folder: Path) -> Path:
    """An unpacked package with the tree ``kernel``."""
    make_tree(folder / PACKAGE / "kernel")
    return folder / PACKAGE


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, byte for byte."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def apply_and_revert(patch: bytes, package: Path, scratch: Path) -> dict[str, bytes]:
    """What the package is after the patch; asserts zero fuzz, that git takes it, and that it can be undone."""
    before = content(package)
    copy = scratch / "copy"
    shutil.copytree(package, copy, symlinks=True)
    file = scratch / "test.patch"
    file.write_bytes(patch)
    git = subprocess.run(["git", "apply", "--check", "-p1", str(file)], cwd=copy, capture_output=True, text=True)
    assert git.returncode == 0, git.stderr
    dry = subprocess.run(["patch", "-p1", "--dry-run", "-i", str(file)], cwd=copy, capture_output=True, text=True)
    assert dry.returncode == 0, dry.stdout
    assert not re.search("fuzz|offset", dry.stdout), dry.stdout
    subprocess.run(["patch", "-p1", "-s", "-i", str(file)], cwd=copy, check=True)
    after = content(copy)
    subprocess.run(["patch", "-p1", "-R", "-s", "-i", str(file)], cwd=copy, check=True)
    assert content(copy) == before
    shutil.rmtree(copy)
    return after


def edited(text: str, edit: Edit, path: str = "nvidia/nv.c") -> str:
    """A text after an edit; asserts that the edit finds nothing more to do on its own result."""
    result = apply_edit(Draft.of(text), edit, path)
    again = apply_edit(Draft.of(result.draft.text), edit, path)
    assert again.places == 0
    assert again.draft.text == result.draft.text
    return result.draft.text


def diff_of(text: str, edit: Edit, path: str = "nvidia/nv.c") -> str:
    """The patch that an edit makes of one file."""
    result = apply_edit(Draft.of(text), edit, path)
    hunks = hunks_of(text, result.draft)
    return file_diff(f"kernel/{path}", hunks) if hunks else ""


def seen_by(text: str, numbers: tuple[int, int, int]) -> str:
    """A text as a kernel of this version compiles it, by the guards that edits write; other lines stay as they are."""
    kept: list[str] = []
    choices: list[bool | None] = []  # None for conditionals that are none of ours
    source = read_source(text, "c")
    part = source.directive
    # not those in comments, nor those that a backslash makes a part of the line before
    directives = {source.line_of(at) for at in source.where("#") if part[at] and (not at or part[at - 1] != part[at])}
    for number, line in enumerate(text.split("\n")):
        bare = line.rstrip("\r")
        ours = re.fullmatch(r"#if LINUX_VERSION_CODE (>=|<) KERNEL_VERSION\((\d+), (\d+), (\d+)\)", bare)
        word = re.match(r"\s*#\s*(if|else|elif|endif)", bare) if number in directives else None
        if ours:
            newer = numbers >= (int(ours[2]), int(ours[3]), int(ours[4]))
            choices.append(newer if ours[1] == ">=" else not newer)
        elif word and word[1] == "else" and choices and choices[-1] is not None:
            choices[-1] = not choices[-1]
        elif word and word[1] == "endif" and choices and choices[-1] is not None:
            choices.pop()
        else:
            kept += [line] if all(choice is not False for choice in choices) else []
            if word and word[1] == "if":
                choices.append(None)
            elif word and word[1] == "endif" and choices:
                choices.pop()
    return "\n".join(kept)
