"""Runs the LALR tables that were generated from a Lark grammar: one message in, its kind and captures out.

The lexer is contextual, as Lark's own: at each step only the terminals that the parser can take next are tried. It
differs from ``Lark.parse`` in three points: literals go before all patterns, patterns of one priority are tried in the
order of their text, and a token that the parser cannot take after its reductions is read again where it began.
Literals are compared as text, and a pattern is compiled when a message first needs it, so a start costs little more
than reading the tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

PatternMatch = Callable[[str, int], "re.Match[str] | None"]
Scanner = tuple[dict[str, list[tuple[str, int]]], list[tuple[PatternMatch, int]]]
"""What can stand next: literals by first character, longest first; then patterns, by priority."""

END = "$END"
AKA = "aka"
QUOTES = "'‘`“„‚\""


class Automaton:
    """A parser for the messages of one grammar; its tables come from :mod:`vgpu_doctor.grammar.generate`."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self.kinds: Mapping[str, list[str]] = tables["kinds"]
        self._symbols: list[str] = tables["symbols"]
        self._terminals: Mapping[str, tuple[str | None, str | None, int]] = tables["terminals"]
        self._rules: list[tuple[str, int, int, bool]] = tables["rules"]
        self._states: list[list[int]] = tables["states"]
        self._starts: Mapping[str, int] = tables["starts"]
        self._ends: set[int] = set(tables["ends"])
        self._end = self._symbols.index(END)
        self._actions_of: dict[int, dict[int, int]] = {}
        self._scanner_of: dict[int, Scanner] = {}

    def parse(self, text: str, start: str) -> tuple[str, dict[str, str]] | None:
        """Kind and captures of a message, or None where the grammar has no rule for it."""
        states = [self._starts[start]]
        values: list[Any] = []
        position = 0
        while True:
            found = self._next_token(states[-1], text, position)
            if found is None:
                return None
            symbol, value, after = found
            while (action := self._actions(states[-1]).get(symbol, 0)) < 0:
                name, origin, length, names_kind = self._rules[-1 - action]
                children = values[len(values) - length :]
                del states[len(states) - length :], values[len(values) - length :]
                values.append(_joined(name, children, names_kind))
                states.append(self._actions(states[-1])[origin])
                if symbol == self._end and states[-1] in self._ends:
                    captures = values[-1]
                    return captures.pop("kind"), captures
            if symbol not in self._actions(states[-1]):
                # a state shared by several rules took a token that only another of them can have next: once the
                # reductions have told which rule it is, the same place is read again
                continue
            states.append(action)
            values.append(value)
            position = after

    def _actions(self, state: int) -> dict[int, int]:
        actions = self._actions_of.get(state)
        if actions is None:
            row = self._states[state]
            actions = self._actions_of[state] = dict(zip(row[::2], row[1::2], strict=True))
        return actions

    def _next_token(self, state: int, text: str, position: int) -> tuple[int, str | None, int] | None:
        while text[position : position + 1] == " ":
            position += 1
        if position == len(text):
            return (self._end, None, position) if self._end in self._actions(state) else None
        literals, patterns = self._scanner_of.get(state) or self._scanner(state)
        for literal, symbol in literals.get(text[position], ()):
            if text.startswith(literal, position):
                return symbol, None, position + len(literal)
        for match, symbol in patterns:
            if found := match(text, position):
                kept = None if self._symbols[symbol].startswith("_") else found[0]
                return symbol, kept, found.end()
        return None

    def _scanner(self, state: int) -> Scanner:
        literals: dict[str, list[tuple[str, int]]] = {}
        patterns: list[tuple[int, str, int]] = []
        for symbol in self._actions(state):
            literal, pattern, priority = self._terminals.get(self._symbols[symbol], (None, None, 0))
            if literal:
                literals.setdefault(literal[0], []).append((literal, symbol))
            elif pattern:
                patterns.append((-priority, pattern, symbol))
        for candidates in literals.values():
            candidates.sort(key=lambda candidate: -len(candidate[0]))
        scanner = literals, [(_compiled(pattern), symbol) for _, pattern, symbol in sorted(patterns)]
        self._scanner_of[state] = scanner
        return scanner


@cache  # as many as the grammars have patterns
def _compiled(pattern: str) -> PatternMatch:
    return re.compile(pattern).match


def _joined(name: str, children: list[Any], names_kind: bool) -> dict[str, str]:
    """What a rule stands for: the captures of its children, and its own if it holds a token."""
    captures: dict[str, str] = {}
    for child in children:
        if isinstance(child, str):
            captures[name] = _unquoted(child)
        elif child:
            captures.update(child)
    if AKA in captures and name in captures and name != AKA:
        captures[f"{name}_{AKA}"] = captures.pop(AKA)
    if names_kind:
        captures["kind"] = name
    return captures


def _unquoted(token: str) -> str:
    """The text between quotes, without a colon behind it; of ``{aka 'struct x'}``, the type that it stands for."""
    if token.startswith("{aka "):
        token = token[5:-1].strip()
    if len(token) > 1 and (token[0] in QUOTES or (token[0] == "[" and token[-1] == "]")):
        return token[1:-1].strip()
    return token.removesuffix(":")
