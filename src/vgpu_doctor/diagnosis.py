"""Turn diagnostics into findings by the signatures; separate consequences, and keep the rest as unrecognised."""

from __future__ import annotations

from collections import Counter
from copy import copy
from typing import TYPE_CHECKING

from vgpu_doctor.confusables import oddly_quoted
from vgpu_doctor.frozen import replace
from vgpu_doctor.grammar.kind_classes import kind_class
from vgpu_doctor.model import Diagnosis, Diagnostic, Finding, LogFacts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vgpu_doctor.signatures.index import Library, Misread

BUILD_TOOLS = frozenset({"compiler", "modpost", "objtool", "linker", "make", "shell"})
BESIDE_THE_DRIVER = ("nvfs-", "gdrdrv", "nv_peer_mem")
"""How source files of other modules begin that work together with the driver."""

MAX_EVIDENCE = 8  # diagnostics that a finding keeps; the others are counted
MAX_KEYS = 12_000  # distinct diagnostics that are remembered; beyond these, copies count again
MAX_UNRECOGNISED = 200  # diagnostics that are kept


class _Case:
    """What is known so far about one cause."""

    def __init__(self) -> None:
        self.count = 0
        self.evidence: list[Diagnostic] = []
        self.files: set[str] = set()
        self.consequences = 0
        self.explained: Counter[str] = Counter()  # for other causes, how many of its diagnostics they explain
        self.misread: dict[str, str] = {}  # names in the log -> names as they must have been
        self.misread_count = 0  # diagnostics that show the cause only by such a name

    def copy(self) -> _Case:
        other = copy(self)
        other.evidence = list(self.evidence)
        other.files = set(self.files)
        other.explained = self.explained.copy()
        other.misread = dict(self.misread)
        return other

    def add(self, diagnostic: Diagnostic, explained_by: Iterable[str]) -> None:
        self.count += 1
        self.explained.update(explained_by)
        if len(self.evidence) < MAX_EVIDENCE:
            self.evidence.append(diagnostic)
        if diagnostic.place and len(self.files) < MAX_EVIDENCE * 8:
            self.files.add(diagnostic.place.file)


class Diagnoser:
    """Collect the diagnostics of one install, which may come from several logs, and find their causes."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._cases: dict[str, _Case] = {}
        self._keys: set[tuple[str, int | None, int | None, str]] = set()
        self._explained_lines: dict[tuple[str, int | None], str] = {}
        self._explained_functions: dict[tuple[str, str | None], str] = {}
        self._open: list[tuple[Diagnostic, tuple[str, ...]]] = []
        self._open_count = 0
        self._symptoms: list[Diagnostic] = []
        self._consequences = 0
        self._warnings = 0

    def add(self, diagnostic: Diagnostic) -> None:
        """Add a diagnostic; they come in the order of the log."""
        if diagnostic.key in self._keys:
            return
        if len(self._keys) < MAX_KEYS:
            self._keys.add(diagnostic.key)
        entries = self._library.matches(diagnostic)
        cause = next((entry for entry in entries if not entry.explains), None)
        misread = self._library.misread(diagnostic) if cause is not None and cause.general else None
        if misread is not None:
            self._found_misread(misread, diagnostic)
        elif cause is not None:
            explained_by = {entry.id for entry in entries if entry.explains and entry.id != cause.id}
            self._found(cause.id, diagnostic, explained_by)
        elif (of_kind := kind_class(diagnostic.kind)) in ("consequence", "symptom", "weak_symptom"):
            self._consequences += of_kind != "weak_symptom"
            if of_kind != "consequence" and len(self._symptoms) < MAX_EVIDENCE:
                self._symptoms.append(diagnostic)
        elif diagnostic.severity in ("error", "fatal") and of_kind != "noise":
            self._open_count += 1
            if len(self._open) < MAX_UNRECOGNISED:
                self._open.append((diagnostic, tuple(entry.id for entry in entries)))
        elif diagnostic.severity == "warning":
            self._warnings += 1

    def _found(self, cause: str, diagnostic: Diagnostic, explained_by: Iterable[str]) -> None:
        self._cases.setdefault(cause, _Case()).add(diagnostic, explained_by)
        if diagnostic.place and len(self._explained_lines) < MAX_KEYS:
            self._explained_lines[diagnostic.place.file, diagnostic.place.line] = cause
            self._explained_functions[diagnostic.place.file, diagnostic.function] = cause

    def diagnosis(self, facts: Iterable[LogFacts]) -> Diagnosis:
        """Return findings, consequences, and what is not recognised.

        This changes nothing: a second call returns the same, and more diagnostics may be added.
        """
        return self._copy()._conclude(tuple(facts))

    def _copy(self) -> Diagnoser:
        other = copy(self)
        other._cases = {name: case.copy() for name, case in self._cases.items()}
        other._explained_lines = dict(self._explained_lines)
        other._explained_functions = dict(self._explained_functions)
        other._open = list(self._open)
        return other

    def _conclude(self, facts: tuple[LogFacts, ...]) -> Diagnosis:
        """Conclude in place: corrected names and folded causes change what was collected."""
        if self._about_another_module(facts):
            return Diagnosis(facts, (), (), 0, 0, 0)
        if any(log.outcome == "failed" for log in facts):
            self._drop_missing_driver()
        self._look_for_misread_names(changed=False)
        if self._is_misread():
            self._look_for_misread_names(changed=True)
        self._fold_explained()
        unrecognised: list[Diagnostic] = []
        consequences = self._consequences
        hiding = next((name for name in self._cases if self._library[name].explains_all), None)
        for diagnostic, explained_by in self._open:
            cause = self._cause_of(diagnostic, explained_by, hiding)
            if cause is None:
                unrecognised.append(diagnostic)
            else:
                self._cases[cause].consequences += 1
                consequences += 1
        self._drop_last_resorts(unrecognised)
        if self._symptoms and not self._cases and not unrecognised:
            unrecognised = self._symptoms
            consequences -= sum(kind_class(diagnostic.kind) == "symptom" for diagnostic in unrecognised)
        findings = [self._finding(name, case) for name, case in self._cases.items()]
        findings.sort(key=lambda finding: (finding.evidence[0].log, finding.evidence[0].log_line))
        beyond = self._open_count - len(self._open)
        return Diagnosis(
            facts=facts,
            findings=tuple(findings),
            unrecognised=tuple(unrecognised),
            unrecognised_count=len(unrecognised) + (0 if hiding else beyond),
            consequences=consequences,
            warnings=self._warnings,
        )

    def _drop_missing_driver(self) -> None:
        """Count "nvidia-smi: no driver" as a consequence: of a failed installation it is a symptom, not a cause."""
        for name, case in list(self._cases.items()):
            if case.count == len(case.evidence) and all(
                diagnostic.kind == "smi-no-driver" for diagnostic in case.evidence
            ):
                self._consequences += case.count
                del self._cases[name]

    def _found_misread(self, misread: Misread, diagnostic: Diagnostic) -> None:
        captures = {**diagnostic.captures, misread.capture: misread.meant}
        corrected = replace(diagnostic, captures=captures)
        explaining = (entry.id for entry in self._library.matches(corrected) if entry.explains)
        cause = misread.entry.id
        self._found(cause, corrected, {name for name in explaining if name != cause})
        self._cases[cause].misread[misread.read] = misread.meant
        self._cases[cause].misread_count += 1

    def _look_for_misread_names(self, changed: bool) -> None:
        """Look in unexplained diagnostics for names of known causes that were misread from a screenshot.

        Letters that look alike may differ; ``changed`` also allows one wrong letter.
        """
        unknown = []
        for diagnostic, explained_by in self._open:
            explained = any(name in self._cases for name in explained_by)
            misread = None if explained else self._library.misread(diagnostic, changed=changed)
            if misread is None:
                unknown.append((diagnostic, explained_by))
            else:
                self._found_misread(misread, diagnostic)
        self._open_count -= len(self._open) - len(unknown)
        self._open = unknown

    def _is_misread(self) -> bool:
        known = (case.misread for case in self._cases.values())
        return any(known) or any(oddly_quoted(diagnostic.message) for diagnostic, _ in self._open)

    def _fold_explained(self) -> None:
        """Fold a cause into another one that explains all its diagnostics."""
        for name, case in list(self._cases.items()):
            explaining = (other for other, count in case.explained.items() if count == case.count)
            explanation = next((other for other in explaining if other in self._cases), None)
            if explanation is not None:
                self._cases[explanation].consequences += case.count + case.consequences
                del self._cases[name]

    def _cause_of(self, diagnostic: Diagnostic, explained_by: tuple[str, ...], hiding: str | None) -> str | None:
        """Return the cause from which a diagnostic follows, if any; every build error follows from ``hiding``."""
        for name in explained_by:
            if name in self._cases:
                return name
        if hiding is not None and diagnostic.tool in BUILD_TOOLS:
            return hiding
        if diagnostic.place is not None:
            # after its first error in a line gcc has lost a value, so that further errors there mean nothing
            same_line = self._explained_lines.get((diagnostic.place.file, diagnostic.place.line))
            if same_line in self._cases:
                return same_line
            # a return statement that does not compile returns nothing
            if diagnostic.kind == "no-return" and diagnostic.function:
                same_function = self._explained_functions.get((diagnostic.place.file, diagnostic.function))
                return same_function if same_function in self._cases else None
        return None

    def _drop_last_resorts(self, unrecognised: list[Diagnostic]) -> None:
        """Drop causes of last resort if there is anything else; add their evidence to it if that is unrecognised."""
        last = [name for name in self._cases if self._library[name].last_resort]
        found_more = len(last) < len(self._cases)
        if not found_more and not unrecognised:
            return
        for name in last:
            evidence = self._cases.pop(name).evidence
            if not found_more:
                unrecognised += [
                    diagnostic
                    for diagnostic in evidence
                    if diagnostic.severity == "error" and kind_class(diagnostic.kind) not in ("consequence", "symptom")
                ]
        unrecognised.sort(key=lambda diagnostic: (diagnostic.log, diagnostic.log_line))

    def _finding(self, name: str, case: _Case) -> Finding:
        return Finding(
            signature=self._library[name],
            count=case.count,
            evidence=tuple(case.evidence),
            files=max(1, len(case.files)),
            consequences=case.consequences,
            overridden=self._library.overridden(name),
            misread=case.misread if case.misread_count == case.count else {},
        )

    def _about_another_module(self, facts: tuple[LogFacts, ...]) -> bool:
        """Tell whether the logs are the build of something that is not NVIDIA's driver."""
        if any(log.driver for log in facts):
            return False
        if any(log.foreign_module for log in facts):
            return True
        diagnostics = [diagnostic for case in self._cases.values() for diagnostic in case.evidence]
        diagnostics += [diagnostic for diagnostic, _ in self._open]
        files = [
            diagnostic.place.file for diagnostic in diagnostics if diagnostic.tool == "compiler" and diagnostic.place
        ]
        return bool(files) and not any(is_driver_file(file) for file in files)


def is_driver_file(file: str) -> bool:
    """Tell whether a path looks like a source file of NVIDIA's driver or a header that it includes."""
    base = file.rpartition("/")[2]
    if base.startswith(BESIDE_THE_DRIVER) or file.startswith("/usr/include/") or "/cuda" in file:
        return False
    return (
        "nvidia" in file.lower()
        or base.startswith(
            ("nv-", "nv_", "nv.", "nvl", "nvs", "uvm", "os-", "vgpu", "conftest", "osapi", "os-interface")
        )
        or "/include/" in file
        or file.startswith(("include/", "./include/", "./common/", "common/inc/"))
    )
