"""Why no patch can be made or tried."""

from __future__ import annotations


class PatchError(Exception):
    """A sentence for the user: the thing, what is wrong with it, and what to do next."""

    def __init__(self, thing: object, why: str) -> None:
        super().__init__(f"{thing}: {why}")
