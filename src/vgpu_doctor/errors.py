"""What a user's input can get wrong: every error that ends a command with one line and exit code 2."""

from __future__ import annotations

MAX_SHOWN_VALUE = 60  # characters of a value that are shown; a whole record in a message helps nobody


class UserError(Exception):
    """One sentence for the user: the thing, what is wrong with it, and what to do next."""


class LogError(UserError):
    """The log itself stops the analysis."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")


class RecordError(UserError):
    """A record that cannot be used: names the file, the field, what stands there and what was wanted."""

    def __init__(self, path: str, field: str, found: object, wanted: str) -> None:
        self.path = path
        self.field = field
        self.found = found
        self.wanted = wanted
        super().__init__(f"{path}: {field}: found {_shown(found)}, wanted {wanted}")


class PatchError(UserError):
    """No patch can be made or tried."""

    def __init__(self, thing: object, why: str) -> None:
        super().__init__(f"{thing}: {why}")


class CheckError(UserError):
    """A check cannot be made of what the user asked for."""


def _shown(found: object) -> str:
    if found is None:
        return "nothing"
    try:
        text = repr(found)
    except ValueError:
        text = "a number of very many digits"  # which Python does not print
    return text if len(text) <= MAX_SHOWN_VALUE else text[: MAX_SHOWN_VALUE - 1] + "…"
