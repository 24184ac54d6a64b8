"""Read plain calls of ``analyze`` without typer, whose import costs more than a diagnosis.

What is not understood here, and every mistake, is left to typer. The options come from typer's own command: the package
carries them as a table that was made when it was built, and a checkout derives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vgpu_doctor.package_data import built

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = "analyze_options.json"


def plain_call(arguments: Sequence[str]) -> dict[str, Any] | None:
    """Return the parameters of :func:`vgpu_doctor.cli.analyze.run_analyze`, or None for anything but a plain call."""
    if not arguments or arguments[0] != "analyze":
        return None
    table = built(FILE) or option_table()
    options = {name: option for option in table for name in option["names"]}
    call = {option["parameter"]: [] if option["repeats"] else option["default"] for option in table}
    call["logs"] = []
    rest = iter(arguments[1:])
    for argument in rest:
        name, equals, value = argument.partition("=")
        option = options.get(name)
        if argument == "-" or not argument.startswith("-"):
            call["logs"].append(argument)
        elif option is None:
            return None
        elif option["is_flag"]:
            if equals:
                return None
            call[option["parameter"]] = True
        else:
            if not equals:
                value = next(rest, "-")
            if value.startswith("-") or (option["choices"] and value not in option["choices"]):
                return None
            if option["repeats"]:
                call[option["parameter"]].append(value)
            else:
                call[option["parameter"]] = value
    call["mask"] = not call.pop("no_mask")
    return call


def option_table() -> list[dict[str, Any]]:
    """Return the options of ``analyze`` as typer declares them."""
    import typer.main

    from vgpu_doctor.cli.app import app

    command: Any = typer.main.get_command(app)
    return [
        {
            "parameter": option.name,
            "names": option.opts,
            "is_flag": option.is_flag,
            "repeats": option.multiple,
            "choices": [str(choice) for choice in getattr(option.type, "choices", ())],
            "default": option.default,
        }
        for option in command.commands["analyze"].params
        if option.param_type_name == "option"
    ]
