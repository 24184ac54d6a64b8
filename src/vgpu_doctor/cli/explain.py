"""``vgpu-doctor explain``: the page of one signature."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from vgpu_doctor.cli.output import language_of, use_colour, utf8_output, width_of
from vgpu_doctor.errors import LogError
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def run_explain(name: str, *, language: str | None, colour: str, folders: Sequence[Path]) -> int:
    """Write the page to standard output. Raise :class:`LogError` for an unknown id."""
    from vgpu_doctor.report.explain import write_explanation

    library = load_library(folders)
    if name not in library:
        near = difflib.get_close_matches(name, library.ids, n=3)
        raise LogError(name, f"there is no such signature{'; did you mean ' + ', '.join(near) + '?' if near else ''}")
    out = utf8_output()
    write_explanation(
        library[name], out, language=language_of(language), colour=use_colour(colour, out), width=width_of(out)
    )
    return 0
