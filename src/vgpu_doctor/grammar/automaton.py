"""Parses a message by the LALR tables that were generated from a Lark grammar, and returns its kind and captures.

It gives what ``Lark.parse`` gives. The lexer is contextual, as Lark's own: at each step only the terminals that the
parser can take next are tried, in Lark's order, in which the generator puts literals before all patterns. Literals are
compared as text, and a pattern is compiled when a message first needs it, so a start costs little more than reading
the tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

PatternMatch = Callable[[str, int], "re.Match[str] | None"]
Scanner = tuple[dict[str, list[tuple[str, int]]], list[tuple[PatternMatch, int, bool]]]
"""What can stand next: literals by first character, longest first; then patterns, and whether their text is kept."""

END = "$END"
NO_ACTION = 0
"""State 0 is the start of a grammar, to which no token leads."""

AKA = "aka"
QUOTES = "'‘`“„‚\""


class Automaton:
    """A parser for the messages of one grammar; its tables come from :mod:`vgpu_doctor.grammar.generate`."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self.kinds: Mapping[str, list[str]] = tables["kinds"]
        self.terminals: list[tuple[str, str | None, str | None]] = tables["terminals"]
        """Name, and text or pattern of each, in the order in which they are tried."""
        self._end = len(self.terminals)
        self._rules: list[tuple[str, int, int, bool]] = tables["rules"]
        self._states: list[list[int]] = tables["states"]
        self._starts: Mapping[str, int] = tables["starts"]
        self._ends: set[int] = set(tables["ends"])
        self._actions_of: dict[int, dict[int, int]] = {}
        self._scanner_of: dict[int, Scanner] = {}

    def parse(self, text: str, start: str) -> tuple[str, dict[str, str]] | None:
        """Return kind and captures of a message, or None where the grammar has no rule for it."""
        states = [self._starts[start]]
        values: list[Any] = []
        position = 0
        while True:
            token = self._next_token(states[-1], text, position)
            if token is None:
                return None
            symbol, value, position = token
            while (action := self._actions(states[-1]).get(symbol, NO_ACTION)) < 0:
                name, origin, length, names_kind = self._rules[-1 - action]
                children = values[len(values) - length :]
                del states[len(states) - length :], values[len(values) - length :]
                values.append(joined(name, children, names_kind=names_kind))
                states.append(self._actions(states[-1])[origin])
                if symbol == self._end and states[-1] in self._ends:
                    captures = values[-1]
                    return captures.pop("kind"), captures
            if action == NO_ACTION:
                # The token follows another of the rules that share the state in which it was read.
                return None
            states.append(action)
            values.append(value)

    def _actions(self, state: int) -> dict[int, int]:
        actions = self._actions_of.get(state)
        if actions is None:
            row = self._states[state]
            actions = self._actions_of[state] = dict(zip(row[::2], row[1::2], strict=True))
        return actions

    def _next_token(self, state: int, text: str, position: int) -> tuple[int, str | None, int] | None:
        """Return the number, the text where it is kept, and the end of what comes next; None where nothing fits."""
        while text[position : position + 1] == " ":
            position += 1
        if position == len(text):
            return (self._end, None, position) if self._end in self._actions(state) else None
        literals, patterns = self._scanner_of.get(state) or self._scanner(state)
        for literal, symbol in literals.get(text[position], ()):
            if text.startswith(literal, position):
                return symbol, None, position + len(literal)
        for match, symbol, kept in patterns:
            if found := match(text, position):
                return symbol, found[0] if kept else None, found.end()
        return None

    def _scanner(self, state: int) -> Scanner:
        literals: dict[str, list[tuple[str, int]]] = {}
        patterns: list[tuple[PatternMatch, int, bool]] = []
        for symbol in self._actions(state):
            if symbol >= self._end:
                break
            name, literal, pattern = self.terminals[symbol]
            if literal:
                literals.setdefault(literal[0], []).append((literal, symbol))
            elif pattern:
                patterns.append((_compiled(pattern), symbol, not name.startswith("_")))
        scanner = self._scanner_of[state] = literals, patterns
        return scanner


@cache  # as many as the grammars have patterns
def _compiled(pattern: str) -> PatternMatch:
    return re.compile(pattern).match


def joined(name: str, children: list[Any], *, names_kind: bool = False) -> dict[str, str]:
    """Return the captures that a rule stands for: those of its children, and its own if it holds a token."""
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
    """Return the text between quotes, without a colon behind it; of ``{aka 'struct x'}``, the type that it names."""
    if token.startswith("{aka "):
        token = token[5:-1].strip()
    if len(token) > 1 and (token[0] in QUOTES or (token[0] == "[" and token[-1] == "]")):
        return token[1:-1].strip()
    return token.removesuffix(":")
