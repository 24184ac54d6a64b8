"""Feed broken and hostile input to the packages that read what others wrote: nothing may crash or hang.

    python tools/fuzz.py [--seconds 60 | --executions N] [--with atheris|hypothesis|mutation] [TARGET ...]

Atheris (coverage-guided) is used where it is installed, else hypothesis; both use the same targets. Without targets,
each gets an equal share of the time. What breaks is written to ``fuzz-found/``, and the exit code is 1. With
``--executions``, the same mutations run on every machine, and an input may take as long as it likes.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import io
import math
import random
import re
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vgpu_doctor.intake.decode import Block
    from vgpu_doctor.model import Edit
    from vgpu_doctor.signatures.index import Library

ROOT = Path(__file__).resolve().parents[1]
FOUND = Path("fuzz-found")
MAX_BYTES = 1_000_000  # bytes of one input
MAX_SOURCE_BYTES = 300_000  # bytes; a log is as long as it likes, but few source files of a driver are longer
MAX_SECONDS = 1.0  # seconds of CPU time that an input may take

Target = Callable[[bytes], None]


@cache
def library() -> Library:
    from vgpu_doctor.signatures.load import load_library

    return load_library(system="/nonexistent")


def intake(data: bytes) -> None:
    """Read the bytes of a log as numbered lines."""
    for block in _blocks(data):
        lines = block.text.count("\n")
        if block.numbers is not None and len(block.numbers) != lines:
            raise AssertionError("every line needs a number")


def grammar(data: bytes) -> None:
    """Classify each line."""
    from vgpu_doctor.grammar.lines import classify_line

    for line in data.decode("utf-8", "replace").split("\n"):
        classify_line(line)


def engine(data: bytes) -> None:
    """Make reports of a log, in every format and language."""
    from vgpu_doctor.advice.case import report_of
    from vgpu_doctor.advice.host_context import UserInput
    from vgpu_doctor.catalogue.load import load_catalogue
    from vgpu_doctor.engine import diagnose
    from vgpu_doctor.report.rendering import rendered
    from vgpu_doctor.report.writers import WRITERS, writer

    known = library()
    diagnosis = diagnose([("log", _blocks(data))], known)
    for language in ("en", "zh"):
        report = rendered(report_of(diagnosis, UserInput(), load_catalogue(), known), language)
        for form in WRITERS:
            out = io.StringIO()
            writer(form)(report, out)
            out.getvalue().encode("utf-8")


def records(data: bytes) -> None:
    """Read a record of the user's own; it may be refused with a reason."""
    from vgpu_doctor.errors import RecordError
    from vgpu_doctor.signatures.yaml_folder import read_folder

    folder = FOUND / "records" / "build"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fuzzed.yaml").write_bytes(data)
    try:
        read_folder(folder.parent)
    except RecordError as error:
        str(error)


def patching(data: bytes) -> None:
    """Apply an edit to a source file that fits it, check the hunks, and check that a second run finds nothing to do."""
    from vgpu_doctor.patching.edits import apply_edit
    from vgpu_doctor.patching.unified_diff import Draft, file_diff, hunks_of, split_lines

    text = data[:MAX_SOURCE_BYTES].decode("latin-1")
    fitting = [edit for edit, word in all_edits() if word in text]
    if not fitting:
        return
    edit = fitting[zlib.crc32(data) % len(fitting)]
    path = edit.file.replace("*", "nv")
    draft = apply_edit(Draft.of(text), edit, path).draft
    if apply_edit(draft, edit, path).places:
        raise AssertionError(f"a second run of {edit.find!r} finds places")
    old, hunks = split_lines(text), hunks_of(text, draft)
    for hunk in hunks:
        kept = [line for letter, line in hunk.lines if letter != "+"]
        if old[hunk.old_line - 1 :][: len(kept)] != kept:
            raise AssertionError(f"a hunk of {edit.find!r} does not say what stands there")
    file_diff(path, hunks)


@cache
def all_edits() -> tuple[tuple[Edit, str], ...]:
    """Return every edit of the records, with the longest word of what it looks for."""
    edits = (edit for name in library().ids for edit in library()[name].edits)
    return tuple((edit, max(re.findall(r"\w+", edit.find), key=len)) for edit in edits)


TARGETS: dict[str, Target] = {
    "intake": intake,
    "grammar": grammar,
    "engine": engine,
    "records": records,
    "patching": patching,
}


def _blocks(data: bytes) -> Iterator[Block]:
    from vgpu_doctor.intake.reading import blocks_of

    yield from blocks_of(io.BytesIO(data), "log")


def seeds(target: str) -> list[bytes]:
    """Return the inputs to begin with: what the repository has of the kind."""
    if target == "patching":
        sources = [path.read_bytes() for path in sorted(ROOT.glob("tools/samples/lookalike/kernel/**/*.*"))]
        return sources + [b"{\n\t" + re.sub(r"\$\w+", "x", edit.find).encode() + b";\n}\n" for edit, _ in all_edits()]
    pattern = "signatures/*/**/*.yaml" if target == "records" else "sample_logs/*.log"
    found = [path.read_bytes() for path in sorted(ROOT.glob(pattern)) if "catalogue" not in path.parts]
    if target in ("intake", "engine"):
        found += [log.replace(b"_", b" ").replace(b"m", b"rn") for log in found]  # as of screenshots
    if target == "grammar":
        found = [line for log in found for line in dict.fromkeys(log.split(b"\n"))]
    return found[:4000]


def broken(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Make one input of two: pieces cut out, doubled, exchanged, and letters that mean something put in."""
    pieces = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        start = chance.randrange(len(pieces) + 1)
        end = min(len(pieces), start + chance.choice((1, 2, 8, 64, 1024, 65536)))
        match chance.randrange(5):
            case 0:
                del pieces[start:end]
            case 1:
                pieces[start:start] = pieces[start:end] * chance.choice((1, 2, 64))
            case 2:
                cut = chance.randrange(len(other) + 1)
                pieces[start:end] = other[cut : cut + chance.choice((1, 16, 256, 4096))]
            case 3:
                pieces[start:end] = chance.choice(TOKENS) * chance.choice((1, 1, 1, 3, 5000))
            case 4 if pieces:
                pieces[chance.randrange(len(pieces))] = chance.randrange(256)
        if len(pieces) > MAX_BYTES:
            del pieces[MAX_BYTES:]
    return bytes(pieces)


TOKENS = [
    *(letter.encode() for letter in "\n\r\t\0\x1b\x9b'\"‘’“”«»：()[]{}<>|\\/*_`=&;:.,-?^~ "),
    *(b"error: ", b": In function '", b"In file included from ", b"a.c:1:2: ", b"make[1]: *** [", b"-> ", b"ERROR: "),
    *(b"\xff", b"\xe2\x80\xae\xef\xbb\xbf", b"\x1f\x8b\x08", b"BZh9", b"&lt;", b"[/code]", b"> ", b"=3D", b"```"),
    *(
        b"2024-01-01T00:00:00Z ",
        b"!!python/object:os.system ",
        b"&a [*a,*a]",
        b"<<: *a",
        b"- ",
        b": ",
        b"? ",
        b"%YAML 9",
    ),
    *(b"enor: ", b"rnember ", b" : 4l ; "),
    *(b"kind: ", b"match: ", b"1e999", b".inf"),
]


@cache
def prepared(name: str) -> Target:
    """Return a target that has read its records and tables, whose time is not that of an input."""
    TARGETS[name](next(iter(seeds(name)), b"\n"))
    return TARGETS[name]


def run(name: str, data: bytes, max_seconds: float = MAX_SECONDS) -> str | None:
    """Return what is wrong with how a target takes an input, or None."""
    from vgpu_doctor.errors import LogError

    target = prepared(name)
    began = time.process_time()
    try:
        target(data)
    except LogError:
        pass
    except Exception as error:  # whatever it is, it is a find
        return f"{type(error).__name__}: {error}"
    spent = time.process_time() - began
    return f"took {spent:.1f} s for {len(data)} bytes" if spent > max_seconds else None


def keep(name: str, data: bytes, why: str) -> None:
    FOUND.mkdir(exist_ok=True)
    path = FOUND / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    sys.stderr.write(f"{path}: {why}\n")


def by_mutation(name: str, seconds: float, seed: int, executions: int | None) -> tuple[int, int]:
    """Run mutations of the seeds for some seconds of CPU time, or so many of them; return executions and finds."""
    chance = random.Random(seed)
    corpus = seeds(name) or [b""]
    done = finds = 0
    end = time.process_time() + seconds
    while time.process_time() < end if executions is None else done < executions:
        data = broken(chance.choice(corpus), chance.choice(corpus), chance)
        done += 1
        if why := run(name, data, MAX_SECONDS if executions is None else math.inf):
            finds += 1
            keep(name, data, why)
    return done, finds


def by_hypothesis(name: str, seconds: float) -> tuple[int, int]:
    """Run a target under hypothesis, which makes small what it finds; return executions and finds."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as given_by

    corpus = seeds(name) or [b""]
    executions = 0
    end = time.process_time() + seconds

    parts = given_by.one_of(
        given_by.sampled_from(TOKENS),
        given_by.binary(max_size=40),
        given_by.builds(
            lambda text, start, size: text[start % (len(text) + 1) :][:size],
            given_by.sampled_from(corpus),
            given_by.integers(0, MAX_BYTES),
            given_by.sampled_from((1, 20, 300, 5000)),
        ),
    )

    @settings(
        max_examples=200, derandomize=False, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    @given(given_by.lists(parts, max_size=30))
    def attempt(pieces: list[bytes]) -> None:
        nonlocal executions
        if time.process_time() > end:
            return
        executions += 1
        data = b"".join(pieces)
        if why := run(name, data):
            last[:] = [data]
            raise AssertionError(why)

    last: list[bytes] = []
    while time.process_time() < end:
        try:
            attempt()
        except AssertionError as error:
            keep(name, last[0], str(error))
            return executions, 1
        if executions == 0:
            break
    return executions, 0


def by_atheris(name: str, seconds: float) -> tuple[int, int]:
    """Run libFuzzer in a process of its own, which it ends itself; return executions and finds."""
    folder = FOUND / f"corpus-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    for data in seeds(name)[:400]:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data[:65536])
    words = FOUND / "words"
    words.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in TOKENS))
    done = subprocess.run(
        [sys.executable, __file__, "--inside", name, f"-max_total_time={max(1, int(seconds))}", "-max_len=65536",
         "-print_final_stats=1", f"-dict={words}", f"-artifact_prefix={FOUND}/{name}-", str(folder)],
        stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    executions = [line.rpartition(" ")[2] for line in done.stderr.split("\n") if "number_of_executed_units" in line]
    coverage = [line for line in done.stderr.split("\n") if " cov: " in line]
    if coverage:
        sys.stderr.write(f"{name}: {coverage[-1].strip()}\n")
    if done.returncode:
        sys.stderr.write(done.stderr[-3000:])
    return int(executions[-1]) if executions else 0, int(done.returncode != 0)


def inside_atheris(name: str, arguments: Iterable[str]) -> None:
    import atheris  # type: ignore[import-untyped]

    with atheris.instrument_imports(include=["vgpu_doctor"]):
        for package in ("intake", "grammar", "signatures", "catalogue", "advice", "report", "patching"):
            for module in sorted((ROOT / "src" / "vgpu_doctor" / package).glob("[a-z]*.py")):
                importlib.import_module(f"vgpu_doctor.{package}.{module.stem}")
        TARGETS[name](seeds(name)[0])

    def attempt(data: bytes) -> None:
        if why := run(name, data):
            raise AssertionError(why)

    atheris.Setup([sys.argv[0], *arguments], attempt)
    atheris.Fuzz()


def main() -> int:
    if sys.argv[1:2] == ["--inside"]:
        inside_atheris(sys.argv[2], sys.argv[3:])
        return 0
    available = "atheris" if importlib.util.find_spec("atheris") else "hypothesis"
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=float, default=60, help="CPU time in all")
    parser.add_argument("--executions", type=int, help="mutations of each target, instead of a time")
    parser.add_argument("--with", dest="tool", choices=["atheris", "hypothesis", "mutation"], default=available)
    parser.add_argument("--seed", type=int, default=0, help="of the mutations")
    chosen = parser.parse_args()
    if wrong := set(chosen.targets) - set(TARGETS):
        parser.error(f"there is no target {', '.join(sorted(wrong))}")
    if chosen.executions is not None and chosen.tool != "mutation":
        parser.error("--executions goes with --with mutation")
    names = chosen.targets or list(TARGETS)
    share = chosen.seconds / len(names)
    finds = 0
    for name in names:
        if chosen.tool == "atheris":
            executions, found = by_atheris(name, share)
        elif chosen.tool == "hypothesis":
            executions, found = by_hypothesis(name, share)
        else:
            executions, found = by_mutation(name, share, chosen.seed, chosen.executions)
        finds += found
        print(f"{name}: {executions} executions with {chosen.tool}, {found} finds")
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
