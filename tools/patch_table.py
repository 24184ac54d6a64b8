"""Build driver sources against kernel headers without and with a patch, and print a table of causes.

For each source and each folder of headers: build the modules unchanged, patch what that build and the source show,
apply the patch, revert it, make it again, and build the patched copy. This needs make, gcc and patch, and minutes for
each build. ``docs/patches.md`` keeps the output.
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
from vgpu_doctor.patching.building import Build, build_loop, build_tree
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
    """The result for one source and one set of headers."""

    before: Diagnosis
    built_before: bool
    patch: SourcePatch
    after: Diagnosis | None  # None if there was nothing to patch
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
            row = make_row(source, headers, library)
            print(f"| {source.name} | {headers.name} ({compiler_version()}) | {cells(row)} |", flush=True)
            good &= row.built or row.built_before
            if options.keep is not None and row.patch.text:
                name = f"{source.name}-{headers.name}.patch"
                (options.keep / name).write_text(row.patch.text, encoding="utf-8", errors="surrogateescape")
    return 0 if good else 1


def make_row(source: Path, headers: Path, library: Library) -> Row:
    """Make one row. Raises AssertionError if a patch does not apply cleanly, or is not empty the second time."""
    tree = open_tree(source)
    release = headers.name.removeprefix("linux-headers-")
    first = build_tree(tree, "", headers, library)
    signatures: list[Signature] = [finding.signature for finding in first.diagnosis.findings]
    signatures += affecting(library, tree, kernel_series(release) or release)
    facts = LogFacts(driver=tree.version, kernel=release)
    patch = patch_from_source(tree, signatures, facts)
    if not patch.text:
        return Row(first.diagnosis, first.ok, patch, None, first.ok)

    def build_with(larger: SourcePatch) -> Build:
        return build_tree(tree, larger.text, headers, library)

    patch, after = build_loop(tree, patch, signatures, facts, build_with)
    verify(patch, tree, [library[name] for name in patch.cured])
    return Row(first.diagnosis, first.ok, patch, after.diagnosis, after.ok)


def verify(patch: SourcePatch, tree: DriverTree, signatures: Sequence[Signature]) -> None:
    """Check that patch and git apply it as it is, that it can be reverted, and that a second run finds nothing."""
    unclean = [hunk for hunk in try_patch(patch.text, tree, patch.files) if not hunk.clean]
    assert not unclean, unclean
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


def cells(row: Row) -> str:
    """Return the cells of a row: causes with the number of their places."""
    if row.after is None:
        return f"{causes_of(row.before)} | nothing | {'builds' if row.built_before else 'fails'}"
    before = {finding.id for finding in row.before.findings}
    new = sorted({finding.id for finding in row.after.findings} - before)
    hidden = f"; behind others before: {', '.join(new)}" if new else ""
    outcome = "builds" if row.built else causes_of(row.after) + hidden
    left = f"; not: {', '.join(sorted(row.patch.not_cured))}" if row.patch.not_cured else ""
    return f"{causes_of(row.before)} | {', '.join(row.patch.cured)}{left} | {outcome}"


def causes_of(diagnosis: Diagnosis) -> str:
    found: Iterable[str] = [f"{finding.id} ({finding.count})" for finding in diagnosis.findings]
    other = [f"{diagnosis.unrecognised_count} not known"] if diagnosis.unrecognised_count else []
    return ", ".join([*found, *other]) or "none"


def compiler_version() -> str:
    said = subprocess.run(["gcc", "-dumpversion"], capture_output=True, text=True, check=False).stdout.strip()
    return f"gcc {said}"


if __name__ == "__main__":
    sys.exit(main())
