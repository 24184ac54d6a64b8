"""Decodes quoted-printable, which mail archives leave in the text of a mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vgpu_doctor.intake.stage import Line, Stage


BYTES = re.compile(r"(?:=[0-9A-F]{2})+")
NOT_ENCODED = re.compile(r"=(?![0-9A-F]{2}|[ \t]*$)", re.MULTILINE)
SOFT_END = re.compile(r"^[^\n]{70,77}=$", re.MULTILINE)
MAX_SOFT_LENGTH = 78  # columns; RFC 2045 allows 76
MAX_ROWS = 1000  # rows of one line


def is_quoted_printable(sample: str) -> bool:
    """Return whether a text is quoted-printable: hardly any equals sign in it stands for itself."""
    encoded = sample.count("=3D") + sample.count("=E2=80=") + sample.count("=C2=A0")
    encoded += sum(1 for found in SOFT_END.finditer(sample))
    return encoded > 1 and len(NOT_ENCODED.findall(sample)) * 8 <= encoded


def quoted_printable_stage() -> Stage:
    """Return a stage that joins lines at soft line ends and decodes the bytes."""
    held: list[Line] = []

    def stage(lines: list[Line], last: bool) -> list[Line]:
        decoded: list[Line] = []
        for number, text in lines:
            row = text.rstrip()
            soft = row.endswith("=") and len(row) <= MAX_SOFT_LENGTH and len(held) < MAX_ROWS
            held.append((number, row[:-1] if soft else text))
            if not soft:
                decoded.append(_decoded(held))
                held.clear()
        if last and held:
            decoded.append(_decoded(held))
            held.clear()
        return decoded

    return stage


def _decoded(rows: list[Line]) -> Line:
    text = "".join(row for _, row in rows)
    return rows[0][0], BYTES.sub(_letters, text)


def _letters(found: re.Match[str]) -> str:
    letters = bytes.fromhex(found[0].replace("=", "")).decode("utf-8", "replace")
    return letters.replace("\n", " ").replace("\r", " ").replace("\xa0", " ")
