"""Every message can be said, in every language, and none is kept that nobody says."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import vgpu_doctor
from vgpu_doctor.messages import LANGUAGES, counted, in_language, phrase, render
from vgpu_doctor.messages.en import MESSAGES as ENGLISH
from vgpu_doctor.messages.zh import MESSAGES as CHINESE
from vgpu_doctor.model import Joined, say

ENGLISH_ONLY = ("gate_",)
"""What apt and the kernel's scripts print: their own words are English, too."""


def test_no_message_lacks_english_and_only_those_of_apt_lack_chinese() -> None:
    assert set(CHINESE) <= set(ENGLISH)
    lacking = set(ENGLISH) - set(CHINESE)
    assert all(key.startswith(ENGLISH_ONLY) for key in lacking), lacking


@pytest.mark.parametrize("key", CHINESE)
def test_messages_take_the_same_values_in_every_language(key: str) -> None:
    assert values(CHINESE[key]) == values(ENGLISH[key])


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_counted_messages_know_one_and_many() -> None:
    assert counted("en", "result", 1) == "1 cause found"
    assert counted("en", "result", 0) == "0 causes found"
    ones = [key.removesuffix("_one") for key in ENGLISH if key.endswith("_one")]
    assert ones
    assert all(f"{name}_many" in ENGLISH for name in ones)


@cache
def said() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """The texts of the program that may be keys, and beginnings and ends of those that are put together."""
    whole, parts = set(), set()
    for path in Path(vgpu_doctor.__file__).parent.rglob("*.py"):
        if path.parent.name == "messages":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and len(node.values) == 2:
                first, last = (part.value if isinstance(part, ast.Constant) else "" for part in node.values)
                parts.add((str(first), str(last)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
    return frozenset(whole), frozenset(part for part in parts if len("".join(part)) > 3)


@pytest.mark.parametrize("key", ENGLISH)
def test_no_message_is_kept_that_nobody_says(key: str) -> None:
    whole, parts = said()
    name = re.sub(r"_(one|many)$", "", key)
    assert key in whole or name in whole or any(key.startswith(first) and key.endswith(last) for first, last in parts)


def test_what_a_message_holds_is_said_in_its_language() -> None:
    builds = Joined(("1", "2"), say("or"))
    told = say("do_first", title=say("driver_packaged", builds=builds))
    assert render(told, "en") == "First: " + phrase("en", "driver_packaged", builds="1 or 2")
    assert render(told, "zh") == phrase("zh", "do_first", title=phrase("zh", "driver_packaged", builds="1 或 2"))
    assert render(say("text", text={"en": "text", "zh": "字"}), "zh") == "字"


def test_unknown_words_are_english() -> None:
    assert set(LANGUAGES) == {"en", "zh"}
    assert phrase("zh", "gate_stopped") == phrase("en", "gate_stopped")
    assert in_language("xx", {"en": "text"}) == "text"
    assert in_language("zh", {"en": "text", "zh": ""}) == "text"
