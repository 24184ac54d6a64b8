"""Compare what the engine finds in a corpus of labelled logs with the labels: recall and precision by cause.

A corpus is a folder of folders of logs, each with a label of the same stem in YAML: ``causes`` (a list of ``id`` and
perhaps ``sure: false``), ``outcome``, and perhaps ``accept_none``. A log without a label built without an error.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from vgpu_doctor.engine import diagnose
from vgpu_doctor.intake.reading import read_log
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vgpu_doctor.model import Diagnosis


@dataclass(frozen=True)
class Label:
    """What people say about a log."""

    required: frozenset[str]
    allowed: frozenset[str]
    accept_none: bool
    outcome: str


def labelled_logs(corpus: Path) -> Iterator[tuple[Path, Label]]:
    """Yield every log below a corpus with its label, in the order of their names."""
    for log in sorted(path for path in corpus.rglob("*") if path.name.endswith((".log", ".log.gz"))):
        path = log.with_name(log.name.removesuffix(".gz").removesuffix(".log") + ".yaml")
        content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
        causes = content.get("causes") or []
        names = [cause if isinstance(cause, str) else cause["id"] for cause in causes]
        unsure = [cause["id"] for cause in causes if not isinstance(cause, str) and cause.get("sure") is False]
        yield (
            log,
            Label(
                required=frozenset(names) - frozenset(unsure),
                allowed=frozenset(names),
                accept_none=bool(content.get("accept_none")),
                outcome=str(content.get("outcome", "built")),
            ),
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--misses", action="store_true", help="print only what is not as labelled")
    parser.add_argument("--open", action="store_true", help="print the complaints that nothing explains")
    arguments = parser.parse_args()
    if not arguments.corpus.is_dir():
        sys.stderr.write(f"accuracy: there is no corpus at {arguments.corpus}\n")
        return 2
    library = load_library(system="/nonexistent")
    right: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    false: Counter[str] = Counter()
    errors = unexplained = logs = 0
    for log, label in labelled_logs(arguments.corpus):
        logs += 1
        diagnosis = diagnose([(log.name, read_log(str(log)))], library)
        found = frozenset(finding.id for finding in diagnosis.findings)
        lacking = label.required - found if found or not label.accept_none else frozenset[str]()
        wrong = found - label.allowed
        right.update(found & label.allowed)
        missed.update(lacking)
        false.update(wrong)
        errors += sum(finding.count + finding.consequences for finding in diagnosis.findings)
        errors += diagnosis.unrecognised_count
        unexplained += diagnosis.unrecognised_count
        if lacking or wrong or not arguments.misses:
            _print_row(log, label, diagnosis, found, lacking, wrong)
        if arguments.open:
            for diagnostic in diagnosis.unrecognised[:12]:
                print(f"      ? {diagnostic.tool}: {diagnostic.kind}: {diagnostic.message[:140]}")
    print("\ncause                                    right missed false")
    for name in sorted({*right, *missed, *false}):
        print(f"{name:40} {right[name]:5} {missed[name]:6} {false[name]:5}")
    total, lost, wrongly = right.total(), missed.total(), false.total()
    print(
        f"\n{logs} logs: recall {total / max(1, total + lost):.3f}, precision {total / max(1, total + wrongly):.3f}, "
        f"unrecognised {unexplained} of {errors} errors ({unexplained / max(1, errors):.1%})"
    )
    return 0


def _print_row(
    log: Path, label: Label, diagnosis: Diagnosis, found: frozenset[str], lacking: frozenset[str], wrong: frozenset[str]
) -> None:
    mark = "ok " if not lacking and not wrong else "BAD"
    outcome = f"[{label.outcome} -> {diagnosis.facts[0].outcome}]"
    print(f"{mark} {log.parent.name}/{log.name}  {outcome} {', '.join(sorted(found))}")
    if lacking:
        print(f"      missed: {', '.join(sorted(lacking))}")
    if wrong:
        print(f"      false:  {', '.join(sorted(wrong))}")


if __name__ == "__main__":
    sys.exit(main())
