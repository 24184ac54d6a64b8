"""Put into the wheel what is made ahead: the tables of the grammars, and the records in compiled form."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuiltFiles(BuildHookInterface[Any]):
    """Make ``vgpu_doctor/built`` for a wheel; an editable install reads grammars and records as they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path[:0] = [str(Path(self.root) / folder) for folder in ("src", "tools")]
        from build_package_data import built_files

        folder = Path(tempfile.mkdtemp(prefix="vgpu-doctor-built-"))
        for name, content in built_files(Path(self.root) / "signatures").items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        build_data["force_include"][str(folder)] = "vgpu_doctor/built"
