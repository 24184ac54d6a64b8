"""The table of releases and series, and whether catalogue and records agree about it."""

from __future__ import annotations

import pytest

from advice_cases import library
from vgpu_doctor.catalogue.catalogue import Catalogue
from vgpu_doctor.catalogue.load import load_catalogue
from vgpu_doctor.compat.release_table import answer, open_changes, table_rows
from vgpu_doctor.devtools.consistency import disagreements

CATALOGUE = load_catalogue()

# What was gathered from public reports: ok, no (with or without a patch that makes it ok), ? where nobody knows.
GATHERED_SERIES = ("6.8", "6.11", "6.14", "6.17", "7.0")
GATHERED = {
    "16.0 16.1 16.2 16.3 16.4 16.5": "no no no no no",
    "16.6 16.7": "no no no no no",
    "16.8": "ok ok no no no",
    "16.9": "ok ok no no no",
    "16.10": "ok ok ok no no",
    "16.11 16.12 16.13": "ok ok ok no no",
    "16.14": "ok ok ok ok ?",
    "17.0 17.1": "no no no no no",
    "17.2 17.3": "ok ? no no no",
    "17.4": "ok ok no no no",
    "17.5": "ok ok no no no",
    "17.6": "ok ok ok no no",
    "18.0 18.1 18.2 18.3": "ok ok ok no no",
    "18.4 18.5 18.6": "ok ok ok doubtful no",
    "19.0 19.1 19.2 19.3": "ok ok ok doubtful no",
    "19.4": "ok ok ok ok no",
    "19.5 19.6": "ok ok ok ok ok",
    "20.0 20.1 20.2": "ok ok ok ok ok",
}


def gathered() -> list[tuple[str, str, str]]:
    return [
        (release, series, word)
        for releases, words in GATHERED.items()
        for release in releases.split()
        for series, word in zip(GATHERED_SERIES, words.split(), strict=True)
    ]


@pytest.mark.parametrize(("name", "series", "word"), gathered())
def test_the_table_says_what_public_reports_say(name: str, series: str, word: str) -> None:
    release = CATALOGUE.release(name)
    assert release is not None
    found = answer(CATALOGUE, release, series, library=library())
    assert found.works is {"ok": True, "no": False, "?": None, "doubtful": False}[word]
    if word == "doubtful":
        # No log of such a failure was seen; that the kernel removed what the driver uses is certain.
        assert (found.confidence, found.because) == ("low", ("irq-bypass-args",))
    if word == "no":
        assert found.because


def test_catalogue_and_records_agree() -> None:
    assert list(disagreements(CATALOGUE, library())) == []


def test_a_disagreement_is_found() -> None:
    raw = CATALOGUE._raw
    rows = [
        {**row, "kernel": {"shown": "6.17", "confidence": "low"}} if row["release"] == "17.6" else row
        for row in raw["vgpu"]["releases"]["rows"]
    ]
    wrong = Catalogue({**raw, "vgpu": {**raw["vgpu"], "releases": {**raw["vgpu"]["releases"], "rows": rows}}})
    found = list(disagreements(wrong, library()))
    assert any("17.6 (550.163.02)" in line and "extra-cflags-removed" in line for line in found)


def test_a_card_that_the_branch_lacks_is_told_apart_from_a_kernel() -> None:
    release = CATALOGUE.release("17.6")
    assert release is not None
    assert answer(CATALOGUE, release, "6.8", CATALOGUE.gpu("Tesla P4")).basis == "gpu"
    assert answer(CATALOGUE, release, "6.8", CATALOGUE.gpu("T4")).basis == "shown"


def test_open_changes_are_those_of_the_package_that_is_built() -> None:
    def ids(build: str, series: str, tree: str | None = None, host: bool = True) -> list[str]:
        return [one.id for one in open_changes(library(), CATALOGUE, build, series, tree, host=host)]

    assert ids("550.54.16", "6.8") == ["symbol-get-gpl-only", "eventfd-signal-args", "iommu-ops-removed"]
    assert ids("535.230.02", "6.14") == ["no-llseek-removed", "module-import-ns-string"]
    assert "akcipher-verify-removed" in ids("535.230.02", "6.14", "kernel-open")
    assert "no-llseek-removed" not in ids("535.183.01", "6.12", host=False)
    assert ids("535.309.01", "6.17") == []


def test_the_table_has_a_row_for_each_release_and_the_same_cells_everywhere() -> None:
    header, *rows = table_rows(CATALOGUE, library())
    assert [row[0] for row in rows] == [release.release for release in CATALOGUE.releases]
    assert {len(row) for row in rows} == {len(header)}
    assert {cell for row in rows for cell in row[2:-1]} == {"yes", "expected", "no", "?"}
    assert dict(zip(header, next(row for row in rows if row[0] == "19.4"), strict=True))["7.0"] == "no"
