"""Read mappings that people write by a table of their fields, and say of each wrong value what is wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from vgpu_doctor.errors import RecordError
from vgpu_doctor.frozen import frozen, replace
from vgpu_doctor.versions import DRIVER_BUILD

MAX_TEXT = 4000  # characters of one field; a record is read by people
OTHERS = "*"
"""The name in a table of fields that stands for every name that is not in it."""

LANGUAGE = "[a-z]{2}(?:_[A-Z]{2})?"
BRANCH = "[0-9]+"

BETWEEN_CHINESE = re.compile(r"(?<=[\u3001-\u9fff\uff01-\uff60]) (?=[\u3001-\u9fff\uff01-\uff60])")
"""The blank that a line break leaves in Chinese, which has none between its characters."""

FieldKind = Literal[
    "text",
    "texts",
    "choice",
    "flag",
    "number",
    "numbers",
    "languages",
    "builds",
    "facts",
    "mapping",
    "list",
    "rows",
    "examples",
]

WANTED: Mapping[FieldKind, str] = {
    "text": "text",
    "texts": "a text or a list of texts",
    "flag": "true or false",
    "number": "a whole number",
    "numbers": "a list of whole numbers",
    "languages": "texts by language, with en",
    "builds": "builds by driver branch",
    "facts": "facts and their values",
    "mapping": "a mapping of fields",
    "list": "a list",
    "rows": "a mapping of fields",
    "examples": "a list",
}
"""What a message asks for where the field itself does not say."""


@frozen
class Field:
    """What may stand under one name."""

    kind: FieldKind
    wanted: str = ""  # in messages and to editors; empty: as the kind says
    required: bool = False
    pattern: str | None = None  # of a whole text, or of each of several
    values: tuple[str, ...] = ()  # of a choice
    fields: Mapping[str, Field] | None = None  # of a mapping, of each item of a list, or of each row
    word: str | None = None  # may stand among the items of a list, or in its place
    blank: bool = False  # a text may be empty
    named: bool = False  # in place of builds may stand a name that the folder of records gives them

    @property
    def in_words(self) -> str:
        """What is wanted, for a message."""
        if self.kind == "choice":
            return f"one of {', '.join(self.values)}"
        return self.wanted or WANTED[self.kind]


def required(field: Field) -> Field:
    """Return the field as one that must be there."""
    return replace(field, required=True)


CONFIDENCES = ("high", "medium", "low")

TRUST = {
    "source": Field("text", required=True),
    "confidence": Field("choice", values=CONFIDENCES, required=True),
}
"""Where rows come from and how sure they are: fields of a group, and of each row that differs from its group."""


class Reader:
    """One mapping. The names of its fields are checked at once, and each value when it is asked for."""

    def __init__(self, raw: Any, origin: str, path: str, table: Mapping[str, Field]) -> None:
        """Take a mapping from a file; ``path`` leads to it there, and ends in a dot where it is not empty."""
        self.origin = origin
        self.path = path
        self.table = table
        if not isinstance(raw, Mapping):
            raise RecordError(origin, path.rstrip(".") or "the file", raw, WANTED["mapping"])
        self.raw = raw
        for name in raw:
            if not isinstance(name, str):
                raise self.wrong(str(name), name, "a name in quotes")
            if name not in table and OTHERS not in table:
                raise self.wrong(name, raw[name], f"one of {', '.join(sorted(table))}")

    def wrong(self, name: str, found: Any, wanted: str) -> RecordError:
        """Return the error for what is found under a name of this mapping."""
        return RecordError(self.origin, f"{self.path}{name}", found, wanted)

    def __getitem__(self, name: str) -> Any:
        """Return the checked value of a field, None or the empty value of its kind where it is not there.

        Raises RecordError for a wrong value.
        """
        rule = self.table.get(name) or self.table[OTHERS]
        value = self.raw.get(name)
        if rule.required and value is None:
            raise self.wrong(name, None, rule.in_words)
        return getattr(self, f"_{rule.kind}")(name, value, rule)

    def contents(self) -> dict[str, Any]:
        """Return all fields, for a value whose own fields have these names; of an open table those that are there."""
        return {name: self[name] for name in (self.raw if OTHERS in self.table else self.table)}

    def says(self, name: str) -> bool:
        """Return whether the word of a list stands in place of it, or in it."""
        value, word = self.raw.get(name), self.table[name].word
        return value == word or (isinstance(value, list) and word in value)

    def _text(self, name: str, value: Any, rule: Field) -> str | None:
        if value is None or (value == "" and rule.blank):
            return value  # type: ignore[no-any-return]
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(name, value, rule.in_words)
        if len(value) > MAX_TEXT:
            raise self.wrong(name, value, f"at most {MAX_TEXT} characters")
        if rule.pattern and not re.fullmatch(rule.pattern, value):
            raise self.wrong(name, value, rule.in_words)
        return value

    def _texts(self, name: str, value: Any, rule: Field) -> tuple[str, ...]:
        values = [] if value is None else [value] if isinstance(value, str) else value
        if not isinstance(values, list | tuple) or not all(isinstance(text, str) and text for text in values):
            raise self.wrong(name, value, rule.in_words)
        if rule.pattern:
            for text in values:
                if not re.fullmatch(rule.pattern, text):
                    raise self.wrong(name, text, rule.in_words)
        return tuple(values)

    def _choice(self, name: str, value: Any, rule: Field) -> str | None:
        if value is not None and value not in rule.values:
            raise self.wrong(name, value, rule.in_words)
        return value  # type: ignore[no-any-return]

    def _flag(self, name: str, value: Any, rule: Field) -> bool:
        if value not in (None, True, False):
            raise self.wrong(name, value, rule.in_words)
        return bool(value)

    def _number(self, name: str, value: Any, rule: Field) -> int | None:
        if value is not None and type(value) is not int:
            raise self.wrong(name, value, rule.in_words)
        return value

    def _numbers(self, name: str, value: Any, rule: Field) -> tuple[int, ...]:
        numbers = [] if value is None else value
        if not isinstance(numbers, list | tuple) or not all(type(number) is int for number in numbers):
            raise self.wrong(name, value, rule.in_words)
        if rule.required and not numbers:
            raise self.wrong(name, value, rule.in_words)
        return tuple(numbers)

    def _languages(self, name: str, value: Any, rule: Field) -> dict[str, str]:
        if isinstance(value, str):
            value = {"en": value}
        if not isinstance(value, Mapping) or not isinstance(value.get("en"), str):
            raise self.wrong(name, value, rule.in_words)
        for language, text in value.items():
            if not isinstance(text, str) or not re.fullmatch(LANGUAGE, str(language)):
                raise self.wrong(f"{name}.{language}", text, "a text under a language code")
        return {language: BETWEEN_CHINESE.sub("", " ".join(text.split())) for language, text in value.items()}

    def _builds(self, name: str, value: Any, rule: Field) -> dict[str, str | None]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self.wrong(name, value, rule.in_words)
        for branch, build in value.items():
            if not isinstance(branch, str) or not re.fullmatch(BRANCH, branch):
                raise self.wrong(f"{name}.{branch}", branch, 'a driver branch in quotes, "535"')
            if build is not None and not (isinstance(build, str) and re.fullmatch(DRIVER_BUILD, build)):
                raise self.wrong(f"{name}.{branch}", build, 'a build in quotes, "535.183.04", or null for never')
            if build is not None and build.partition(".")[0] != branch:
                raise self.wrong(f"{name}.{branch}", build, f"a build of branch {branch}")
        return dict(value)

    def _facts(self, name: str, value: Any, rule: Field) -> dict[str, str]:
        """Return facts and their values, several values joined by commas."""
        facts = {} if value is None else value
        if not isinstance(facts, Mapping):
            raise self.wrong(name, value, rule.in_words)
        lists = {fact: values if isinstance(values, list) else [values] for fact, values in facts.items()}
        if not all(isinstance(text, str) for fact, values in lists.items() for text in (fact, *values)):
            raise self.wrong(name, value, rule.in_words)
        return {fact: ",".join(values) for fact, values in lists.items()}

    def _mapping(self, name: str, value: Any, rule: Field) -> Reader | None:
        return None if value is None else Reader(value, self.origin, f"{self.path}{name}.", rule.fields or {})

    def _list(self, name: str, value: Any, rule: Field) -> tuple[Reader, ...]:
        if value is None or (rule.word is not None and value == rule.word):
            return ()
        if not isinstance(value, list) or (rule.required and not value):
            raise self.wrong(name, value, rule.in_words)
        return tuple(
            self._item(name, number, item, rule.fields or {})
            for number, item in enumerate(value)
            if rule.word is None or item != rule.word
        )

    def _rows(self, name: str, value: Any, rule: Field) -> tuple[Reader, ...]:
        """Return the rows of a group, each with the source and the confidence of the group unless it has its own."""
        group = Reader(value, self.origin, f"{self.path}{name}.", {**TRUST, "rows": Field("list")})
        shared = {field: group[field] for field in TRUST}
        rows = group.raw.get("rows")
        if not isinstance(rows, list) or not rows:
            raise group.wrong("rows", rows, "a list of rows")
        table = {**(rule.fields or {}), **TRUST}
        return tuple(
            self._item(name, number, {**shared, **row} if isinstance(row, Mapping) else row, table)
            for number, row in enumerate(rows)
        )

    def _item(self, name: str, number: int, raw: Any, table: Mapping[str, Field]) -> Reader:
        return Reader(raw, self.origin, f"{self.path}{name}[{number}].", table)

    def _examples(self, name: str, value: Any, rule: Field) -> tuple[str | dict[str, str], ...]:
        values = [] if value is None else value
        if not isinstance(values, list):
            raise self.wrong(name, value, rule.in_words)
        for number, example in enumerate(values):
            of_file = isinstance(example, Mapping) and set(example) == {"file"} and isinstance(example["file"], str)
            if not isinstance(example, str) and not of_file:
                raise self.wrong(f"{name}[{number}]", example, "text, or {file: ...}")
        return tuple(values)
