"""Defines the stages of which a cleaning pipeline consists."""

from __future__ import annotations

from collections.abc import Callable

Line = tuple[int, str]
"""Number of a line, from 1 in the user's file, and its text without the line feed."""
Stage = Callable[[list[Line], bool], list[Line]]
"""Takes the next lines and returns those that are complete; a flag says that no more follow, so that none are held."""
