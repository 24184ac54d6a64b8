"""What a kind of diagnostic counts for, where no record names it as a cause.

The class stands beside the rule of the kind, in the line before it: ``// @noise``. Most kinds have none.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, cast, get_args

from vgpu_doctor.package_data import built

if TYPE_CHECKING:
    from pathlib import Path

KindClass = Literal["consequence", "symptom", "weak_symptom", "noise"]
"""
- ``consequence``: a tool only says that something before it went wrong;
- ``symptom``: a consequence that is worth showing where a log says nothing better;
- ``weak_symptom``: shown where a log says nothing better, and never counted as a consequence;
- ``noise``: breaks nothing, even behind ``ERROR: ``; a record may still match it.
"""

FILE = "grammar/kind_classes.json"
TAG = r"(?m)^[ \t]*//[ \t]*@(?P<tag>[^\n]*)\n(?:(?P<rule>[a-z]\w*)[ \t]*:)?"


def kind_class(kind: str) -> KindClass | None:
    """Return the class of a kind, or None for one that has none: a complaint like any other."""
    return _classes().get(kind)


@cache
def _classes() -> dict[str, KindClass]:
    tables: dict[str, KindClass] | None = built(FILE)
    return read_classes() if tables is None else tables


def read_classes(folder: Path | None = None) -> dict[str, KindClass]:
    """Read the classes of all kinds from the grammars of a folder, this one by default.

    Raises ``ValueError`` for an unknown tag, for one that stands before no rule, and for a kind with two.
    """
    import re
    from pathlib import Path

    classes: dict[str, KindClass] = {}
    for path in sorted((folder or Path(__file__).parent).glob("*.lark")):
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(TAG, text):
            tag, rule = found["tag"].strip(), found["rule"]
            line = text.count("\n", 0, found.start()) + 1
            if tag not in get_args(KindClass):
                raise ValueError(f"{path.name}:{line}: unknown tag @{tag}")
            if rule is None:
                raise ValueError(f"{path.name}:{line}: @{tag} stands before no rule")
            kind = rule.replace("_", "-")
            if classes.setdefault(kind, cast("KindClass", tag)) != tag:
                raise ValueError(f"{path.name}:{line}: {kind} is @{classes[kind]} already")
    return classes
