"""Make a signature of one record, and check what its fields say together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from vgpu_doctor.errors import RecordError
from vgpu_doctor.fields import OTHERS, Field, Reader
from vgpu_doctor.frozen import replace
from vgpu_doctor.model import (
    CompileTest,
    Edit,
    Example,
    KernelChange,
    Match,
    Probe,
    Proof,
    RecordedRemedy,
    Scope,
    Signature,
    SourceTrace,
    Stage,
)

ID = "[a-z0-9]+(?:-[a-z0-9]+)*"
SERIES = r"[0-9]+\.[0-9]+(?:\.[0-9]+)?"
COMMIT = "[0-9a-f]{12,40}"
GUARD = rf"every|(?:[<>]=?|==){SERIES}(?:,(?:[<>]=?|==){SERIES})*"
OPTION = "CONFIG_[A-Z0-9_]+"
AREA = rf"kernel/{SERIES}|build|install|load|vgpu"
TEST = "[a-z][a-z0-9_]{2,60}"
TEST_LINE = r"(?:#include <(?:linux|asm|drm|uapi)/[a-z0-9_-]+(?:/[a-z0-9_-]+)*\.h>|[A-Za-z0-9_ (){}\[\];,.=*&|+<>!-]*)"
"""A line of a compile test. It stands in a string of a shell script that root runs: nothing that means something there
(quotes, ``$``, backslash), no directive but the include of a kernel header, no comments and no other spelling of ``#``.
"""
MAX_TEST = 1200  # characters
STAGES = ("build", "load", "run")
AREA_STAGES: Mapping[str, Stage] = {"load": "load", "vgpu": "run"}
"""The stage of a record that names none; "build" in all other areas."""
EVERY = "every"
"""The guard of an edit that suits every kernel."""
LINUS = "https://git.kernel.org/linus/"
LINK_DIGITS = 12  # of a commit
LOWER_BOUND = rf">={SERIES}"
ALL = "all"  # among what a cause explains: every other build complaint
MATCH_FIELDS = frozenset({"tool", "severity", "file", "in_function"})
"""Fields of a match that are no captures."""

TEXTS = Field("texts")
LANGUAGES = Field("languages", required=True)

KERNEL = {
    "since": Field("text", 'a series in quotes, "6.8"', required=True, pattern=SERIES),
    "commit": Field("text", "12 to 40 hexadecimal digits", pattern=COMMIT),
    "subject": Field("text"),
    "backports": TEXTS,
}
SCOPE = {
    "modules": Field("choice", values=("open", "closed")),
    "package": Field("choice", values=("host", "display")),
}
MATCH = {"kind": Field("texts", "a kind of the grammar", required=True), OTHERS: TEXTS}
SOURCE = dict.fromkeys(("uses", "unless", "files", "lacks_include"), TEXTS)
PROBE = {
    "header": TEXTS,
    "has": Field("text"),
    "lacks": Field("text"),
    "gone": Field("flag"),
    "option": Field("text", "an option of the kernel, CONFIG_IOMMUFD", pattern=OPTION),
    "gcc": Field("number", "a major version of gcc, 14, and no other field"),
}
EDIT = {
    "in": Field("text", "a glob below the driver's tree", required=True),
    "find": Field("text", "C text; $NAME stands for balanced C", required=True),
    "replace": Field("text", blank=True),
    "before": Field("text"),
    "after": Field("text"),
    "guard": Field("text", 'kernels that get the new text, ">=6.8" or ">=6.8,<6.13", or every', pattern=GUARD),
    "times": Field("choice", values=("any", "one")),
}
COMPILE_TEST = {
    "name": Field("text", "a name of a-z, 0-9 and _, of at most 61 characters", required=True, pattern=TEST),
    "code": Field("text", required=True),
    "compiles": Field("choice", values=("new", "old")),
}
REMEDY = {
    "title": LANGUAGES,
    "steps": TEXTS,
    "undo": TEXTS,
    "check": TEXTS,
    "when": Field("facts"),
}
SIGNATURE = {
    "id": Field("text", "words of a-z and 0-9 with - between", required=True, pattern=ID),
    "title": LANGUAGES,
    "why": LANGUAGES,
    "match": Field("list", required=True, fields=MATCH),
    "kernel": Field("mapping", "the upstream change", fields=KERNEL),
    "explains": Field("list", "a list of what only follows from this cause", fields=MATCH, word=ALL),
    "last_resort": Field("flag"),
    "applies_to": Field("mapping", "the modules and packages that have the code", fields=SCOPE),
    "stage": Field("choice", values=STAGES),
    "companions": TEXTS,
    "source": Field("mapping", "how the cause shows in a driver tree", fields=SOURCE),
    "probe": Field("mapping", "how the change shows in the headers of a kernel", fields=PROBE),
    "fixed_in": Field(
        "builds", "the first build with the fix, by driver branch, or a name in catalogue/fixes.yaml", named=True
    ),
    "edits": Field("list", "a list of changes of the driver's source", fields=EDIT),
    "conftest": Field("mapping", "a compile test in place of the guards", fields=COMPILE_TEST),
    "no_edit": Field("text", "why there is no edit"),
    "proof": Field("mapping", "how far the cure was shown", fields={"built": TEXTS, "confirmed": TEXTS}),
    "remedies": Field("list", "a list of commands that cure the cause", fields=REMEDY),
    "references": TEXTS,
    "examples": Field(
        "mapping",
        "a mapping with fires and silent",
        required=True,
        fields={"fires": Field("examples"), "silent": Field("examples")},
    ),
}
"""Every field of a record. The JSON Schema that editors read is made from it, so that the two cannot disagree."""

NAMED_FIXES = {OTHERS: Field("builds", "the first build with a fix, by driver branch", required=True)}
"""Names for values of ``fixed_in`` that several records of a folder have."""


def parse_signature(raw: Any, area: str, origin: str, kinds: Mapping[str, Any] | None = None) -> Signature:
    """Return the signature from the plain content of its file.

    ``kinds`` maps every kind of the grammar to its captures; without it, kinds are taken as they are (records that were
    checked when the package was built). Raises :class:`RecordError`, which names file, field, what stands there and
    what is wanted.
    """
    record = Reader(raw, origin, "", SIGNATURE)
    examples = record["examples"]
    signature = Signature(
        id=record["id"],
        area=area,
        title=record["title"],
        why=record["why"],
        match=_matches(record["match"], kinds),
        kernel=_kernel(record["kernel"]),
        explains=_matches(record["explains"], kinds),
        explains_all=record.says("explains"),
        last_resort=record["last_resort"],
        applies_to=_scope(record["applies_to"]),
        stage=record["stage"] or AREA_STAGES.get(area, "build"),
        companions=record["companions"],
        source=_source(record["source"]),
        probe=_probe(record["probe"]),
        fixed_in=record["fixed_in"],
        edits=tuple(map(_edit, record["edits"])),
        conftest=_compile_test(record["conftest"]),
        no_edit=record["no_edit"],
        proof=_proof(record["proof"]),
        remedies=tuple(map(_remedy, record["remedies"])),
        references=_references(record),
        fires=tuple(map(_example, examples["fires"])),
        silent=tuple(map(_example, examples["silent"])),
        origin=origin,
    )
    signature = replace(signature, edits=tuple(_guarded(edit, signature.kernel) for edit in signature.edits))
    if not re.fullmatch(AREA, area):
        raise RecordError(origin, "area", area, "kernel/<series>, build, install, load or vgpu, as the folder's name")
    if area.startswith("kernel/") and signature.kernel is None:
        raise RecordError(origin, "kernel", None, "the upstream change, in a record below kernel/")
    if len(signature.edits) and signature.no_edit:
        raise RecordError(origin, "no_edit", signature.no_edit, "either edits or a reason why there are none")
    guards = [edit.guard for edit in signature.edits if edit.guard]
    if signature.conftest and not (guards and all(re.fullmatch(LOWER_BOUND, guard) for guard in guards)):
        wanted = 'edits to stand in for, each with a lower bound, ">=6.8", for drivers that have no such tests'
        raise RecordError(origin, "conftest", signature.conftest.name, wanted)
    return signature


def _guarded(edit: Edit, kernel: KernelChange | None) -> Edit:
    """Return the edit with its guard: for a change of the kernel, its series and later ones where none is named."""
    if edit.guard == EVERY:
        return replace(edit, guard=None)
    return replace(edit, guard=f">={kernel.since}") if kernel and edit.guard is None else edit


def _references(record: Reader) -> tuple[str, ...]:
    """Return the link to the mainline commit, and the links of the record."""
    raw, links = record.raw.get("kernel"), record["references"]
    commit = raw.get("commit") if isinstance(raw, Mapping) else None
    link = f"{LINUS}{commit[:LINK_DIGITS]}" if isinstance(commit, str) else None
    return links if link is None or link in links else (link, *links)


def _matches(items: Iterable[Reader], kinds: Mapping[str, Any] | None) -> tuple[Match, ...]:
    return tuple(match for fields in items for match in _matches_of(fields, kinds))


def _matches_of(fields: Reader, kinds: Mapping[str, Any] | None) -> tuple[Match, ...]:
    """Return the matches of one entry: it may name several kinds, each of which must be able to have its captures."""
    values = {field: fields[field] for field in fields.raw if field != "kind"}
    names = fields["kind"]
    if not names:
        raise fields.wrong("kind", None, "a kind of the grammar")
    if kinds is not None:
        for kind in names:
            if kind != "*" and kind not in kinds:
                raise fields.wrong("kind", kind, "a kind of the grammar (signatures list --kinds prints them)")
        known = MATCH_FIELDS.union(*(kinds.get(kind, ()) for kind in names), *(from_notes(kind) for kind in names))
        for field in values:
            if field not in known:
                raise fields.wrong(field, fields.raw[field], f"one of {', '.join(sorted(known))}")
    return tuple(Match(kind, values) for kind in names)


def from_notes(kind: str) -> tuple[str, ...]:
    """Return captures that the notes behind a complaint of this kind can give it."""
    if kind.endswith(("-init", "-struct", "-constant", "initializer")):
        return ("object", "field", "to", "from")
    return ("function", "to", "from") if kind.endswith(("-arg", "-arguments")) or kind == "*" else ()


def _kernel(fields: Reader | None) -> KernelChange | None:
    return KernelChange(**fields.contents()) if fields else None


def _scope(fields: Reader | None) -> Scope:
    return Scope(**fields.contents()) if fields else Scope()


def _source(fields: Reader | None) -> SourceTrace | None:
    return SourceTrace(**fields.contents()) if fields else None


def _proof(fields: Reader | None) -> Proof:
    return Proof(**fields.contents()) if fields else Proof()


def _remedy(fields: Reader) -> RecordedRemedy:
    return RecordedRemedy(**fields.contents())


def _example(raw: str | Mapping[str, str]) -> Example:
    return Example(text=raw) if isinstance(raw, str) else Example(file=raw["file"])


def _probe(fields: Reader | None) -> Probe | None:
    if fields is None:
        return None
    probe = Probe(**fields.contents())
    if probe.gcc is not None and len(fields.raw) != 1:
        raise fields.wrong("gcc", probe.gcc, "a major version of gcc, 14, and no other field")
    if probe.gcc is not None:
        return probe
    if not probe.header or any(file.startswith("/") or ".." in file.split("/") for file in probe.header):
        raise fields.wrong("header", list(probe.header), "files below the kernel's headers, include/linux/eventfd.h")
    if (probe.has is not None) + (probe.lacks is not None) + probe.gone != 1:
        raise fields.wrong("has", probe.has, "one of has, lacks and gone")
    return probe


def _edit(fields: Reader) -> Edit:
    values = fields.contents()
    edit = Edit(file=values.pop("in"), times=values.pop("times") or "any", **values)
    if sum(text is not None for text in (edit.replace, edit.before, edit.after)) != 1:
        raise fields.wrong("replace", edit.replace, "one of replace, before and after")
    if edit.file.startswith("/") or ".." in edit.file.split("/"):
        raise fields.wrong("in", edit.file, "a glob below the driver's tree")
    return edit


def _compile_test(fields: Reader | None) -> CompileTest | None:
    if fields is None:
        return None
    test = CompileTest(name=fields["name"], code=fields["code"], compiles=fields["compiles"] or "new")
    if len(test.code) > MAX_TEST:
        raise fields.wrong("code", f"{len(test.code)} characters", f"at most {MAX_TEST} characters")
    for line in test.code.split("\n"):
        if not re.fullmatch(TEST_LINE, line):
            raise fields.wrong("code", line, "plain C without quotes, comments and macros, or #include <linux/x.h>")
    return test
