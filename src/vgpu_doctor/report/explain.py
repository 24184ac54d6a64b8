"""The page of one signature, to read about a cause without a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.messages import counted, in_language, phrase
from vgpu_doctor.report.layout import heading, sentences, step_lines
from vgpu_doctor.report.safe import printable
from vgpu_doctor.report.text import write_lines
from vgpu_doctor.report.wording import SHORT_COMMIT, filled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from vgpu_doctor.model import KernelChange, Match, RecordedRemedy, Signature
    from vgpu_doctor.report.excerpt import Line


def write_explanation(
    signature: Signature, out: TextIO, *, language: str = "en", colour: bool = False, width: int = 80
) -> None:
    """Write everything that the record says, in the layout of the text report."""
    write_lines(_page(signature, language, width), out, colour=colour)


def _page(signature: Signature, language: str, width: int) -> Iterator[Line]:
    title = filled(signature.title, signature, {}, language)
    yield (("error", signature.id), ("title", f": {title}"))
    yield ()
    yield from sentences([filled(signature.why, signature, {}, language)], width, indent=0)
    parts = (
        ("explain_kernel", _kernel(signature.kernel, language)),
        ("explain_shows", (_match(match, language) for match in signature.match)),
        ("explain_source", _source(signature, language)),
        ("explain_fixed", _fixed(signature, language)),
        ("explain_patch", _patch(signature, language)),
        ("explain_proof", _proof(signature, language)),
        ("explain_companions", iter(signature.companions)),
    )
    for key, texts in parts:
        lines = list(texts)
        if lines:
            yield from heading(phrase(language, key))
            yield from sentences((printable(line, None) for line in lines), width)
    if signature.remedies:
        yield from heading(phrase(language, "remedies"))
    for number, remedy in enumerate(signature.remedies, start=1):
        yield from _remedy(number, remedy, language, width)
    if signature.references:
        yield from heading(phrase(language, "explain_references"))
        yield from ((("place", f"  {printable(reference, None)}"),) for reference in signature.references)


def _kernel(change: KernelChange | None, language: str) -> Iterator[str]:
    if change is None:
        return
    yield phrase(language, "explain_since", since=change.since)
    if change.commit:
        yield phrase(language, "explain_commit", commit=change.commit[:SHORT_COMMIT])
    if change.subject:
        yield change.subject
    if change.backports:
        yield phrase(language, "explain_backports", releases=", ".join(change.backports))


def _match(match: Match, language: str) -> str:
    kind = phrase(language, "explain_any_kind" if match.kind == "*" else "explain_kind", kind=match.kind)
    joint = phrase(language, "explain_values_joint")
    fields = [
        phrase(language, "explain_field", name=name, values=joint.join(values)) for name, values in match.fields.items()
    ]
    return phrase(language, "details_joint").join([kind, *fields])


def _source(signature: Signature, language: str) -> Iterator[str]:
    if signature.source is None:
        return
    yield from (phrase(language, "explain_uses", text=text) for text in signature.source.uses)
    if signature.source.lacks_include:
        headers = phrase(language, "explain_values_joint").join(signature.source.lacks_include)
        yield phrase(language, "explain_lacks_include", headers=headers)
    yield from (phrase(language, "explain_unless", text=text) for text in signature.source.unless)


def _fixed(signature: Signature, language: str) -> Iterator[str]:
    for branch, version in sorted(signature.fixed_in.items()):
        key = "explain_fixed_in" if version else "explain_never_fixed"
        yield phrase(language, key, branch=branch, version=version)


def _patch(signature: Signature, language: str) -> Iterator[str]:
    if signature.edits:
        yield counted(language, "explain_patch_edits", len(signature.edits))
    elif signature.no_edit:
        yield phrase(language, "explain_no_patch", why=signature.no_edit)
    elif signature.kernel:
        yield phrase(language, "explain_no_patch_known")


def _proof(signature: Signature, language: str) -> Iterator[str]:
    yield phrase(language, f"proof_{signature.proof.level}")
    yield from (f"- {text}" for text in (*signature.proof.built, *signature.proof.confirmed))


def _remedy(number: int, remedy: RecordedRemedy, language: str, width: int) -> Iterator[Line]:
    prefix = f"{number}. "
    yield ()
    yield from sentences([prefix + printable(in_language(language, remedy.title), None)], width, indent=0)
    for key, steps in (("", remedy.steps), ("undo", remedy.undo), ("check", remedy.check)):
        if steps:
            yield ()
            if key:
                yield from sentences([phrase(language, key)], width, indent=len(prefix))
            yield from step_lines(steps, len(prefix) + 2, width)
