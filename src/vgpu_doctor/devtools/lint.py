"""Find mistakes in records that are well formed but cannot be right, or could be better."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from vgpu_doctor.devtools.json_schema import FILE, schema_line
from vgpu_doctor.signatures.index import Entry, Library, fits, normal
from vgpu_doctor.signatures.yaml_folder import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.model import Signature

MAX_TITLE = 100  # characters
MAX_WIDTH = 120  # columns of a line of a record or of the catalogue; a Chinese character has two
MAX_STARS = 6  # a pattern with more of them tells nothing, and each costs another pass over the value

_BAR = re.compile(r"(?:^|[ :-])\|[-+]?$")


def complaints_about(signatures: Sequence[Signature], library: Library, catalogue: Catalogue) -> Iterator[str]:
    """Yield one sentence for each mistake, record by record."""
    everything = _causes(library[name] for name in library.ids)
    for signature in signatures:
        for field, complaint in _complaints(signature, library, catalogue, everything):
            yield f"{signature.origin}: {field}: {complaint}"


def _complaints(
    signature: Signature, library: Library, catalogue: Catalogue, everything: Iterable[tuple[str, Entry]]
) -> Iterator[tuple[str, str]]:
    yield from _about_form(signature)
    yield from _about_texts(signature)
    yield from _about_matches(signature, library)
    if hiding := _hidden_by(signature, everything):
        yield "match", f"{hiding} always goes before it"
    yield from _about_fixes(signature, catalogue)
    if signature.area.startswith("kernel/"):
        yield from _about_change(signature)
    if signature.conftest:
        yield from _about_test(signature, library)


def _about_form(signature: Signature) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the form of a record that lies in a file."""
    path = CHECKOUT.parent / signature.origin
    if path.is_file():
        folder = path.parents[len(signature.area.split("/"))]
        yield from complaints_about_lines(path, schema_line(signature.area) if (folder / FILE).exists() else None)


def complaints_about_lines(path: Path, first_line: str | None) -> Iterator[tuple[str, str]]:
    """Yield line and complaint for each line of a YAML file that is too long, but for text of a log and C code.

    ``first_line`` is what must stand on top of it, if anything.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    if first_line is not None and lines[:1] != [first_line]:
        yield "line 1", f"is not {first_line}, by which editors know the fields"
    code = top = ""  # the indent of the lines below a bar, and the field at the margin
    for number, line in enumerate(lines, 1):
        top = line.partition(":")[0] if line[:1].isalpha() else top
        if code and (not line or line.startswith(code)):
            continue
        code = " " * (len(line) - len(line.lstrip()) + 1) if _BAR.search(line) else ""
        width = sum(1 + (east_asian_width(character) in "WF") for character in line)
        if width > MAX_WIDTH and top != "examples":
            yield f"line {number}", f"has {width} columns, more than {MAX_WIDTH}"


def _about_texts(signature: Signature) -> Iterator[tuple[str, str]]:
    for field in ("fires", "silent"):
        if not getattr(signature, field):
            yield f"examples.{field}", "there is no such example"
    for field in ("title", "why"):
        if "zh" not in getattr(signature, field):
            yield field, "there is no Chinese text"
    if len(signature.title["en"]) > MAX_TITLE:
        yield "title", "is longer than a line of a report"


def _about_matches(signature: Signature, library: Library) -> Iterator[tuple[str, str]]:
    for companion in signature.companions:
        if companion not in library:
            yield "companions", f"there is no record {companion}"
    for match in (*signature.match, *signature.explains):
        for field, values in match.fields.items():
            if any(value.count("*") > MAX_STARS for value in values):
                yield f"match.{field}", f"has more than {MAX_STARS} stars"


def _about_fixes(signature: Signature, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for branch, build in signature.fixed_in.items():
        if catalogue.plain_branch(branch) is None:
            yield f"fixed_in.{branch}", "the catalogue has no such branch"
        elif build is not None and not catalogue.roles(build):
            yield f"fixed_in.{branch}", f"the catalogue does not know {build}"


def _about_change(signature: Signature) -> Iterator[tuple[str, str]]:
    if signature.kernel and not signature.area.endswith(f"/{signature.kernel.since}"):
        yield "kernel.since", f"is {signature.kernel.since}, but the record lies under {signature.area}"
    if not signature.edits and not signature.no_edit:
        yield "edits", "neither edits nor the reason why there are none (no_edit)"


def _about_test(signature: Signature, library: Library) -> Iterator[tuple[str, str]]:
    test = signature.conftest
    for name in library.ids:
        other = library[name].conftest
        if test and other and name != signature.id and other.name == test.name and other != test:
            yield "conftest.name", f"{name} has another test of this name"
    for unless in signature.source.unless if signature.source else ():
        if test and unless == test.name:
            yield (
                "conftest.name",
                "is that of a test under source.unless; a patched tree would look cured at every place",
            )


def _hidden_by(signature: Signature, everything: Iterable[tuple[str, Entry]]) -> str | None:
    """Return the records that are preferred wherever this one could match, or None."""
    others = [(kind, entry) for kind, entry in everything if entry.id != signature.id]
    hiding: set[str] = set()
    for kind, own in _causes([signature]):
        stronger = {
            other.id
            for other_kind, other in others
            if other_kind in (kind, "*")
            and (-other.weight, other.id) < (-own.weight, own.id)
            and all(
                name in own.fields
                and all(any(fits(normal(wide), normal(narrow)) for wide in values) for narrow in own.fields[name])
                for name, values in other.fields.items()
            )
        }
        if not stronger:
            return None
        hiding |= stronger
    return ", ".join(sorted(hiding)) or None


def _causes(signatures: Iterable[Signature]) -> list[tuple[str, Entry]]:
    """Return kind and entry of everything that tells a cause."""
    return [
        (match.kind, Entry(signature.id, False, match.fields)) for signature in signatures for match in signature.match
    ]
