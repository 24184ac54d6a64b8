"""Golden files hold what users read, so that a reviewer can read it too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


settings.register_profile("untimed", deadline=None)  # no test asserts a time
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the expected reports anew; read the diff")


@pytest.fixture
def check_file(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with a file, which must exist; ``--update-golden`` writes it instead."""
    update = request.config.getoption("--update-golden")

    def check(path: Path, text: str) -> None:
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing: pytest --update-golden writes it"
        assert text == path.read_text(encoding="utf-8")

    return check


@pytest.fixture
def check_golden(request: pytest.FixtureRequest, check_file: Callable[[Path, str], None]) -> Callable[[str, str], None]:
    """Compare a text with the file of that name in ``golden/`` beside the test."""
    folder = request.path.parent / "golden"
    return lambda name, text: check_file(folder / name, text)
