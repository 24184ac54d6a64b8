"""``vgpu-doctor signatures``: for those who write records."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from vgpu_doctor.cli.output import language_of, utf8_output
from vgpu_doctor.devtools.examples import failing_examples
from vgpu_doctor.report.safe import printable
from vgpu_doctor.signatures.load import load_library
from vgpu_doctor.signatures.yaml_folder import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ALL_RIGHT, MISTAKES_FOUND = 0, 1


def run_list(*, kinds: bool, language: str | None, folders: Sequence[Path]) -> int:
    """Write one line per record, or per kind of diagnostic."""
    out = utf8_output()
    if kinds:
        from vgpu_doctor.grammar.tables import kinds as all_kinds

        for kind, captures in all_kinds().items():
            out.write(f"{kind:32} {' '.join(captures)}".rstrip() + "\n")
        return 0
    library = load_library(folders)
    language = language_of(language)
    for name in library.ids:
        signature = library[name]
        title = signature.title.get(language, signature.title["en"])
        out.write(f"{name:40} {signature.area:14} {printable(title)}\n")
    return 0


def run_test(folder: Path | None) -> int:
    """Run every record's examples, and print those that fail."""
    library = load_library([folder] if folder else [])
    names = [name for name in library.ids if folder is None or library.overridden(name)]
    files = folder.parent if folder else CHECKOUT.parent
    failed = 0
    count = 0
    for name in names:
        signature = library[name]
        count += len(signature.fires) + len(signature.silent)
        for complaint in failing_examples(signature, library, files):
            failed += 1
            sys.stdout.write(f"{signature.origin}: {complaint}\n")
    sys.stdout.write(f"{len(names)} records, {count} examples, {failed} failed\n")
    return MISTAKES_FOUND if failed else ALL_RIGHT


def run_lint(folder: Path | None) -> int:
    """Look for mistakes in records and catalogue that loading alone does not find, and print each on one line."""
    from vgpu_doctor.devtools.consistency import disagreements
    from vgpu_doctor.devtools.lint import complaints_about
    from vgpu_doctor.devtools.lint_catalogue import checked_catalogue, complaints_about_files
    from vgpu_doctor.errors import RecordError

    library = load_library([folder] if folder else [])
    names = [name for name in library.ids if folder is None or library.overridden(name)]
    complaints = list(complaints_about_files(folder or CHECKOUT))
    try:
        catalogue = checked_catalogue(folder or CHECKOUT)
    except RecordError as error:
        complaints.append(str(error))  # records cannot be held against a catalogue that is wrong
    else:
        complaints += complaints_about([library[name] for name in names], library, catalogue)
        complaints += disagreements(catalogue, library)
    sys.stdout.writelines(f"{complaint}\n" for complaint in complaints)
    sys.stdout.write(f"{len(names)} records, {len(complaints)} mistakes\n")
    return MISTAKES_FOUND if complaints else ALL_RIGHT


def run_new(log: str, folder: Path | None) -> int:
    """Print drafts, or write them into a folder without overwriting existing files."""
    from vgpu_doctor.devtools.scaffold import drafts
    from vgpu_doctor.engine import diagnose
    from vgpu_doctor.errors import LogError
    from vgpu_doctor.intake.reading import read_log

    diagnosis = diagnose([(log, read_log(log))], load_library())
    made = list(drafts(diagnosis.unrecognised, diagnosis.facts[0]))
    if not made:
        sys.stderr.write("this log has no unrecognised errors\n")
        return MISTAKES_FOUND
    out = utf8_output()
    for name, text in made:
        if folder is None:
            out.write(printable_lines(text) + "\n")
            continue
        path = folder / f"{name}.yaml"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(printable_lines(text))
        except OSError as error:
            raise LogError(str(path), f"cannot be written ({error.strerror})") from error
        out.write(f"{path}\n")
    return ALL_RIGHT


def printable_lines(text: str) -> str:
    """Return the lines of a draft with nothing in them that a terminal would act on."""
    return "\n".join(printable(line, None) for line in text.split("\n"))
