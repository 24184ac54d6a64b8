"""Reads the plain calls of ``analyze`` without the command-line library, whose import costs more than a diagnosis.

What is not understood here, and every mistake, is left to that library; a test shows that both know the same options.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

OPTIONS = {
    "--format": "form",
    "-f": "form",
    "--lang": "language",
    "--gpu": "gpu",
    "--driver": "driver",
    "--kernel": "kernel",
    "--pve": "pve",
    "--color": "colour",
}
"""Options of ``analyze`` with one value, and the parameters that they set."""

FOLDERS = "--signatures"
NO_MASK = "--no-mask"
CHOICES = {"form": ("text", "markdown", "bbcode", "json", "sarif", "html"), "colour": ("auto", "always", "never")}


def plain_call(arguments: Sequence[str]) -> dict[str, Any] | None:
    """The parameters of :func:`vgpu_doctor.cli.analyze.run_analyze` for a plain call of it, or None for any other."""
    if not arguments or arguments[0] != "analyze":
        return None
    call: dict[str, Any] = dict.fromkeys(OPTIONS.values())
    call.update(form="text", colour="auto", mask=True)
    logs: list[str] = []
    folders: list[str] = []
    rest = iter(arguments[1:])
    for argument in rest:
        name, equals, value = argument.partition("=")
        if argument == "-" or not argument.startswith("-"):
            logs.append(argument)
        elif argument == NO_MASK:
            call["mask"] = False
        elif name in OPTIONS or name == FOLDERS:
            if not equals:
                value = next(rest, "-")
            if value.startswith("-"):
                return None
            if name == FOLDERS:
                folders.append(value)
            else:
                call[OPTIONS[name]] = value
        else:
            return None
    if any(call[parameter] not in choices for parameter, choices in CHOICES.items()):
        return None
    return {**call, "logs": logs, "folders": folders}
