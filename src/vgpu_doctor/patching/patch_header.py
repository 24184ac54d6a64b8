"""The comment lines above a patch: what it is for, how to apply it, how well it is tested, and what it leaves."""

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
MAX_STATEMENT_LENGTH = 300  # characters


def patch_header(
    facts: LogFacts,
    signatures: Sequence[Signature],
    not_cured: Mapping[str, str],
    *,
    from_log: bool = False,
    notes: Sequence[str] = (),
) -> str:
    """Return comment lines that ``patch`` and ``git apply`` skip."""
    build = facts.driver or "(unknown build)"
    kernel = f" for kernel {facts.kernel}" if facts.kernel else ""
    lines = [f"Patch for the NVIDIA driver {build}{kernel}, made by vgpu-doctor."]
    if from_log:
        lines += [
            "Made from the log, without the source: each hunk is one line that the compiler quoted.",
            "Apply it in the folder of the unpacked package: patch -p1 -l < THIS_FILE",
            "git needs an option for hunks without context: git apply --unidiff-zero THIS_FILE",
        ]
    lines += notes
    lines += [
        f"{signature.id}: {signature.title.get('en', signature.id)} ({PROOFS[signature.proof.level]})"
        for signature in signatures
    ]
    lines += [f"Not solved: {signature_id}: {reason}" for signature_id, reason in not_cured.items()]
    return "".join(f"# {part}\n" for line in lines for part in _wrapped(line))


def _wrapped(line: str) -> list[str]:
    # nothing from logs and records may begin a line that patch would take for its own
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in line).split())
    short = plain if len(plain) <= MAX_STATEMENT_LENGTH else plain[: MAX_STATEMENT_LENGTH - 1] + "…"
    return wrap(short, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False) or [""]
