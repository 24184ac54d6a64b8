"""Builds driver sources against kernel headers without and with the patch of the product, and prints a table of causes.

For each source and each folder of headers: the modules are built as they are, the findings of that build and of the
source are patched, the patch is tried, taken back and made again, and the patched copy is built. Wants what a module
build wants (make, gcc, patch); a build takes minutes. ``docs/patches.md`` keeps what it printed.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vgpu_doctor.model import LogFacts
from vgpu_doctor.patching.applying import try_patch
from vgpu_doctor.patching.building import build_loop, build_tree
from vgpu_doctor.patching.from_source import SourcePatch, affecting, patch_from_source
from vgpu_doctor.patching.tree import DriverTree, open_tree
from vgpu_doctor.signatures.load import load_library
from vgpu_doctor.versions import kernel_series

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vgpu_doctor.model import Diagnosis, Signature
    from vgpu_doctor.signatures.index import Library


@dataclass(frozen=True)
class Row:
    """What a pair of a source and headers came to."""

    before: Diagnosis
    built_before: bool
    patch: SourcePatch
    after: Diagnosis | None  # None where there was nothing to patch
    built: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path, nargs="+", help="unpacked packages, or their folder kernel")
    parser.add_argument("--headers", type=Path, nargs="+", required=True, help="as /usr/src/linux-headers-6.12.9-amd64")
    parser.add_argument("--keep", type=Path, help="a folder for the patches")
    options = parser.parse_args()
    library = load_library()
    print("| source | headers | causes before | patched | after |\n|---|---|---|---|---|")
    good = True
    for source in options.sources:
        for headers in options.headers:
            row = made(source, headers, library)
            print(f"| {source.name} | {headers.name} ({compiler()}) | {written(row)} |", flush=True)
            good &= row.built or row.built_before
            if options.keep is not None and row.patch.text:
                name = f"{source.name}-{headers.name}.patch"
                (options.keep / name).write_text(row.patch.text, encoding="utf-8", errors="surrogateescape")
    return 0 if good else 1


def made(source: Path, headers: Path, library: Library) -> Row:
    """One row; raises where a patch is not what a patch has to be."""
    tree = open_tree(source)
    release = headers.name.removeprefix("linux-headers-")
    first = build_tree(tree, "", headers, library)
    signatures: list[Signature] = [finding.signature for finding in first.diagnosis.findings]
    signatures += affecting(library, tree, kernel_series(release) or release)
    facts = LogFacts(driver=tree.version, kernel=release)
    patch = patch_from_source(tree, signatures, facts)
    if not patch.text:
        return Row(first.diagnosis, first.ok, patch, None, first.ok)
    patch, after = build_loop(
        tree, patch, signatures, facts, lambda larger: build_tree(tree, larger.text, headers, library)
    )
    proven(patch, tree, [library[name] for name in patch.cured])
    return Row(first.diagnosis, first.ok, patch, after.diagnosis, after.ok)


def proven(patch: SourcePatch, tree: DriverTree, signatures: Sequence[Signature]) -> None:
    """Checks that patch and git take it as it is, that it can be taken back, and that a second run is empty."""
    wrong = [hunk for hunk in try_patch(patch.text, tree, patch.files) if not hunk.clean]
    assert not wrong, wrong
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder, "package")
        shutil.copytree(tree.root, package / tree.name, symlinks=True)
        file = Path(folder, "test.patch")
        file.write_bytes(patch.text.encode("utf-8", "surrogateescape"))
        for command in (["git", "apply", "--check", "-p1", str(file)], ["patch", "-p1", "-s", "-i", str(file)]):
            if shutil.which(command[0]):
                subprocess.run(command, cwd=package, check=True)
        again = patch_from_source(open_tree(package), signatures, LogFacts(driver=tree.version))
        assert not again.text, again.text
        subprocess.run(["patch", "-p1", "-R", "-s", "-i", str(file)], cwd=package, check=True)
        assert all((package / tree.name / name).read_bytes() == (tree.root / name).read_bytes() for name in tree.files)


def written(row: Row) -> str:
    """The cells of a row: causes with the number of their places."""
    if row.after is None:
        return f"{causes(row.before)} | nothing | {'builds' if row.built_before else 'fails'}"
    known = {finding.id for finding in row.before.findings}
    new = sorted({finding.id for finding in row.after.findings} - known)
    ends = "builds" if row.built else causes(row.after) + (f"; behind others before: {', '.join(new)}" if new else "")
    left = f"; not: {', '.join(sorted(row.patch.not_cured))}" if row.patch.not_cured else ""
    return f"{causes(row.before)} | {', '.join(row.patch.cured)}{left} | {ends}"


def causes(diagnosis: Diagnosis) -> str:
    found: Iterable[str] = [f"{finding.id} ({finding.count})" for finding in diagnosis.findings]
    other = [f"{diagnosis.unrecognised_count} not known"] if diagnosis.unrecognised_count else []
    return ", ".join([*found, *other]) or "none"


def compiler() -> str:
    said = subprocess.run(["gcc", "-dumpversion"], capture_output=True, text=True, check=False).stdout.strip()
    return f"gcc {said}"


if __name__ == "__main__":
    sys.exit(main())
