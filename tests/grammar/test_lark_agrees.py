"""The automaton gives what Lark gives: the same kind and captures, or neither."""

from __future__ import annotations

import ast
import os
import re
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lark import Token, Transformer
from lark.exceptions import UnexpectedInput

from vgpu_doctor.grammar import classified_lines
from vgpu_doctor.grammar.automaton import joined
from vgpu_doctor.grammar.classified_lines import GRAMMAR_OF
from vgpu_doctor.grammar.generate import lark_of
from vgpu_doctor.grammar.lines import classify_line
from vgpu_doctor.grammar.scanning import lines_worth_reading
from vgpu_doctor.grammar.tables import automaton
from vgpu_doctor.intake.reading import read_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lark import Lark

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("CORPUS") or ROOT.parent / "shared" / "corpus")
DIGITS = re.compile(r"\d+")
MAX_BLOCKS = 8  # of a log: 2 MiB; what follows in a longer one says the same of other files
MAX_MESSAGES = 100_000  # of one test

Message = tuple[str, str]
"""A text, and the start rule that it is read from."""
Understood = tuple[str, "Mapping[str, str]"] | None
"""Kind and captures, as the automaton gives them."""


class KindAndCaptures(Transformer[Token, Any]):
    """Takes kind and captures from a tree of Lark's."""

    def __init__(self, kinds: Iterable[str]) -> None:
        super().__init__()
        self._kinds = frozenset(kinds)

    def __default__(self, data: str, children: list[Any], meta: object) -> dict[str, str]:
        kind = data.replace("_", "-")
        return joined(kind, children, names_kind=True) if kind in self._kinds else joined(str(data), children)


@cache
def lark_and_reading(grammar: str) -> tuple[Lark, KindAndCaptures]:
    return lark_of(grammar), KindAndCaptures(automaton(grammar).kinds)


def understood_by_lark(text: str, start: str) -> Understood:
    lark, reading = lark_and_reading(GRAMMAR_OF[start])
    try:
        captures = reading.transform(lark.parse(text, start=start))
    except UnexpectedInput:
        return None
    return captures.pop("kind"), captures


def disagreements(messages: Iterable[Message]) -> list[tuple[Message, Understood, Understood]]:
    """Return the messages that are not understood alike, with what the automaton says and what Lark says."""
    return [
        ((text, start), by_automaton, by_lark)
        for text, start in messages
        if (by_automaton := automaton(GRAMMAR_OF[start]).parse(text, start))
        != (by_lark := understood_by_lark(text, start))
    ]


def messages_of_tests() -> Iterator[Message]:
    """Yield every string of the tests of the grammars, from every start."""
    for test in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(test.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from ((node.value, start) for start in GRAMMAR_OF)


def messages_of_logs(logs: Iterable[Path], monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """Return what the engine asks the grammars while it reads logs; of texts that differ in numbers only, one."""
    messages: dict[Message, Message] = {}

    def remembered(text: str, start: str) -> Understood:
        messages.setdefault((DIGITS.sub("0", text), start), (text, start))
        return automaton(GRAMMAR_OF[start]).parse(text, start)

    monkeypatch.setattr(classified_lines, "_understood", remembered)
    lines: set[str] = set()
    for log in logs:
        for block in islice(read_log(str(log)), MAX_BLOCKS):
            for _, line in lines_worth_reading(block):
                if len(messages) < MAX_MESSAGES and (wording := DIGITS.sub("0", line)) not in lines:
                    lines.add(wording)
                    classify_line(line)
    return list(messages.values())


def logs_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.name.endswith((".log", ".log.gz")))


def test_they_agree_on_every_string_of_these_tests() -> None:
    assert disagreements(set(messages_of_tests())) == []


def test_they_agree_on_the_messages_of_the_sample_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = messages_of_logs(logs_below(ROOT / "sample_logs"), monkeypatch)
    assert len(messages) > 500
    assert disagreements(messages) == []


@pytest.mark.slow
@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"there is no corpus at {CORPUS}")
def test_they_agree_on_the_messages_of_the_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    assert disagreements(messages_of_logs(logs_below(CORPUS), monkeypatch)) == []


@pytest.mark.parametrize(
    ("text", "start", "kind"),
    [
        # The quoted path may stand before a reason in brackets elsewhere; here the bracket says something else.
        ("The installed file '/usr/bin/x' has a different checksum (1) than", "installer", "installed-file-changed"),
        # Words that are as good as any name, but begin a sentence.
        ("Unable to set permissions 0644 for x (Read-only file system).", "installer", "file-failed"),
        ("Depends: libnvidia-compute-535 (= 535.129.03) but it is not installable", "packages", "unmet-dependencies"),
        ("/bin/bash^M: bad interpreter: No such file or directory", "shell", "interpreter-missing"),
        ("The symbolic link '/usr/lib/libGL.so' does not exist.", "installer", "symlink-wrong"),
    ],
)
def test_both_know_messages_whose_words_other_rules_could_take(text: str, start: str, kind: str) -> None:
    assert disagreements([(text, start)]) == []
    assert (automaton(GRAMMAR_OF[start]).parse(text, start) or ("nothing",))[0] == kind
