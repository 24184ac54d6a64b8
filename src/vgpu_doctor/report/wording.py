"""Sentences about the values of a report, the same in every format. All of them are printable text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgpu_doctor.messages import counted, in_language, phrase
from vgpu_doctor.report.rendering import RenderedNote
from vgpu_doctor.report.safe import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vgpu_doctor.model import Diagnosis, Diagnostic, Finding, LogFacts, Place, Signature, Text
    from vgpu_doctor.report.rendering import RenderedRemedy, RenderedReport

SHORT_COMMIT = 12  # hexadecimal digits, as in "Fixes:" lines of the kernel


def verdict(report: RenderedReport) -> str:
    """Return driver, kernel, outcome and result in one line."""
    language, facts = report.language, report.facts
    if report.headline:
        return printable(report.headline, None)
    if facts.foreign_module and not report.diagnosis.findings:
        return phrase(language, "result_foreign", module=printable(facts.foreign_module))
    if not (facts.driver or facts.kernel or facts.tool or report.diagnosis.findings or report.diagnosis.unrecognised):
        return phrase(language, "result_no_log")
    driver = _driver(facts, language)
    details = [printable(facts.flavour)] if facts.flavour else []
    if facts.tree == "kernel-open":
        details.append(phrase(language, "tree_open"))
    if report.releases:
        releases = phrase(language, "or").join(map(printable, report.releases))
        details.insert(0, phrase(language, "release", releases=releases))
    if details:
        driver += phrase(language, "details", details=phrase(language, "details_joint").join(details))
    kernel = _kernel(facts, language)
    outcome = phrase(language, f"outcome_{facts.outcome}")
    return phrase(language, "verdict", driver=driver, kernel=kernel, outcome=outcome, result=_result(report))


def _result(report: RenderedReport) -> str:
    language, diagnosis = report.language, report.diagnosis
    if diagnosis.findings:
        likely = all(finding.misread for finding in diagnosis.findings)
        return counted(language, "result_likely" if likely else "result", len(diagnosis.findings))
    if diagnosis.unrecognised_count:
        return counted(language, "result_unrecognised", diagnosis.unrecognised_count)
    failed = report.facts.outcome in ("failed", "aborted")
    return phrase(language, "result_no_reason" if failed else "result_nothing")


def title_of(finding: Finding, language: str) -> str:
    return filled(finding.signature.title, finding.signature, _captures(finding), language)


def why_of(finding: Finding, language: str) -> str:
    return filled(finding.signature.why, finding.signature, _captures(finding), language)


def _captures(finding: Finding) -> Mapping[str, str]:
    return finding.evidence[0].captures if finding.evidence else {}


def filled(text: Text, signature: Signature, captures: Mapping[str, str], language: str) -> str:
    """Return a text of a record with ``{symbol}`` and the like filled from the log, else from the record's matches."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        wanted = [match.fields[name][0] for match in signature.match if name in match.fields]
        return printable(captures.get(name) or next((text for text in wanted if "*" not in text), f"<{name}>"))

    # Not str.format, with which captured text could reach attributes and a brace of C would be an error.
    return re.sub(r"\{([a-z_]+)\}", value, " ".join(in_language(language, text).split()))


def log_place(diagnostic: Diagnostic) -> str:
    """Return where it stands in the log: ``nvidia-installer.log:412``."""
    return f"{log_name(diagnostic)}:{diagnostic.log_line}"


def log_name(diagnostic: Diagnostic) -> str:
    return printable(diagnostic.log) if diagnostic.log not in ("", "-") else "stdin"


def source_place(place: Place | None) -> str:
    """Return where the tool points, without the folder in which the driver was unpacked; empty for no place."""
    if place is None:
        return ""
    numbers = [str(number) for number in (place.line, place.column) if number is not None]
    return ":".join([printable(_below_tree(place.file)), *numbers])


def _below_tree(file: str) -> str:
    for mark in ("/NVIDIA-Linux-", "/dkms/nvidia/"):
        _, found, rest = file.rpartition(mark)
        if found and "/" in rest:
            return rest.partition("/")[2].removeprefix("build/")
    return file


def seen(finding: Finding, language: str) -> str | None:
    """Say how often it is in the log, and how many errors follow from it; None if no log shows it."""
    if not finding.evidence:
        return None
    if finding.count > 1 and finding.files > 1:
        times = phrase(language, "seen_in_files", count=finding.count, files=finding.files)
    else:
        times = counted(language, "seen", max(finding.count, 1))
    if not finding.consequences:
        return times
    return phrase(language, "seen_and_follow", seen=times, follow=counted(language, "follow", finding.consequences))


def predicted(finding: Finding, language: str) -> str | None:
    """Say how it is known that the cause will show; None if a log shows it."""
    return printable(phrase(language, "predicted", basis=finding.basis), None) if finding.basis else None


def misread(finding: Finding, language: str) -> str | None:
    """Say that the log shows the cause only by misread names; None if it shows the right ones."""
    if not finding.misread:
        return None
    names = phrase(language, "details_joint").join(
        phrase(language, "misread_name", read=printable(read), meant=meant) for read, meant in finding.misread.items()
    )
    return phrase(language, "misread", names=names)


def kernel_change(finding: Finding, language: str) -> str | None:
    """Name the upstream change behind the finding, if there is one."""
    change = finding.signature.kernel
    if change is None:
        return None
    key = "change" if not change.commit else "change_commit" if not change.subject else "change_subject"
    commit = (change.commit or "")[:SHORT_COMMIT]
    return phrase(language, key, since=change.since, commit=commit, subject=change.subject)


def proof_of(remedy: RenderedRemedy, language: str) -> str:
    proof = phrase(language, "proof", proof=phrase(language, f"proof_{remedy.proof}"))
    if not remedy.proof_detail:
        return proof
    return phrase(language, "proof_detail", proof=proof, detail=printable(remedy.proof_detail, None))


def notes_of(report: RenderedReport) -> list[RenderedNote]:
    """Return all notes of the report: those on overridden records, warnings and other installs, too."""
    language, diagnosis = report.language, report.diagnosis
    notes = [RenderedNote(note.id, text) for note in report.notes if (text := printable(note.text, None).strip())]
    notes += [
        RenderedNote(
            "overridden", phrase(language, "overridden", id=finding.id, origin=printable(finding.signature.origin))
        )
        for finding in diagnosis.findings
        if finding.overridden
    ]
    if diagnosis.warnings:
        notes.append(RenderedNote("warnings", counted(language, "warnings", diagnosis.warnings)))
    notes += [RenderedNote("other_install", _other_install(other, language)) for other in diagnosis.others]
    return notes


def _other_install(other: Diagnosis, language: str) -> str:
    """Say what the logs tell of an install that this report does not cover."""
    facts = other.facts[-1]
    found = phrase(language, "details_joint").join(finding.id for finding in other.findings)
    return phrase(
        language,
        "other_install",
        log=printable(facts.log),
        first=facts.first_line,
        last=facts.lines,
        driver=_driver(facts, language),
        kernel=_kernel(facts, language),
        outcome=phrase(language, f"outcome_{facts.outcome}"),
        found=found or phrase(language, "result_nothing"),
    )


def _driver(facts: LogFacts, language: str) -> str:
    if facts.driver:
        return phrase(language, "driver", version=printable(facts.driver))
    return phrase(language, "driver_unknown")


def _kernel(facts: LogFacts, language: str) -> str:
    if facts.kernel:
        return phrase(language, "kernel", release=printable(facts.kernel))
    return phrase(language, "kernel_unknown")
