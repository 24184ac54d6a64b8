"""The same build in other languages gives the same findings."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from vgpu_doctor.engine import diagnose
from vgpu_doctor.intake.reading import read_log
from vgpu_doctor.signatures.load import load_library

LABORATORY = Path(os.environ.get("CORPUS") or Path(__file__).parents[2] / "shared" / "corpus") / "lab"
LANGUAGE = re.compile(r"-[a-z]{2}_[A-Z]{2}(?=\.log\Z)")
TRANSLATED = sorted(log for log in LABORATORY.glob("*.log") if LANGUAGE.search(log.name))


def told(log: Path) -> tuple[object, ...]:
    """Outcome, causes with their counts and first places, and how much is not known."""
    found = diagnose([("log", read_log(str(log)))], load_library(system="/nonexistent"))
    causes = {
        one.id: (one.count, {(at.place.file, at.place.line) for at in one.evidence if at.place})
        for one in found.findings
    }
    return [facts.outcome for facts in found.facts], causes, found.unrecognised_count


@pytest.mark.slow
@pytest.mark.corpus
@pytest.mark.skipif(not TRANSLATED, reason=f"there are no logs in other languages at {LABORATORY}")
@pytest.mark.parametrize("log", TRANSLATED, ids=lambda log: log.name)
def test_a_log_in_another_language_gives_the_findings_of_its_english_twin(log: Path) -> None:
    twin = log.with_name(LANGUAGE.sub("", log.name))
    assert told(log)[1] != {}
    assert told(log) == told(twin)
