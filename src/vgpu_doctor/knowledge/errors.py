"""What is wrong with a record of knowledge, in one sentence for whoever writes it."""

from __future__ import annotations


class RecordError(Exception):
    """A record that cannot be used: names the file, the field, what stands there and what was wanted."""

    def __init__(self, path: str, field: str, found: object, wanted: str) -> None:
        self.path = path
        self.field = field
        self.found = found
        self.wanted = wanted
        super().__init__(f"{path}: {field}: found {_shown(found)}, wanted {wanted}")


LONGEST_VALUE = 60  # characters of a value that are shown; a whole record in a message helps nobody


def _shown(found: object) -> str:
    if found is None:
        return "nothing"
    try:
        text = repr(found)
    except ValueError:
        text = "a number of very many digits"  # which Python does not print
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
