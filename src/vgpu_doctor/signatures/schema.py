"""Reads one record of knowledge and checks every field of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from vgpu_doctor.errors import RecordError
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
    Text,
)

Item = TypeVar("Item")

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
SERIES = re.compile(r"\d+\.\d+(?:\.\d+)?\Z")
COMMIT = re.compile(r"[0-9a-f]{12,40}\Z")
GUARD = re.compile(r"(?:every|(?:[<>]=?|==)\d+\.\d+(?:\.\d+)?(?:,(?:[<>]=?|==)\d+\.\d+(?:\.\d+)?)*)\Z")
OPTION = re.compile(r"CONFIG_[A-Z0-9_]+\Z")
AREAS = re.compile(r"(?:kernel/\d+\.\d+(?:\.\d+)?|build|install|load|vgpu)\Z")
TEST = re.compile(r"[a-z][a-z0-9_]{2,60}\Z")
TEST_LINE = re.compile(
    r"(?:#include <(?:linux|asm|drm|uapi)/[a-z0-9_-]+(?:/[a-z0-9_-]+)*\.h>|[A-Za-z0-9_ (){}\[\];,.=*&|+<>!-]*)\Z"
)
"""A line of a compile test. It stands in a string of a shell script that root runs: nothing that means something there
(quotes, ``$``, backslash), no directive but the include of a kernel header, no comments and no other spelling of ``#``.
"""
LONGEST_TEST = 1200  # characters
STAGES = ("build", "load", "run")
AREA_STAGES: Mapping[str, Stage] = {"load": "load", "vgpu": "run"}
"""The stage of a record that names none; "build" in all other areas."""
EVERY = "every"
"""The guard of an edit that suits every kernel."""
LINUS = "https://git.kernel.org/linus/"
IN_COMMIT_LINK = 12  # digits
BETWEEN_CHINESE = re.compile(r"(?<=[\u3001-\u9fff\uff01-\uff60]) (?=[\u3001-\u9fff\uff01-\uff60])")
"""The blank that a line break leaves in Chinese, which has none between its characters."""
LOWER_BOUND = re.compile(r">=\d+\.\d+(?:\.\d+)?\Z")
ALL = "all"  # among what a cause explains: every other build complaint
LONGEST_TEXT = 4000  # characters of one field; a record is read by people
MATCH_FIELDS = frozenset({"tool", "severity", "file", "in_function"})
"""Fields of a match that are no captures."""


def parse_signature(raw: Any, area: str, origin: str, kinds: Mapping[str, Any] | None = None) -> Signature:
    """A signature from the plain content of its file.

    ``kinds`` maps every kind of the grammar to its captures; without it, kinds are taken as they are (records that were
    checked when the package was built). Raises :class:`RecordError`, which names file, field, what stands there and
    what is wanted.
    """
    record = _Fields(raw, origin, "")
    signature = Signature(
        id=record.text("id", pattern=ID, wanted="words of a-z and 0-9 with - between"),
        area=area,
        title=record.languages("title"),
        why=record.languages("why"),
        match=_flat(record.items("match", lambda fields: _matches(fields, kinds), required=True)),
        kernel=record.part("kernel", _kernel),
        explains=_flat(record.items("explains", lambda fields: _matches(fields, kinds), but=ALL)),
        explains_all=record.says("explains", ALL),
        last_resort=record.flag("last_resort"),
        applies_to=record.part("applies_to", _scope) or Scope(),
        stage=record.one_of("stage", STAGES) or AREA_STAGES.get(area, "build"),
        companions=record.texts("companions"),
        source=record.part("source", _source),
        probe=record.part("probe", _probe),
        fixed_in=record.builds("fixed_in"),
        edits=record.items("edits", _edit),
        conftest=record.part("conftest", _compile_test),
        no_edit=record.optional("no_edit"),
        proof=record.part("proof", _proof) or Proof(),
        remedies=record.items("remedies", _remedy),
        references=_references(record),
        fires=record.examples("fires"),
        silent=record.examples("silent"),
        origin=origin,
    )
    record.done("explains", "examples")
    signature = replace(signature, edits=tuple(_guarded(edit, signature.kernel) for edit in signature.edits))
    if not AREAS.match(area):
        raise RecordError(origin, "area", area, "kernel/<series>, build, install, load or vgpu, as the folder's name")
    if area.startswith("kernel/") and signature.kernel is None:
        raise RecordError(origin, "kernel", None, "the upstream change, in a record below kernel/")
    if len(signature.edits) and signature.no_edit:
        raise RecordError(origin, "no_edit", signature.no_edit, "either edits or a reason why there are none")
    guards = [edit.guard for edit in signature.edits if edit.guard]
    if signature.conftest and not (guards and all(map(LOWER_BOUND.match, guards))):
        wanted = 'edits to stand in for, each with a lower bound, ">=6.8", for drivers that have no such tests'
        raise RecordError(origin, "conftest", signature.conftest.name, wanted)
    return signature


class _Fields:
    """One mapping of a record; remembers which fields were asked for, so that a misspelt one is found."""

    def __init__(self, raw: Any, origin: str, path: str) -> None:
        self.origin = origin
        self.path = path
        if not isinstance(raw, Mapping):
            raise RecordError(origin, path or "the file", raw, "a mapping of fields")
        self.raw = raw
        self._asked: set[str] = set()

    def wrong(self, field: str, found: Any, wanted: str) -> RecordError:
        return RecordError(self.origin, f"{self.path}{field}", found, wanted)

    def get(self, field: str) -> Any:
        self._asked.add(field)
        return self.raw.get(field)

    def done(self, *also: str) -> None:
        for field in self.raw:
            if field not in self._asked and field not in also:
                raise self.wrong(str(field), self.raw[field], f"one of {', '.join(sorted(self._asked | set(also)))}")

    def optional(self, field: str, pattern: re.Pattern[str] | None = None, wanted: str = "text") -> str | None:
        value = self.get(field)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
            raise self.wrong(field, value, f"{wanted} of at most {LONGEST_TEXT} characters")
        if pattern and not pattern.match(value):
            raise self.wrong(field, value, wanted)
        return value

    def text(self, field: str, pattern: re.Pattern[str] | None = None, wanted: str = "text") -> str:
        value = self.optional(field, pattern, wanted)
        if value is None:
            raise self.wrong(field, None, wanted)
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        value = self.get(field)
        if value is None:
            return ()
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list | tuple) or not all(isinstance(one, str) and one for one in values):
            raise self.wrong(field, value, "a text or a list of texts")
        return tuple(values)

    def one_of(self, field: str, values: tuple[str, ...]) -> Any:
        """Return one of the values, or None where the field is missing."""
        value = self.get(field)
        if value is not None and value not in values:
            raise self.wrong(field, value, f"one of {', '.join(values)}")
        return value

    def flag(self, field: str) -> bool:
        value = self.get(field)
        if value not in (None, True, False):
            raise self.wrong(field, value, "true or false")
        return bool(value)

    def languages(self, field: str) -> Text:
        value = self.get(field)
        if isinstance(value, str):
            value = {"en": value}
        if not isinstance(value, Mapping) or not isinstance(value.get("en"), str):
            raise self.wrong(field, value, "texts by language, with en")
        for language, text in value.items():
            if not isinstance(text, str) or not re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", str(language)):
                raise self.wrong(f"{field}.{language}", text, "a text under a language code")
        return {language: BETWEEN_CHINESE.sub("", " ".join(text.split())) for language, text in value.items()}

    def part(self, field: str, parse: Callable[[_Fields], Item]) -> Item | None:
        value = self.get(field)
        if value is None:
            return None
        fields = _Fields(value, self.origin, f"{self.path}{field}.")
        item = parse(fields)
        fields.done()
        return item

    def says(self, field: str, word: str) -> bool:
        """Whether a word stands in place of a list, or in it."""
        value = self.get(field)
        return value == word or (isinstance(value, list) and word in value)

    def items(
        self, field: str, parse: Callable[[_Fields], Item], required: bool = False, but: str | None = None
    ) -> tuple[Item, ...]:
        """The parts of a list; the word ``but`` may stand among them, or in place of the list, and is passed over."""
        value = self.get(field)
        if (value is None and not required) or (but is not None and value == but):
            return ()
        if not isinstance(value, list) or (required and not value):
            raise self.wrong(field, value, "a list")
        items = []
        for number, raw in enumerate(value):
            if but is not None and raw == but:
                continue
            fields = _Fields(raw, self.origin, f"{self.path}{field}[{number}].")
            items.append(parse(fields))
            fields.done()
        return tuple(items)

    def builds(self, field: str) -> dict[str, str | None]:
        value = self.get(field)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self.wrong(field, value, "builds by driver branch")
        for branch, build in value.items():
            if not isinstance(branch, str) or not branch.isdigit():
                raise self.wrong(f"{field}.{branch}", branch, 'a driver branch in quotes, "535"')
            if build is not None and not (isinstance(build, str) and re.fullmatch(r"\d+\.\d+(\.\d+)?", build)):
                raise self.wrong(f"{field}.{branch}", build, 'a build in quotes, "535.183.04", or null for never')
            if build is not None and build.partition(".")[0] != branch:
                raise self.wrong(f"{field}.{branch}", build, f"a build of branch {branch}")
        return dict(value)

    def examples(self, field: str) -> tuple[Example, ...]:
        examples = self.raw.get("examples")
        if not isinstance(examples, Mapping) or set(examples) - {"fires", "silent"}:
            raise self.wrong("examples", examples, "a mapping with fires and silent")
        values = examples.get(field) or []
        if not isinstance(values, list):
            raise self.wrong(f"examples.{field}", values, "a list")
        found = []
        for number, value in enumerate(values):
            if isinstance(value, str):
                found.append(Example(text=value))
            elif isinstance(value, Mapping) and set(value) == {"file"} and isinstance(value["file"], str):
                found.append(Example(file=value["file"]))
            else:
                raise self.wrong(f"examples.{field}[{number}]", value, "text, or {file: ...}")
        return tuple(found)


def _guarded(edit: Edit, kernel: KernelChange | None) -> Edit:
    """Return the edit with its guard: for a change of the kernel, its series and later ones where none is named."""
    if edit.guard == EVERY:
        return replace(edit, guard=None)
    return replace(edit, guard=f">={kernel.since}") if kernel and edit.guard is None else edit


def _references(record: _Fields) -> tuple[str, ...]:
    """Return the link to the mainline commit, and the links of the record."""
    raw, links = record.raw.get("kernel"), record.texts("references")
    commit = raw.get("commit") if isinstance(raw, Mapping) else None
    link = f"{LINUS}{commit[:IN_COMMIT_LINK]}" if isinstance(commit, str) else None
    return links if link is None or link in links else (link, *links)


def _flat(groups: Iterable[tuple[Match, ...]]) -> tuple[Match, ...]:
    return tuple(match for group in groups for match in group)


def _matches(fields: _Fields, kinds: Mapping[str, Any] | None) -> tuple[Match, ...]:
    """One entry of ``match``: it may name several kinds, each of which must be able to have its captures."""
    values = {field: fields.texts(field) for field in fields.raw if field != "kind"}
    names = fields.texts("kind")
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
    """Captures that the notes behind a complaint of this kind can give it."""
    if kind.endswith(("-init", "-struct", "-constant", "initializer")):
        return ("object", "field", "to", "from")
    return ("function", "to", "from") if kind.endswith(("-arg", "-arguments")) or kind == "*" else ()


def _kernel(fields: _Fields) -> KernelChange:
    return KernelChange(
        since=fields.text("since", SERIES, 'a series in quotes, "6.8"'),
        commit=fields.optional("commit", COMMIT, "12 to 40 hexadecimal digits"),
        subject=fields.optional("subject"),
        backports=fields.texts("backports"),
    )


def _scope(fields: _Fields) -> Scope:
    return Scope(
        modules=fields.one_of("modules", ("open", "closed")), package=fields.one_of("package", ("host", "display"))
    )


def _source(fields: _Fields) -> SourceTrace:
    return SourceTrace(
        uses=fields.texts("uses"),
        unless=fields.texts("unless"),
        files=fields.texts("files"),
        lacks_include=fields.texts("lacks_include"),
    )


def _probe(fields: _Fields) -> Probe:
    probe = Probe(
        header=fields.texts("header"),
        has=fields.optional("has"),
        lacks=fields.optional("lacks"),
        gone=fields.flag("gone"),
        option=fields.optional("option", OPTION, "an option of the kernel, CONFIG_IOMMUFD"),
        gcc=fields.get("gcc"),
    )
    if probe.gcc is not None and (type(probe.gcc) is not int or len(fields.raw) != 1):
        raise fields.wrong("gcc", probe.gcc, "a major version of gcc, 14, and no other field")
    if probe.gcc is not None:
        return probe
    if not probe.header or any(file.startswith("/") or ".." in file.split("/") for file in probe.header):
        raise fields.wrong("header", list(probe.header), "files below the kernel's headers, include/linux/eventfd.h")
    if (probe.has is not None) + (probe.lacks is not None) + probe.gone != 1:
        raise fields.wrong("has", probe.has, "one of has, lacks and gone")
    return probe


def _edit(fields: _Fields) -> Edit:
    edit = Edit(
        file=fields.text("in"),
        find=fields.text("find"),
        replace=fields.optional("replace") if fields.raw.get("replace") != "" else fields.get("replace"),
        before=fields.optional("before"),
        after=fields.optional("after"),
        guard=fields.optional("guard", GUARD, 'kernels that get the new text, ">=6.8" or ">=6.8,<6.13", or every'),
        times=fields.optional("times", re.compile(r"(?:any|one)\Z"), "any or one") or "any",
    )
    if sum(text is not None for text in (edit.replace, edit.before, edit.after)) != 1:
        raise fields.wrong("replace", edit.replace, "one of replace, before and after")
    if edit.file.startswith("/") or ".." in edit.file.split("/"):
        raise fields.wrong("in", edit.file, "a glob below the driver's tree")
    return edit


def _compile_test(fields: _Fields) -> CompileTest:
    test = CompileTest(
        name=fields.text("name", TEST, "a name of a-z, 0-9 and _, of at most 61 characters"),
        code=fields.text("code"),
        compiles=fields.optional("compiles", re.compile(r"(?:new|old)\Z"), "new or old") or "new",
    )
    if len(test.code) > LONGEST_TEST:
        raise fields.wrong("code", f"{len(test.code)} characters", f"at most {LONGEST_TEST} characters")
    for line in test.code.split("\n"):
        if not TEST_LINE.match(line):
            raise fields.wrong("code", line, "plain C without quotes, comments and macros, or #include <linux/x.h>")
    return test


def _proof(fields: _Fields) -> Proof:
    return Proof(built=fields.texts("built"), confirmed=fields.texts("confirmed"))


def _remedy(fields: _Fields) -> RecordedRemedy:
    when = fields.get("when") or {}
    if not isinstance(when, Mapping):
        raise fields.wrong("when", when, "facts and their values")
    lists = {fact: value if isinstance(value, list) else [value] for fact, value in when.items()}
    if not all(isinstance(text, str) for fact, values in lists.items() for text in (fact, *values)):
        raise fields.wrong("when", when, "facts and their values")
    return RecordedRemedy(
        title=fields.languages("title"),
        steps=fields.texts("steps"),
        undo=fields.texts("undo"),
        check=fields.texts("check"),
        when={fact: ",".join(values) for fact, values in lists.items()},
    )
