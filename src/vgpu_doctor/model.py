"""The values that packages exchange: what a log, a record and an answer are made of.

They are frozen, and have no logic beyond their own arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from vgpu_doctor.frozen import field, frozen

Severity = Literal["fatal", "error", "warning", "message"]
Outcome = Literal["failed", "succeeded", "aborted", "unknown"]
ProofLevel = Literal["built", "confirmed", "reasoned"]
DriverKind = Literal["host", "guest", "plain"]
"""What a driver is for: a vGPU host, a virtual machine on one, or neither."""

RemedyKind = Literal["driver", "patch", "pin", "command"]
Stage = Literal["build", "load", "run"]

Text = Mapping[str, str]
"""One statement in several languages, by language code; ``en`` is always there."""


@frozen
class Message:
    """A sentence that is not yet in a language; :func:`vgpu_doctor.messages.render` makes text of it.

    Values are plain values, other messages, :class:`Joined` lists, and texts by language.
    """

    key: str  # stable: programs may rely on it
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
"""A command to paste as it stands, or a sentence between commands."""


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
    """One complaint of a tool, with everything that the log says about it."""

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
        """What printed copies of one complaint have in common; the installer prints each up to four times."""
        place = self.place
        return (place.file, place.line, place.column, self.message) if place else ("", None, None, self.message)


@frozen
class LogFacts:
    """What a log tells about the host and the install; None means not known."""

    log: str = ""
    driver: str | None = None  # 550.54.16
    other_drivers: tuple[str, ...] = ()  # other versions that the log names
    flavour: str | None = None  # vgpu-kvm, grid, plain, custom
    tree: str | None = None  # kernel, kernel-open
    kernel: str | None = None  # 6.8.4-2-pve
    distribution: str | None = None
    compiler: str | None = None
    tool: str | None = None  # nvidia-installer, dkms, make, kernel-log
    outcome: Outcome = "unknown"
    compiled: bool = False  # all sources: the log shows modules being linked or loaded
    foreign_module: str | None = None  # the module this log is about, if it is not NVIDIA's
    gpus: tuple[str, ...] = ()  # PCI ids, 10de:2204
    first_line: int = 1  # of the log, from 1, where the install begins
    lines: int = 0  # the last line of the install


# What a record of knowledge is made of


@frozen
class Match:
    """One form in which a cause shows: a kind, and what its captures must be. Several values mean any of them.

    Values are compared without ``const`` and ``volatile`` and with blanks folded; ``*`` stands for any text.
    """

    kind: str  # "*" for any
    fields: Mapping[str, tuple[str, ...]]  # captures, and tool, severity, file, function


@frozen
class KernelChange:
    """The upstream change behind a cause."""

    since: str  # series in which it landed, 6.8
    commit: str | None = None  # 12 to 40 hexadecimal digits of the mainline commit
    subject: str | None = None
    backports: tuple[str, ...] = ()  # stable or distribution releases that have it, too


@frozen
class SourceTrace:
    """How a cause shows in a driver tree before anything is compiled."""

    uses: tuple[str, ...] = ()  # C text with $NAME for balanced C; any one found means affected ...
    unless: tuple[str, ...] = ()  # ... if conftest.sh has none of these tests
    files: tuple[str, ...] = ()  # where to look, globs below the tree; empty means every C file and header
    lacks_include: tuple[str, ...] = ()  # ... and the file and the tree's headers it includes have none of these


@frozen
class Probe:
    """How a change shows in the headers of a kernel, whatever its version."""

    header: tuple[str, ...] = ()  # files below the headers; missing ones are skipped
    has: str | None = None  # C text that one of them holds where the change is in; blanks do not matter
    lacks: str | None = None  # C text that none of them holds any more
    gone: bool = False  # the files themselves are not there any more
    option: str | None = None  # CONFIG_IOMMUFD: kernels without that option do not need the change
    gcc: int | None = None  # instead of a text: the first version of gcc with the change, as the compiler of the kernel


@frozen
class Scope:
    """Which packages and modules a cause can show in; None means any."""

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
    times: str = "any"  # "one" if a second match would be a mistake


@frozen
class CompileTest:
    """A small C file that compiles, or fails to, if a kernel has the change; as in the driver's ``conftest.sh``."""

    name: str  # of the test there: [a-z][a-z0-9_]*
    code: str
    compiles: str = "new"  # with kernels that need the new text; "old": with those that need the old one

    @property
    def macro(self) -> str:
        """What ``conftest.sh`` defines where the code compiles."""
        return f"NV_{self.name.upper()}"


@frozen
class Proof:
    """How far the cure of a record has been shown to work, and by which cases."""

    built: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()

    @property
    def level(self) -> ProofLevel:
        return "built" if self.built else "confirmed" if self.confirmed else "reasoned"


@frozen
class RecordedRemedy:
    """A remedy in the record itself, for causes that commands cure."""

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
    explains_all: bool = False  # every other build error of the log follows from this one
    last_resort: bool = False  # a finding only if nothing else was found
    applies_to: Scope = field(default_factory=Scope)
    stage: Stage = "build"  # in which it stops the driver
    companions: tuple[str, ...] = ()  # causes of the same kernel series whose errors a log often does not reach
    source: SourceTrace | None = None
    probe: Probe | None = None
    fixed_in: Mapping[str, str | None] = field(default_factory=dict)  # branch -> first host build; None is never
    edits: tuple[Edit, ...] = ()
    conftest: CompileTest | None = None  # replaces the edits' guards if the driver has such tests
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
    """A signature that explains diagnostics of this log."""

    signature: Signature
    count: int  # distinct places
    evidence: tuple[Diagnostic, ...]  # the first few, in log order
    files: int = 1  # distinct source files
    consequences: int = 0
    overridden: bool = False  # the record is the user's own and replaces a shipped one
    basis: Message | None = None  # how it is known that it will show, if no log shows it
    misread: Mapping[str, str] = field(default_factory=dict)  # names in the log -> names that they stand for

    @property
    def id(self) -> str:
        return self.signature.id


@frozen
class Remedy:
    """A complete remedy: steps in order, how to undo it, and what to check afterwards."""

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
    build: str | None = None  # the driver that it installs, if that is another one
    kernel: str | None = None  # the kernel that it boots


@frozen
class Diagnosis:
    """What the engine finds in one case: one or several logs of one host."""

    facts: tuple[LogFacts, ...]
    findings: tuple[Finding, ...]
    unrecognised: tuple[Diagnostic, ...]
    unrecognised_count: int
    consequences: int  # diagnostics that only follow from a finding, or from another error
    warnings: int
    others: tuple[Diagnosis, ...] = ()  # of other installs in the same logs, in their order


@frozen
class Report:
    """The whole answer, not yet in a language."""

    facts: LogFacts  # of the whole case
    releases: tuple[str, ...]  # vGPU releases with this host build
    diagnosis: Diagnosis
    remedies: tuple[Remedy, ...]
    notes: tuple[Message, ...]
    catalogue: str = ""  # year and month up to which drivers and kernels are known, 2026-11
    headline: Message | None = None  # what is predicted, if there is no log
    host: tuple[Message, ...] = ()  # what was examined
    table: tuple[tuple[str | Message, ...], ...] = ()  # all predictions, a header and rows
    evidence: tuple[Message, ...] = ()  # what the headline is based on
