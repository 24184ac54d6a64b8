"""What stops a check."""

from __future__ import annotations


class CheckError(Exception):
    """A sentence for the user: the thing, what is wrong with it, and what to do next."""
