"""Completes a command line in bash from a table of all commands, without the library whose import takes the time.

The table is made from the commands themselves when the package is built. What it cannot answer is left to the library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vgpu_doctor.package_data import built

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE = "completion.json"
PLAIN = ("str", "text")
"""What the library calls a parameter of which it knows no words."""


def answer(shell: str, line: str, place: str) -> str | None:
    """The words for ``complete_bash``, one a line; None where the library has to be asked.

    ``line`` and ``place`` are bash's COMP_WORDS, as one text, and COMP_CWORD.
    """
    if shell != "complete_bash" or any(sign in line for sign in "'\"\\#="):
        return None
    table = built(FILE)
    if table is None or not place.isdecimal() or len(place) > 4:
        return None
    words = [*line.split()[1:], ""]
    at = min(int(place), len(words)) - 1
    found = _words_for(table, words[:at], words[at]) if at >= 0 else None
    return None if found is None else "\n".join(found) + "\n"


def _words_for(command: dict[str, Any], before: list[str], begun: str) -> list[str] | None:
    """Words that may stand behind those before; they begin with what is typed already."""
    given: set[str] = set()
    rest = iter(before)
    for word in rest:
        option = next((one for one in command["options"] if word in one["names"]), None)
        if word in command["commands"]:
            command, given = command["commands"][word], set()
        elif option is None:
            if word.startswith("-") or command["commands"]:
                return None
        elif option["takes"] == "nothing":
            given.add(word)
        elif next(rest, None) is None:
            choices = option["choices"]
            return None if choices is None or begun.startswith("-") else _beginning(choices, begun)
        else:
            given.add(word)
    if begun.startswith("-"):
        open_ones = (one for one in command["options"] if one["repeats"] or given.isdisjoint(one["names"]))
        return _beginning([name for one in open_ones for name in one["names"]], begun)
    if command["commands"]:
        return _beginning(command["commands"], begun)
    return [] if command["plain_arguments"] else None


def _beginning(words: Iterable[str], begun: str) -> list[str]:
    return [word for word in words if word.startswith(begun)]


def completion_table() -> dict[str, Any]:
    """What :func:`answer` has to know of the commands."""
    import typer.main

    from vgpu_doctor.cli.app import app

    command: Any = typer.main.get_command(app)
    return _table_of(command, typer.Context(command, info_name="vgpu-doctor", **command.context_settings))


def _table_of(command: Any, context: Any) -> dict[str, Any]:
    """The table of a command, with those below it."""
    import typer

    parameters = command.get_params(context)
    arguments = [one for one in parameters if one.param_type_name == "argument"]
    return {
        "commands": {
            name: _table_of(below, typer.Context(below, parent=context, info_name=name))
            for name, below in getattr(command, "commands", {}).items()
        },
        "options": [_option(one) for one in parameters if one.param_type_name == "option" and not one.hidden],
        "plain_arguments": all(one.type.name in PLAIN for one in arguments),
    }


def _option(option: Any) -> dict[str, Any]:
    choices: list[str] | None = [] if option.type.name in PLAIN else None
    if hasattr(option.type, "choices"):
        choices = [str(getattr(choice, "value", choice)) for choice in option.type.choices]
    return {
        "names": [*option.opts, *option.secondary_opts],
        "takes": "nothing" if option.is_flag else "value",
        "choices": choices,
        "repeats": option.multiple,
    }
