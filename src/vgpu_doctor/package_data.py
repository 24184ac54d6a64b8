"""What was made ahead when the package was built: parser tables and compiled records."""

from __future__ import annotations

import json
import os
from typing import Any

FOLDER = os.path.join(os.path.dirname(__file__), "built")


def built(name: str) -> Any | None:
    """Return the content of a built JSON file; None in a checkout that was not built."""
    try:
        with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def built_bytes(name: str, start: int, size: int) -> bytes:
    """Return ``size`` bytes of a built file, from byte ``start`` on."""
    with open(os.path.join(FOLDER, name), "rb") as file:
        file.seek(start)
        return file.read(size)
