"""The grammars and their start rules, known without Lark and without the tables."""

from __future__ import annotations

STARTS = {
    "compiler": ("message", "note"),
    "tools": ("modpost", "objtool", "linker", "make", "shell"),
    "installer": ("installer", "dkms", "packages"),
    "kernel": ("kernel",),
}
"""The grammars, and what each can begin with."""
