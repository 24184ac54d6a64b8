"""Write what is generated: a page for each signature, their index, what works where, and the schemas for editors."""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vgpu_doctor.catalogue.load import load_catalogue
from vgpu_doctor.devtools.json_schema import schemas
from vgpu_doctor.report.explain import write_explanation
from vgpu_doctor.signatures.load import load_library
from vgpu_doctor.versions import series_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.model import Signature
    from vgpu_doctor.signatures.index import Library

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BRANCHES = ("470", "525", "535", "550", "570", "580", "595")


def pages() -> Iterator[tuple[str, str]]:
    """Yield path from the root of the repository, and content, of every generated file."""
    library = load_library([ROOT / "signatures"], system="/nonexistent")
    signatures = [library[name] for name in library.ids]
    for signature in signatures:
        yield f"docs/signatures/{signature.id}.md", _page(signature)
    yield "docs/signatures/README.md", _index(signatures)
    yield "docs/breaks.md", _breaks(signatures)
    yield "docs/releases.md", _releases(library)
    for path, schema in schemas().items():
        yield f"signatures/{path}", json.dumps(schema, indent=2) + "\n"


def _page(signature: Signature) -> str:
    text = io.StringIO()
    write_explanation(signature, text, language="en", colour=False, width=100)
    return f"# {signature.id}\n\n```text\n{text.getvalue().rstrip()}\n```\n"


def _index(signatures: list[Signature]) -> str:
    lines = ["# Signatures", "", f"{len(signatures)} causes, by area.", ""]
    areas = sorted({signature.area for signature in signatures}, key=_area_order)
    for area in areas:
        lines += [f"## {area}", "", "| id | cause |", "|---|---|"]
        lines += [
            f"| [{signature.id}]({signature.id}.md) | {signature.title['en']} |"
            for signature in signatures
            if signature.area == area
        ]
        lines.append("")
    return "\n".join(lines)


def _area_order(area: str) -> tuple[int, tuple[int, ...], str]:
    first, _, series = area.partition("/")
    return (1, tuple(int(number) for number in series.split(".")), "") if first == "kernel" else (0, (), first)


def _breaks(signatures: list[Signature]) -> str:
    """Return the page of kernel changes by series, with the first build of each branch that has the change."""
    lines = [
        "# What breaks where",
        "",
        "Kernel changes that stop a driver, by the series in which they landed, and the first build of each driver",
        "branch that knows them. *never*: no build of that branch does. Empty: not known, or the branch never used",
        "what changed.",
        "",
        f"| series | change | {' | '.join(BRANCHES)} |",
        f"|---|---|{'---|' * len(BRANCHES)}",
    ]
    changes = [signature for signature in signatures if signature.kernel]
    changes.sort(key=lambda change: (series_numbers(change.kernel.since if change.kernel else "0.0"), change.id))
    for change in changes:
        cells = [
            (build or "never") if branch in change.fixed_in else ""
            for branch in BRANCHES
            for build in [change.fixed_in.get(branch)]
        ]
        since = change.kernel.since if change.kernel else ""
        lines.append(f"| {since} | [{change.title['en']}](signatures/{change.id}.md) | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _releases(library: Library) -> str:
    from vgpu_doctor.compat.release_table import table_rows

    header, *rows = table_rows(load_catalogue(), library)
    lines = [
        "# Which vGPU release works on which kernel",
        "",
        "The unmodified host package of each release on kernels of each series. *yes*: shown; *expected*: nothing",
        "known speaks against it, and nobody showed it; *no*: it does not build, or does not work once loaded.",
        "",
        f"| {' | '.join(header)} |",
        "|" + "---|" * len(header),
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; say what is not current")
    arguments = parser.parse_args()
    wanted = {ROOT / name: content for name, content in pages()}
    stale = {path for path in (DOCS / "signatures").glob("*.md") if path not in wanted}
    changed = {
        path for path, content in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != content
    }
    if arguments.check:
        for path in sorted(stale | changed):
            sys.stdout.write(f"{path.relative_to(ROOT)} is not current; 'make docs' writes it\n")
        return 1 if stale | changed else 0
    for path in stale:
        path.unlink()
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    sys.stdout.write(f"{len(wanted)} files, {len(changed)} written, {len(stale)} removed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
