"""Why a log cannot be read."""

from __future__ import annotations


class LogError(Exception):
    """The log itself stops the analysis; the text is one sentence for the user."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
