"""The class of a kind is said once, beside its rule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from build_package_data import built_files
from vgpu_doctor.grammar import kind_classes
from vgpu_doctor.grammar.tables import kinds

SIGNATURES = Path(__file__).parents[2] / "signatures"


def test_only_kinds_have_a_class() -> None:
    assert set(kind_classes.read_classes()) <= set(kinds())


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("make-error", "consequence"),
        ("init-adapter-failed", "symptom"),
        ("xid", "weak_symptom"),
        ("clock-skew", "noise"),
        ("no-member", None),
        ("unknown", None),
    ],
)
def test_a_kind_has_the_class_beside_its_rule(kind: str, expected: str | None) -> None:
    assert kind_classes.kind_class(kind) == expected


def test_the_package_has_the_classes_of_the_grammars() -> None:
    assert json.loads(built_files(SIGNATURES)[kind_classes.FILE]) == kind_classes.read_classes()


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("// @noisy\nkind: WORD\n", "one.lark:1: unknown tag @noisy"),
        ("// @noise, really\nkind: WORD\n", "one.lark:1: unknown tag @noise, really"),
        ("// @\nkind: WORD\n", "one.lark:1: unknown tag @"),
        ("start: kind\n// @noise\n\nkind: WORD\n", "one.lark:2: @noise stands before no rule"),
        ("// @noise\nWORD: /x/\n", "one.lark:1: @noise stands before no rule"),
        ("// @noise\n// @consequence\nkind: WORD\n", "one.lark:1: @noise stands before no rule"),
        ("// @noise\nkind: WORD\n// @consequence\nkind: WORD\n", "one.lark:3: kind is @noise already"),
    ],
)
def test_a_wrong_tag_is_refused(text: str, refusal: str, tmp_path: Path) -> None:
    (tmp_path / "one.lark").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"one\.lark") as caught:
        kind_classes.read_classes(tmp_path)
    assert str(caught.value) == refusal


def test_a_kind_of_two_grammars_has_one_class(tmp_path: Path) -> None:
    (tmp_path / "one.lark").write_text("// @noise\nkind: WORD\n", encoding="utf-8")
    (tmp_path / "two.lark").write_text("// @consequence\nkind: WORD\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"two\.lark:1: kind is @noise already"):
        kind_classes.read_classes(tmp_path)
