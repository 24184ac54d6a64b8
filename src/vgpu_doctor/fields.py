"""Reads mappings that people write by a table of their fields, and says of each wrong value what was wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from vgpu_doctor.errors import RecordError
from vgpu_doctor.frozen import frozen

MAX_TEXT = 4000  # characters of one field; a record is read by people
OTHERS = "*"
"""The name in a table of fields that stands for every name that is not in it."""

LANGUAGE = "[a-z]{2}(?:_[A-Z]{2})?"
BRANCH = "[0-9]+"
BUILD = r"[0-9]+\.[0-9]+(?:\.[0-9]+)?"

BETWEEN_CHINESE = re.compile(r"(?<=[\u3001-\u9fff\uff01-\uff60]) (?=[\u3001-\u9fff\uff01-\uff60])")
"""The blank that a line break leaves in Chinese, which has none between its characters."""

FieldKind = Literal[
    "text", "texts", "choice", "flag", "number", "languages", "builds", "facts", "mapping", "list", "examples"
]


@frozen
class Field:
    """What may stand under one name."""

    kind: FieldKind
    wanted: str = "text"  # in messages, and to editors
    required: bool = False
    pattern: str | None = None  # of a whole text
    values: tuple[str, ...] = ()  # of a choice
    fields: Mapping[str, Field] | None = None  # of a mapping, or of each item of a list
    word: str | None = None  # may stand among the items of a list, or in its place
    blank: bool = False  # a text may be empty


class Reader:
    """One mapping, of which each field is checked when it is asked for, and the names of all at once."""

    def __init__(self, raw: Any, origin: str, path: str, table: Mapping[str, Field]) -> None:
        """``path`` leads to the mapping in its file, and ends in a dot where it is not empty."""
        self.origin = origin
        self.path = path
        self.table = table
        if not isinstance(raw, Mapping):
            raise RecordError(origin, path.rstrip(".") or "the file", raw, "a mapping of fields")
        self.raw = raw
        if OTHERS not in table:
            for name in raw:
                if name not in table:
                    raise self.wrong(str(name), raw[name], f"one of {', '.join(sorted(table))}")

    def wrong(self, name: str, found: Any, wanted: str) -> RecordError:
        return RecordError(self.origin, f"{self.path}{name}", found, wanted)

    def __getitem__(self, name: str) -> Any:
        """Return the checked value of a field, None or the empty value of its kind where it is not there."""
        rule = self.table.get(name) or self.table[OTHERS]
        value = self.raw.get(name)
        if rule.required and value is None:
            raise self.wrong(name, None, rule.wanted)
        return getattr(self, f"_{rule.kind}")(name, value, rule)

    def says(self, name: str) -> bool:
        """Return whether the word of a list stands in place of it, or in it."""
        value, word = self.raw.get(name), self.table[name].word
        return value == word or (isinstance(value, list) and word in value)

    def _text(self, name: str, value: Any, rule: Field) -> str | None:
        if value is None or (value == "" and rule.blank):
            return value  # type: ignore[no-any-return]
        if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
            raise self.wrong(name, value, f"{rule.wanted} of at most {MAX_TEXT} characters")
        if rule.pattern and not re.fullmatch(rule.pattern, value):
            raise self.wrong(name, value, rule.wanted)
        return value

    def _texts(self, name: str, value: Any, _: Field) -> tuple[str, ...]:
        values = [] if value is None else [value] if isinstance(value, str) else value
        if not isinstance(values, list | tuple) or not all(isinstance(text, str) and text for text in values):
            raise self.wrong(name, value, "a text or a list of texts")
        return tuple(values)

    def _choice(self, name: str, value: Any, rule: Field) -> str | None:
        if value is not None and value not in rule.values:
            raise self.wrong(name, value, f"one of {', '.join(rule.values)}")
        return value  # type: ignore[no-any-return]

    def _flag(self, name: str, value: Any, _: Field) -> bool:
        if value not in (None, True, False):
            raise self.wrong(name, value, "true or false")
        return bool(value)

    def _number(self, name: str, value: Any, rule: Field) -> int | None:
        if value is not None and type(value) is not int:
            raise self.wrong(name, value, rule.wanted)
        return value

    def _languages(self, name: str, value: Any, _: Field) -> dict[str, str]:
        if isinstance(value, str):
            value = {"en": value}
        if not isinstance(value, Mapping) or not isinstance(value.get("en"), str):
            raise self.wrong(name, value, "texts by language, with en")
        for language, text in value.items():
            if not isinstance(text, str) or not re.fullmatch(LANGUAGE, str(language)):
                raise self.wrong(f"{name}.{language}", text, "a text under a language code")
        return {language: BETWEEN_CHINESE.sub("", " ".join(text.split())) for language, text in value.items()}

    def _builds(self, name: str, value: Any, _: Field) -> dict[str, str | None]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self.wrong(name, value, "builds by driver branch")
        for branch, build in value.items():
            if not isinstance(branch, str) or not re.fullmatch(BRANCH, branch):
                raise self.wrong(f"{name}.{branch}", branch, 'a driver branch in quotes, "535"')
            if build is not None and not (isinstance(build, str) and re.fullmatch(BUILD, build)):
                raise self.wrong(f"{name}.{branch}", build, 'a build in quotes, "535.183.04", or null for never')
            if build is not None and build.partition(".")[0] != branch:
                raise self.wrong(f"{name}.{branch}", build, f"a build of branch {branch}")
        return dict(value)

    def _facts(self, name: str, value: Any, rule: Field) -> dict[str, str]:
        """Return facts and their values, several values joined by commas."""
        facts = {} if value is None else value
        if not isinstance(facts, Mapping):
            raise self.wrong(name, value, rule.wanted)
        lists = {fact: values if isinstance(values, list) else [values] for fact, values in facts.items()}
        if not all(isinstance(text, str) for fact, values in lists.items() for text in (fact, *values)):
            raise self.wrong(name, value, rule.wanted)
        return {fact: ",".join(values) for fact, values in lists.items()}

    def _mapping(self, name: str, value: Any, rule: Field) -> Reader | None:
        return None if value is None else Reader(value, self.origin, f"{self.path}{name}.", rule.fields or {})

    def _list(self, name: str, value: Any, rule: Field) -> tuple[Reader, ...]:
        if value is None or (rule.word is not None and value == rule.word):
            return ()
        if not isinstance(value, list) or (rule.required and not value):
            raise self.wrong(name, value, "a list")
        return tuple(
            Reader(raw, self.origin, f"{self.path}{name}[{number}].", rule.fields or {})
            for number, raw in enumerate(value)
            if rule.word is None or raw != rule.word
        )

    def _examples(self, name: str, value: Any, _: Field) -> tuple[str | dict[str, str], ...]:
        values = [] if value is None else value
        if not isinstance(values, list):
            raise self.wrong(name, value, "a list")
        for number, example in enumerate(values):
            of_file = isinstance(example, Mapping) and set(example) == {"file"} and isinstance(example["file"], str)
            if not isinstance(example, str) and not of_file:
                raise self.wrong(f"{name}[{number}]", example, "text, or {file: ...}")
        return tuple(values)
