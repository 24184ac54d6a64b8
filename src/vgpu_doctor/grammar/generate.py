"""Turns the Lark grammars into the tables that the running program reads.

Runs when the package is built, and in a checkout that was not built; the installed program imports no Lark. Lark's own
ways to keep a parser are a pickle (this tool runs as root) or a copy of its whole runtime.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from vgpu_doctor.grammar.automaton import AKA
from vgpu_doctor.grammar.starts import STARTS

KIND_GROUPS = ("complaint", "remark")
"""Last words of the rules whose alternatives are the kinds of diagnostics."""


def tables_of(name: str, folder: Path | None = None) -> dict[str, Any]:
    """LALR tables of one grammar, in the plain lists that :class:`~vgpu_doctor.grammar.automaton.Automaton` takes.

    Raises ``lark.exceptions.GrammarError`` for a conflict.
    """
    path = (folder or Path(__file__).parent) / f"{name}.lark"
    lark = Lark(path.read_text(encoding="utf-8"), parser="lalr", lexer="contextual", start=list(STARTS[name]))
    data, memo = lark.memo_serialize([TerminalDef, Rule])
    table = data["parser"]["parser"]
    names = {int(number): symbol for number, symbol in table["tokens"].items()}

    rules: list[tuple[str, str, list[str]]] = []
    rule_numbers: dict[int, int] = {}
    terminals: dict[str, list[Any]] = {}
    for number, entry in memo.items():
        if entry["__type__"] == "Rule":
            rule_numbers[int(number)] = len(rules)
            expansion = [symbol["name"] for symbol in entry["expansion"]]
            rules.append((entry["origin"]["name"], entry["alias"] or entry["origin"]["name"], expansion))
        else:
            pattern = entry["pattern"]
            literal = pattern["value"] if pattern["__type__"] == "PatternStr" else None
            terminals[entry["name"]] = [literal, None if literal else pattern["value"], entry["priority"]]

    symbols = sorted(set(names.values()))
    index = {symbol: position for position, symbol in enumerate(symbols)}

    def action(kind: int, argument: Any) -> int:
        """Shift to a state: its number; reduce by a rule: -1 for the first, -2 for the second, and so on."""
        return argument if kind == 0 else -1 - rule_numbers[argument["@"]]

    states = [
        {index[names[int(symbol)]]: action(*what) for symbol, what in table["states"][state].items()}
        for state in sorted(table["states"], key=int)
    ]
    patterns = {name for name, (literal, *_) in terminals.items() if literal is None and not name.startswith("_")}
    kinds = {child for origin, _, (child, *_) in rules if origin.endswith(KIND_GROUPS)}
    return {
        "kinds": {_slug(kind): sorted(_captures(kind, rules, patterns)) for kind in sorted(kinds)},
        "symbols": symbols,
        "terminals": terminals,
        "rules": [
            [_slug(name) if origin in kinds else name, index[origin], len(expansion), origin in kinds]
            for origin, name, expansion in rules
        ],
        "states": [[number for pair in sorted(state.items()) for number in pair] for state in states],
        "starts": table["start_states"],
        "ends": list(table["end_states"].values()),
    }


def _slug(rule: str) -> str:
    return rule.replace("_", "-")


def _captures(
    rule: str, rules: list[tuple[str, str, list[str]]], patterns: set[str], seen: frozenset[str] = frozenset()
) -> set[str]:
    """Names of the rules below this one that hold a token."""
    names: set[str] = set()
    for origin, name, expansion in rules:
        if origin == rule:
            for symbol in expansion:
                if symbol in patterns:
                    names.add(name)
                elif symbol.islower() and symbol not in seen:
                    names |= _captures(symbol, rules, patterns, seen | {rule})
    return names - {AKA}


def all_tables() -> dict[str, Any]:
    """The tables of every grammar, by name."""
    return {name: tables_of(name) for name in STARTS if (Path(__file__).parent / f"{name}.lark").exists()}
