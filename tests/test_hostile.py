"""Logs and records that were made to hurt: nothing crashes, hangs or grows."""

from __future__ import annotations

import gzip
import importlib
import lzma
import os
import pkgutil
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import vgpu_doctor.grammar
import vgpu_doctor.intake
from vgpu_doctor.grammar.generate import STARTS
from vgpu_doctor.grammar.tables import automaton

ROOT = Path(__file__).parents[1]
MIB = 1024 * 1024

UNITS = [
    *"a A1:.'\"‘’`|*\\/_-=[](){}<>&;#?,^~>",
    "\t", "\r", "\u00a0", "\ufffd", "：", "é", "a ", "a:", "a:1:", "a.c:1:2: ", "1:", "a: ", "'a' ", "‘a’ ", "''", "‘‘", "(a", "[a", "a=", "a,", "a;",
    "/a", "a/", "a-", ". ", "**", "\\_", "](", "[a](", "`a", "&a", "&lt;", "<a", "<a ", "[b]", "[/b", "[a=", "> ", ">>", "| ", "1 ", "12 |", "m[K",
    "make[1]: ", "make: *** [", "[1", "[ ", "[0;", "-> ", "ERROR: ", "error: ", "In file included from ", "from ", "gcc-", "gcc: ", "nvidia-", "NVIDIA-Linux-a-1.1",
    "kernel ", "for ", "of ", "module nvidia ", "10de:", "=3D", "2024-01-01T00:00:00", "Jan  1 00:00:00 a ", "8;;http://a", "#index-W", "1.1-", "1.", "aka {", " {aka ",
    "error: initialization of ", "incompatible module a.ko ", "月 ", "鈥", "â€",
]  # fmt: skip
"""What hostile lines are made of: a pattern that tries again behind each of these takes time squared."""

ENDS = ("", "!", ": x")


def patterns(value: object, name: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield name, value
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value):
            yield from patterns(one, f"{name}[{place}]")


def patterns_of(package: object) -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}
    for info in pkgutil.iter_modules(package.__path__):  # type: ignore[attr-defined]
        module = importlib.import_module(f"{package.__name__}.{info.name}")  # type: ignore[attr-defined]
        for name, value in vars(module).items():
            found.update((name, one) for name, one in patterns(value, f"{info.name}.{name}") if one not in found.values())
    return found


def cost(work: Callable[[], object], times: int = 3) -> float:
    spent = []
    for _ in range(times):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent)


def more_than_linear(use: Callable[[str], object]) -> list[str]:
    """The hostile lines for which four times the length takes much more than four times as long."""
    short, slow = 1500, []
    for unit in UNITS:
        for end in ENDS:
            line = unit * (short // len(unit)) + end
            if cost(lambda line=line: use(line), 1) < 0.0004:  # type: ignore[misc]
                continue
            longer = unit * (4 * short // len(unit)) + end
            if cost(lambda line=longer: use(line)) > 9 * cost(lambda line=line: use(line)):  # type: ignore[misc]
                slow.append(unit)
                break
    return slow


ANYWHERE = re.compile(r"intake\.|cleaning\.|encoding\.|markup\.|quoting\.|splitting\.|facts\.")
"""Patterns that search in a line; the others are only tried at its beginning."""

OURS = {**patterns_of(vgpu_doctor.grammar), **patterns_of(vgpu_doctor.intake)}


def test_the_patterns_are_found() -> None:
    assert len(OURS) > 60


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_pattern_takes_linear_time(name: str) -> None:
    pattern = OURS[name]
    assert more_than_linear(pattern.match) == []
    if ANYWHERE.match(name):
        assert more_than_linear(lambda line: pattern.sub("", line)) == []


@pytest.mark.parametrize("grammar", sorted(STARTS))
def test_the_terminals_of_a_grammar_take_linear_time(grammar: str) -> None:
    wrong = {}
    for name, (_, pattern, _) in automaton(grammar)._terminals.items():
        if pattern and (slow := more_than_linear(re.compile(pattern).match)):
            wrong[name] = slow
    assert wrong == {}
