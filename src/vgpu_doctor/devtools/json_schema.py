"""Make the JSON Schemas of records and of the catalogue from the tables of their fields, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vgpu_doctor.catalogue.schema import PARTS
from vgpu_doctor.fields import BRANCH, LANGUAGE, MAX_TEXT, OTHERS, TRUST, Field
from vgpu_doctor.frozen import replace
from vgpu_doctor.signatures.schema import NAMED_FIXES, SIGNATURE
from vgpu_doctor.versions import DRIVER_BUILD

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "signature.schema.json"
"""Its name in the folder of records."""

STRING = {"type": "string", "minLength": 1}
WHOLE_NUMBER = {"type": "integer"}
BUILDS = {
    "type": "object",
    "patternProperties": {f"^{BRANCH}$": {"type": ["string", "null"], "pattern": f"^(?:{DRIVER_BUILD})$"}},
    "additionalProperties": False,
}
PLAIN: Mapping[str, Any] = {
    "flag": {"type": "boolean"},
    "number": WHOLE_NUMBER,
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
    "facts": {"type": "object", "additionalProperties": {"oneOf": [STRING, {"type": "array", "items": STRING}]}},
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


def schemas() -> dict[str, dict[str, Any]]:
    """Return every JSON Schema by the path of its file in the folder of records."""
    return {FILE: record_schema(), **{catalogue_file(part): catalogue_schema(part) for part in (*PARTS, "fixes")}}


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema, draft 2020-12, of a record as it is written."""
    return _schema("A signature of vgpu-doctor", SIGNATURE)


def catalogue_schema(part: str) -> dict[str, Any]:
    """Return the JSON Schema, draft 2020-12, of a file of the catalogue: a part, or ``fixes``."""
    return _schema(f"The catalogue of vgpu-doctor: {part}", NAMED_FIXES if part == "fixes" else PARTS[part])


def catalogue_file(part: str) -> str:
    """Return the path of the schema of a file of the catalogue in the folder of records."""
    return f"catalogue/{part}.schema.json"


def schema_line(area: str) -> str:
    """Return the first line of a record of an area, by which editors find the schema."""
    return f"# yaml-language-server: $schema={'../' * len(area.split('/'))}{FILE}"


def catalogue_schema_line(part: str) -> str:
    """Return the first line of a file of the catalogue."""
    return f"# yaml-language-server: $schema={part}.schema.json"


def _schema(title: str, table: Mapping[str, Field]) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **_mapping(table)}


def _mapping(table: Mapping[str, Field]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _field(field) for name, field in table.items() if name != OTHERS},
        "required": [name for name, field in table.items() if field.required and name != OTHERS],
        "additionalProperties": _field(table[OTHERS]) if OTHERS in table else False,
    }


def _field(field: Field) -> dict[str, Any]:
    about = {"description": field.wanted} if field.wanted else {}
    return about | _values(field)


def _values(field: Field) -> dict[str, Any]:
    match field.kind:
        case "text":
            return {"type": "string", "minLength": 0 if field.blank else 1, "maxLength": MAX_TEXT, **_pattern(field)}
        case "texts":
            text = STRING | _pattern(field)
            return {"oneOf": [text, _array(text, field)]}
        case "choice":
            return {"enum": list(field.values)}
        case "numbers":
            return _array(WHOLE_NUMBER, field)
        case "builds":
            return {"oneOf": [STRING, BUILDS]} if field.named else dict(BUILDS)
        case "mapping":
            return _mapping(field.fields or {})
        case "list" if field.word is None:
            return _array(_mapping(field.fields or {}), field)
        case "list":
            word = {"const": field.word}
            return {"oneOf": [word, _array({"oneOf": [word, _mapping(field.fields or {})]}, field)]}
        case "rows":
            return _rows(field)
    return dict(PLAIN[field.kind])


def _array(item: dict[str, Any], field: Field) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": int(field.required)}


def _pattern(field: Field) -> dict[str, str]:
    return {"pattern": f"^(?:{field.pattern})$"} if field.pattern else {}


def _rows(field: Field) -> dict[str, Any]:
    """Return the schema of a group of rows, which share what they do not say of themselves."""
    of_their_own = {name: replace(shared, required=False) for name, shared in TRUST.items()}
    row = _mapping({**(field.fields or {}), **of_their_own})
    group = _mapping(TRUST)
    group["properties"]["rows"] = {"type": "array", "items": row, "minItems": 1}
    group["required"].append("rows")
    return group
