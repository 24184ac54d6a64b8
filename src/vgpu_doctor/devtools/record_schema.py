"""Makes the JSON Schema of a record from the table of its fields, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vgpu_doctor.fields import BRANCH, BUILD, LANGUAGE, MAX_TEXT, OTHERS, Field
from vgpu_doctor.signatures.schema import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "signature.schema.json"
"""Its name in the folder of records."""

STRING = {"type": "string", "minLength": 1}
TEXTS = {"oneOf": [STRING, {"type": "array", "items": STRING}]}
PLAIN: Mapping[str, Any] = {
    "texts": TEXTS,
    "flag": {"type": "boolean"},
    "number": {"type": "integer"},
    "languages": {
        "oneOf": [
            STRING,
            {
                "type": "object",
                "required": ["en"],
                "patternProperties": {f"^(?:{LANGUAGE})$": STRING},
                "additionalProperties": False,
            },
        ]
    },
    "builds": {
        "oneOf": [
            STRING,
            {
                "type": "object",
                "patternProperties": {f"^{BRANCH}$": {"type": ["string", "null"], "pattern": f"^{BUILD}$"}},
                "additionalProperties": False,
            },
        ]
    },
    "facts": {"type": "object", "additionalProperties": TEXTS},
    "examples": {
        "type": "array",
        "items": {
            "oneOf": [
                STRING,
                {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": STRING},
                    "additionalProperties": False,
                },
            ]
        },
    },
}
"""The kinds of fields that need nothing but their name."""


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema, draft 2020-12, of a record as it is written."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A signature of vgpu-doctor",
        **_mapping(SIGNATURE),
    }


def schema_line(area: str) -> str:
    """Return the first line of a record of an area, by which editors find the schema."""
    return f"# yaml-language-server: $schema={'../' * len(area.split('/'))}{FILE}"


def _mapping(table: Mapping[str, Field]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _field(field) for name, field in table.items() if name != OTHERS},
        "required": [name for name, field in table.items() if field.required],
        "additionalProperties": _field(table[OTHERS]) if OTHERS in table else False,
    }


def _field(field: Field) -> dict[str, Any]:
    about = {} if field.wanted == "text" else {"description": field.wanted}
    return about | _values(field)


def _values(field: Field) -> dict[str, Any]:
    if field.kind == "text":
        pattern = {"pattern": f"^(?:{field.pattern})$"} if field.pattern else {}
        return {"type": "string", "minLength": 0 if field.blank else 1, "maxLength": MAX_TEXT, **pattern}
    if field.kind == "choice":
        return {"enum": list(field.values)}
    if field.kind == "mapping":
        return _mapping(field.fields or {})
    if field.kind == "list":
        item = _mapping(field.fields or {})
        if field.word is None:
            return {"type": "array", "items": item, "minItems": int(field.required)}
        word = {"const": field.word}
        return {"oneOf": [word, {"type": "array", "items": {"oneOf": [word, item]}}]}
    return dict(PLAIN[field.kind])
