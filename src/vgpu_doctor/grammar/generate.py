"""Turns the Lark grammars into the tables that the running program reads.

Runs when the package is built, and in a checkout that was not built; the installed program imports no Lark. Lark's own
ways to keep a parser are a pickle (this tool runs as root) or a copy of its whole runtime.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lark import Lark
from lark.grammar import Rule
from lark.lexer import PatternStr, TerminalDef

from vgpu_doctor.grammar.automaton import AKA, END
from vgpu_doctor.grammar.starts import STARTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GrammarRule = tuple[str, str, tuple[str, ...]]
"""The rule's name, the name of what it stands for, and the names of the symbols that it consists of."""

KIND_GROUPS = ("complaint", "remark")
"""Last words of the rules whose alternatives are the kinds of diagnostics."""

LITERAL_PRIORITY = 100
"""Above the priority of every pattern, so that the words of a sentence win over what may stand between them."""


def lark_of(grammar: str, folder: Path | None = None) -> Lark:
    """Return Lark's own parser of a grammar, from which the tables are made.

    Raises ``lark.exceptions.GrammarError`` for a conflict.
    """
    text = ((folder or Path(__file__).parent) / f"{grammar}.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", start=list(STARTS[grammar]), edit_terminals=_prefer_literals)


def _prefer_literals(terminal: TerminalDef) -> TerminalDef:
    if isinstance(terminal.pattern, PatternStr):
        terminal.priority = LITERAL_PRIORITY
    return terminal


def _lexer_order(terminal: TerminalDef) -> tuple[int, int, int, str]:
    """Sort key of the order in which Lark's lexer tries the terminals."""
    pattern = terminal.pattern
    return -terminal.priority, -pattern.max_width, -len(pattern.value), terminal.name


def tables_of(grammar: str, folder: Path | None = None) -> dict[str, Any]:
    """Return the LALR tables of a grammar, in the plain lists that the automaton takes.

    Symbols are numbers: the terminals in the order in which the lexer tries them, the end of the text, the rules. The
    action of a state for a symbol is the state to shift to, or -1 to reduce by the first rule, -2 by the second, and
    so on. Raises ``lark.exceptions.GrammarError`` for a conflict.
    """
    lark = lark_of(grammar, folder)
    data, memo = lark.memo_serialize([TerminalDef, Rule])
    table = data["parser"]["parser"]
    rule_of = {number: _rule(entry) for number, entry in memo.items() if entry["__type__"] == "Rule"}
    rules = sorted(rule_of.values())
    terminals = [
        (terminal.name, *_literal_and_pattern(terminal))
        for terminal in sorted(lark.terminals, key=_lexer_order)
        if terminal.name not in lark.ignore_tokens
    ]
    symbols = [*(name for name, *_ in terminals), END, *sorted({origin for origin, *_ in rules})]
    number_of = {symbol: number for number, symbol in enumerate(symbols)}
    reduction_by = {rule: -1 - number for number, rule in enumerate(rules)}
    states = {
        state: sorted(
            (number_of[table["tokens"][token]], reduction_by[rule_of[argument["@"]]] if reduces else argument)
            for token, (reduces, argument) in actions.items()
        )
        for state, actions in table["states"].items()
    }
    state_numbers = _state_numbers(states, [table["start_states"][start] for start in STARTS[grammar]])
    patterns = {name for name, _, pattern in terminals if pattern and not name.startswith("_")}
    kinds = {expansion[0] for origin, _, expansion in rules if origin.endswith(KIND_GROUPS)}
    return {
        "kinds": {_slug(kind): sorted(_captures(kind, rules, patterns)) for kind in sorted(kinds)},
        "terminals": terminals,
        "rules": [
            (_slug(name) if origin in kinds else name, number_of[origin], len(expansion), origin in kinds)
            for origin, name, expansion in rules
        ],
        "states": [
            [
                number
                for symbol, action in states[state]
                for number in (symbol, state_numbers[action] if action >= 0 else action)
            ]
            for state in state_numbers
        ],
        "starts": {start: state_numbers[table["start_states"][start]] for start in STARTS[grammar]},
        "ends": [state_numbers[table["end_states"][start]] for start in STARTS[grammar]],
    }


def _state_numbers(states: Mapping[int, Iterable[tuple[int, int]]], starts: Iterable[int]) -> dict[int, int]:
    """Number the states in the order in which they are reached; Lark's own numbers are others in each process."""
    numbers: dict[int, int] = {}
    reached = list(starts)
    for state in reached:
        if state not in numbers:
            numbers[state] = len(numbers)
            reached += (action for _, action in states[state] if action >= 0)
    return numbers


def _rule(entry: Mapping[str, Any]) -> GrammarRule:
    origin = entry["origin"]["name"]
    return origin, entry["alias"] or origin, tuple(symbol["name"] for symbol in entry["expansion"])


def _literal_and_pattern(terminal: TerminalDef) -> tuple[str | None, str | None]:
    if isinstance(terminal.pattern, PatternStr):
        return terminal.pattern.value, None
    return None, terminal.pattern.to_regexp()


def _slug(rule: str) -> str:
    return rule.replace("_", "-")


def _captures(
    rule: str, rules: Iterable[GrammarRule], patterns: set[str], seen: frozenset[str] = frozenset()
) -> set[str]:
    """Return the names of the rules below this one that hold a token."""
    names: set[str] = set()
    for origin, name, expansion in rules:
        if origin == rule:
            for symbol in expansion:
                if symbol in patterns:
                    names.add(name)
                elif symbol.islower() and symbol not in seen:
                    names |= _captures(symbol, rules, patterns, seen | {rule})
    return names - {AKA}
