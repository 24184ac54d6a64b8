"""Measure how the CPU time of hostile lines grows with their length, in everything that searches a line of a log.

Four times the length may take about four times as long. Prints, worst first, each pattern with its ratio and the piece
of text that its line repeats; the exit code is 1 if a ratio is above ``MAX_RATIO``. What takes no time worth measuring
at the shorter length is not listed.
"""

from __future__ import annotations

import importlib
import io
import pkgutil
import re
import sys
import time
from functools import cache
from typing import TYPE_CHECKING

import vgpu_doctor.grammar
import vgpu_doctor.intake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from vgpu_doctor.signatures.index import Library

    Use = Callable[[str], object]

MAX_RATIO = 9.0
SHORT = 1500  # characters
MIN_SECONDS = 0.0004  # below this, the clock tells nothing

UNITS = [
    *"a A1:.'\"‘’`|*\\/_-=[](){}<>&;#?,^~>",
    *("\t", "\r", "\n", " \n", "a\n", "<b\n", "- \n", "\u00a0", "\ufffd", "：", "é", "a ", "a:", "a:1:", "a.c:1:2: "),
    *("1:", "a: ", "'a' ", "‘a’ ", "''", "‘‘", "(a", "[a", "a=", "a,", "a;", "/a", "a/", "a-", ". ", "**", "\\_", "]("),
    *("[a](", "`a", "&a", "&lt;", "<a", "<a ", "[b]", "[/b", "[a=", "> ", ">>", "| ", "1 ", "12 |", "m[K", "make[1]: "),
    *(
        "make: *** [",
        "[1",
        "[ ",
        "[0;",
        "-> ",
        "ERROR: ",
        "error: ",
        "In file included from ",
        "from ",
        "gcc-",
        "gcc: ",
    ),
    *("nvidia-", "NVIDIA-Linux-a-1.1", "kernel ", "for ", "of ", "module nvidia ", "10de:", "=3D"),
    *("2024-01-01T00:00:00", "Jan  1 00:00:00 a ", "8;;http://a", "#index-W", "1.1-", "1.", "aka {", " {aka "),
    *("error: initialization of ", "incompatible module a.ko ", "月 ", "鈥", "â€"),
]
"""What hostile lines are made of: a pattern that tries again behind each of these takes time squared."""

ENDS = ("", "!", ": x")


def cost(call: Callable[[], object], times: int = 3) -> float:
    """Return the least CPU seconds of several calls."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        call()
        spent.append(time.process_time() - began)
    return min(spent)


def worst_growth(use: Use) -> tuple[float, str]:
    """Return the greatest ratio of the time of a line to that of one a quarter as long, and what the line repeats."""
    worst = (0.0, "")
    for unit in UNITS:
        for end in ENDS:
            line = unit * (SHORT // len(unit)) + end
            if cost(lambda line=line: use(line), 1) < MIN_SECONDS:  # type: ignore[misc]
                continue
            longer = unit * (4 * SHORT // len(unit)) + end
            ratio = cost(lambda line=longer: use(line)) / cost(lambda line=line: use(line))  # type: ignore[misc]
            worst = max(worst, (ratio, unit))
    return worst


def patterns_in(value: object, name: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield name, value
    elif isinstance(value, list | tuple):
        for place, member in enumerate(value):
            yield from patterns_in(member, f"{name}[{place}]")


def patterns_of(package: ModuleType) -> dict[str, re.Pattern[str]]:
    """Return the compiled patterns among the globals of a package's modules, each once, by module and name."""
    found: dict[str, re.Pattern[str]] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for name, value in vars(module).items():
            for place, pattern in patterns_in(value, f"{package.__name__.rpartition('.')[2]}.{info.name}.{name}"):
                if pattern not in found.values():
                    found[place] = pattern
    return found


def uses() -> Iterator[tuple[str, Use]]:
    """Yield everything that is measured: patterns at the start of a line and within it, terminals, and whole logs."""
    from vgpu_doctor.grammar.localised import in_english
    from vgpu_doctor.grammar.starts import STARTS
    from vgpu_doctor.grammar.tables import automaton

    for name, pattern in {**patterns_of(vgpu_doctor.grammar), **patterns_of(vgpu_doctor.intake)}.items():
        yield f"{name} match", pattern.match
        if name.startswith(("intake.", "grammar.log_facts.")):
            yield f"{name} sub", lambda line, pattern=pattern: pattern.sub("", line)  # type: ignore[misc]
    for grammar in sorted(STARTS):
        for name, _, expression in automaton(grammar).terminals:
            if expression:
                yield f"{grammar}.lark {name}", re.compile(expression).match
    yield "translation", in_english
    yield "translation after a place", lambda line: in_english("nv.c:7:9: 错误：" + line + ":")
    yield "log of one line", _diagnose
    yield "log of short lines", lambda line: _diagnose(f"{line[:200]} error: x\n" * (len(line) // 200))


@cache
def _library() -> Library:
    from vgpu_doctor.signatures.load import load_library

    return load_library(system="/nonexistent")


def _diagnose(text: str) -> None:
    from vgpu_doctor.engine import diagnose
    from vgpu_doctor.intake.reading import blocks_of

    diagnose([("log", blocks_of(io.BytesIO(text.encode()), "log"))], _library())


def main() -> int:
    measured = sorted(((*worst_growth(use), name) for name, use in uses()), reverse=True)
    for ratio, unit, name in measured:
        if ratio:
            print(f"{ratio:6.2f}  {name}  {unit!r}")
    return int(measured[0][0] > MAX_RATIO)


if __name__ == "__main__":
    sys.exit(main())
