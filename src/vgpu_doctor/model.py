"""The nouns of the program: what a log, a record of knowledge and an answer are made of.

Every other package takes these values in and hands them out. They are frozen, hold no logic beyond their own
arithmetic, and import nothing of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from vgpu_doctor.frozen import field, frozen

Severity = Literal["fatal", "error", "warning", "message"]
Outcome = Literal["failed", "succeeded", "aborted", "unknown"]
ProofLevel = Literal["built", "confirmed", "reasoned"]
DriverKind = Literal["host", "guest", "plain"]
"""What a driver is for: a vGPU host, a virtual machine of one, or neither."""

RemedyKind = Literal["driver", "patch", "pin", "command"]
Stage = Literal["build", "load", "run"]

Text = Mapping[str, str]
"""One statement in several languages, by language code; ``en`` is always there."""


@frozen
class Message:
    """One sentence in no language yet; :func:`vgpu_doctor.messages.render` makes text of it.

    Values are plain values, other messages, :class:`Joined` lists, and texts by language.
    """

    key: str  # a stable name: programs may rely on it
    values: Mapping[str, object] = field(default_factory=dict)


@frozen
class Joined:
    """A list inside a message."""

    items: tuple[object, ...]
    joint: str | Message = ", "


def say(key: str, /, **values: object) -> Message:
    """Return the message of a key with its values."""
    return Message(key, values)


Step = str | Message
"""A command, fit to paste as it stands, or a sentence between commands."""


# What a log is made of


@frozen
class Place:
    """Where in a source file a tool points."""

    file: str  # as the tool wrote it
    line: int | None = None  # from 1
    column: int | None = None  # from 1, in bytes, as gcc counts


@frozen
class Note:
    """A ``note:`` line that belongs to a diagnostic."""

    kind: str
    message: str
    place: Place | None
    captures: Mapping[str, str]


@frozen
class Diagnostic:
    """One complaint of one tool, with everything the log says about it."""

    tool: str  # compiler, modpost, objtool, linker, make, shell, installer, dkms, kernel
    severity: Severity
    kind: str  # a slug of the grammar; "unknown" where the grammar has no rule
    message: str
    log_line: int  # from 1, in the user's own file
    captures: Mapping[str, str]
    place: Place | None = None
    log: str = ""  # the name under which the user gave the log
    function: str | None = None  # from "In function ..."
    excerpt: tuple[str, ...] = ()  # the source line and its caret, as printed
    notes: tuple[Note, ...] = ()

    @property
    def key(self) -> tuple[str, int | None, int | None, str]:
        """What makes two printed copies one complaint: the installer prints each up to four times."""
        place = self.place
        return (place.file, place.line, place.column, self.message) if place else ("", None, None, self.message)


@frozen
class LogFacts:
    """What a log tells about the host and the run; None where it tells nothing."""

    log: str = ""
    driver: str | None = None  # 550.54.16
    other_drivers: tuple[str, ...] = ()  # versions that the log names beside that one
    flavour: str | None = None  # vgpu-kvm, grid, plain, custom
    tree: str | None = None  # kernel, kernel-open
    kernel: str | None = None  # 6.8.4-2-pve
    distribution: str | None = None
    compiler: str | None = None
    tool: str | None = None  # nvidia-installer, dkms, make, kernel-log
    outcome: Outcome = "unknown"
    compiled: bool = False  # all sources were: the log shows modules that are being linked, or are loaded
    foreign_module: str | None = None  # the module this log is about, if it is not NVIDIA's
    gpus: tuple[str, ...] = ()  # PCI ids, 10de:2204
    first_line: int = 1  # of the log, where what is told begins
    lines: int = 0  # the last line


# What a record of knowledge is made of


@frozen
class Match:
    """One way a cause shows: a kind, and what its captures must be. Several values mean any of them.

    A value is compared without ``const`` and ``volatile`` and with blanks folded; ``*`` stands for any text.
    """

    kind: str  # "*" for any
    fields: Mapping[str, tuple[str, ...]]  # captures, and tool, severity, file, function


@frozen
class KernelChange:
    """The upstream change behind a cause."""

    since: str  # series in which it landed, 6.8
    commit: str | None = None  # 12 to 40 hexadecimal digits of the mainline commit
    subject: str | None = None
    backports: tuple[str, ...] = ()  # stable or distribution releases that carry it too


@frozen
class SourceTrace:
    """How a cause shows in a driver tree before anything is compiled."""

    uses: tuple[str, ...] = ()  # C text with $NAME for balanced C; any one found means affected ...
    unless: tuple[str, ...] = ()  # ... if conftest.sh has none of these tests
    files: tuple[str, ...] = ()  # where to look, globs below the tree; empty means every C file and header
    lacks_include: tuple[str, ...] = ()  # ... and the file and the tree's headers it includes have none of these


@frozen
class Probe:
    """How a change shows in the headers of a kernel, whatever number that kernel has."""

    header: tuple[str, ...] = ()  # files below the headers; those that are missing are passed over
    has: str | None = None  # C text that one of them holds where the change is in; blanks do not matter
    lacks: str | None = None  # C text that none of them holds any more
    gone: bool = False  # the files themselves are not there any more
    option: str | None = None  # CONFIG_IOMMUFD: a kernel without that option does not ask for the change
    gcc: int | None = None  # instead of a text: the first gcc, of those that build kernels, that brings the change


@frozen
class Scope:
    """Which packages and modules a cause can show in; None where it makes no difference."""

    modules: Literal["open", "closed"] | None = None
    package: Literal["host", "display"] | None = None  # that of a vGPU host, or one with the modules for a display


@frozen
class Edit:
    """One change of the user's own source, written once for all driver versions."""

    file: str  # glob below the tree
    find: str  # C text; $NAME stands for balanced C, blanks do not matter
    replace: str | None = None
    before: str | None = None
    after: str | None = None
    guard: str | None = None  # ">=6.8": the kernels that get the new text
    times: str = "any"  # "one" where a second match would be a mistake


@frozen
class CompileTest:
    """A small C file whose compiling tells whether a kernel has the change, as in the driver's own ``conftest.sh``."""

    name: str  # of the test there: [a-z][a-z0-9_]*
    code: str
    compiles: str = "new"  # with the kernels that want the new text, or with the "old" ones

    @property
    def macro(self) -> str:
        """What ``conftest.sh`` defines where the code compiles."""
        return f"NV_{self.name.upper()}"


@frozen
class Proof:
    """How far the cure of a record was shown, each with the case that shows it."""

    built: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()

    @property
    def level(self) -> ProofLevel:
        return "built" if self.built else "confirmed" if self.confirmed else "reasoned"


@frozen
class RecordedRemedy:
    """Something to do that a record knows by itself, for causes that commands cure."""

    title: Text
    steps: tuple[str, ...] = ()  # commands, or sentences that start with "# "
    undo: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    when: Mapping[str, str] = field(default_factory=dict)  # facts that must hold: distribution, tool, flavour ...


@frozen
class Example:
    """A piece of a log that proves a record: it must, or must not, give the finding."""

    text: str | None = None
    file: str | None = None  # below the folder that holds ``signatures``


@frozen
class Signature:
    """One record of knowledge: a cause, how it shows, how it is cured."""

    id: str
    area: str  # kernel/6.8, build, install, load, vgpu
    title: Text
    why: Text
    match: tuple[Match, ...]
    kernel: KernelChange | None = None
    explains: tuple[Match, ...] = ()
    explains_all: bool = False  # every other build complaint of the log follows from this one
    last_resort: bool = False  # a finding only where nothing else was found
    applies_to: Scope = field(default_factory=Scope)
    stage: Stage = "build"  # where it stops the driver
    companions: tuple[str, ...] = ()  # causes of the same kernel step whose errors a log often does not reach
    source: SourceTrace | None = None
    probe: Probe | None = None
    fixed_in: Mapping[str, str | None] = field(default_factory=dict)  # branch -> first host build; None is never
    edits: tuple[Edit, ...] = ()
    conftest: CompileTest | None = None  # chooses in place of the edits' guards, where the driver has such tests
    no_edit: str | None = None  # why there is no edit
    proof: Proof = field(default_factory=Proof)
    remedies: tuple[RecordedRemedy, ...] = ()
    references: tuple[str, ...] = ()
    fires: tuple[Example, ...] = ()
    silent: tuple[Example, ...] = ()
    origin: str = ""  # the file it was read from


# What an answer is made of


@frozen
class Finding:
    """A signature that explains complaints of this log."""

    signature: Signature
    count: int  # distinct places
    evidence: tuple[Diagnostic, ...]  # the first few, in log order
    files: int = 1  # distinct source files
    consequences: int = 0
    overridden: bool = False  # the record comes from a folder of the user's and hides a shipped one
    basis: Message | None = None  # how it is known that it will show, where no log shows it
    misread: Mapping[str, str] = field(default_factory=dict)  # names as the log has them -> what they must have been

    @property
    def id(self) -> str:
        return self.signature.id


@frozen
class Remedy:
    """Something to do, complete: steps in order, undo, and what to check afterwards."""

    kind: RemedyKind
    title: Message
    steps: tuple[Step, ...]
    cures: tuple[str, ...]  # ids of findings
    proof: ProofLevel
    proof_detail: Message | None = None
    unless: tuple[Message, ...] = ()  # what would make it wrong for this host
    undo: tuple[Step, ...] = ()
    check: tuple[Step, ...] = ()
    patch: str | None = None  # unified diff
    build: str | None = None  # the driver that it installs, where that is another one
    kernel: str | None = None  # the kernel that it boots


@frozen
class Diagnosis:
    """What the engine makes of one case: one or several logs of one host."""

    facts: tuple[LogFacts, ...]
    findings: tuple[Finding, ...]
    unrecognised: tuple[Diagnostic, ...]
    unrecognised_count: int
    consequences: int  # complaints that only follow from a finding, or from another error
    warnings: int
    others: tuple[Diagnosis, ...] = ()  # of other installs that the same logs hold, in their order


@frozen
class Report:
    """The whole answer, in no language yet."""

    facts: LogFacts  # of the whole case
    releases: tuple[str, ...]  # vGPU releases with this host build
    diagnosis: Diagnosis
    remedies: tuple[Remedy, ...]
    notes: tuple[Message, ...]
    catalogue: str = ""  # year and month as of which drivers and kernels are known, 2026-11
    headline: Message | None = None  # what is foreseen, where no log tells how it ended
    host: tuple[Message, ...] = ()  # what was looked at
    table: tuple[tuple[str | Message, ...], ...] = ()  # all that is foreseen, a header and rows
    evidence: tuple[Message, ...] = ()  # what the headline rests on
