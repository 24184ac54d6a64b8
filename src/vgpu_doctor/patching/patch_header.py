"""The head of a patch: for whom it is, what made it, how far it was shown to work, and what it does not solve."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vgpu_doctor.model import LogFacts, Signature

PROOFS = {
    "built": "compiled against real kernel headers",
    "confirmed": "reported to work by others",
    "reasoned": "follows from the kernel change; not compiled here",
}
WIDTH = 100
MAX_NOTE_LENGTH = 300  # characters of one statement


def head_of(
    facts: LogFacts,
    signatures: Sequence[Signature],
    left: Mapping[str, str],
    *,
    from_log: bool = False,
    notes: Sequence[str] = (),
) -> str:
    """Comment lines that neither ``patch`` nor ``git apply`` takes for anything else."""
    build = facts.driver or "a build that is not known"
    kernel = f" for kernel {facts.kernel}" if facts.kernel else ""
    lines = [f"Patch for the NVIDIA driver {build}{kernel}, made by vgpu-doctor."]
    if from_log:
        lines += [
            "Made from the log, without the source: each hunk is one line that the compiler quoted.",
            "Apply it in the folder of the unpacked package: patch -p1 -l < THIS_FILE",
            "git takes hunks without the lines around them only so: git apply --unidiff-zero THIS_FILE",
        ]
    lines += notes
    lines += [
        f"{signature.id}: {signature.title.get('en', signature.id)} ({PROOFS[signature.proof.level]})"
        for signature in signatures
    ]
    lines += [f"Not solved: {name}: {why}" for name, why in left.items()]
    return "".join(f"# {part}\n" for line in lines for part in _wrapped(line))


def _wrapped(line: str) -> list[str]:
    # what comes from logs and records must not begin a line that patch would take for its own
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in line).split())
    short = plain if len(plain) <= MAX_NOTE_LENGTH else plain[: MAX_NOTE_LENGTH - 1] + "…"
    return wrap(short, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False) or [""]
