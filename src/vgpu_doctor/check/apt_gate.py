"""Called by apt's hook and the kernel's postinst: print a few lines, and stop apt if a kernel breaks the driver.

Run as a module of its own, because importing the command-line library takes longer than the answer.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vgpu_doctor.host.access import Host
from vgpu_doctor.host.hook_files import STOP
from vgpu_doctor.host.transaction import changes_of, new_kernels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vgpu_doctor.catalogue.catalogue import Catalogue
    from vgpu_doctor.compat.verdict import Prediction
    from vgpu_doctor.host.host_facts import HostFacts
    from vgpu_doctor.signatures.index import Library

GOES_ON = 0


def main(arguments: Sequence[str]) -> int:
    """Run ``apt --mode MODE [--root DIR]`` with apt's list on standard input, or ``kernel [--root DIR] RELEASE``.

    Return the exit code: ``STOP`` makes apt stop.
    """
    rest = list(arguments[1:])
    root = Path(rest.pop(rest.index("--root") + 1)) if "--root" in rest else Path("/")
    host = Host(root)
    if arguments[0] == "kernel":
        return _after_kernel(host, rest[-1])
    mode = rest[rest.index("--mode") + 1]
    return _before_transaction(host, sys.stdin.read().split("\n"), stops=mode == "stop")


def _before_transaction(host: Host, lines: Sequence[str], *, stops: bool) -> int:
    changes = changes_of(lines)
    kernels = new_kernels(changes)
    if not kernels:
        return GOES_ON
    from vgpu_doctor.catalogue.load import load_catalogue
    from vgpu_doctor.check.forecast import driver_name, outcome
    from vgpu_doctor.host.drivers import driver_of_package
    from vgpu_doctor.host.gather import host_facts
    from vgpu_doctor.signatures.load import load_library

    facts = host_facts(host, ask_apt=False)
    coming = (driver_of_package(change.name, change.after) for change in changes if change.after)
    build = next((found for found in coming if found), facts.driver.build if facts.driver else None)
    if build is None:
        return GOES_ON
    catalogue, library = load_catalogue(), load_library()
    predictions = [_predicted(build, kernel, facts, catalogue, library) for kernel in kernels]
    broken = [prediction for prediction in predictions if prediction.verdict in ("fails", "unusable")]
    if not broken:
        for prediction in predictions:
            _say(
                "headline",
                verdict=outcome(prediction),
                kernel=prediction.question.kernel,
                driver=driver_name(prediction),
            )
        return GOES_ON
    return _report_break(broken[0], facts, catalogue, stops=stops)


def _report_break(broken: Prediction, facts: HostFacts, catalogue: Catalogue, *, stops: bool) -> int:
    """Print what breaks, what to do first, and what becomes of the transaction; return the exit code."""
    from vgpu_doctor.check.forecast import driver_name, outcome
    from vgpu_doctor.compat.release_table import answer

    question = broken.question
    _say("headline", verdict=outcome(broken), kernel=question.kernel, driver=driver_name(broken))
    fitting = [
        release
        for release in catalogue.releases_in(question.build)
        if question.kind == "host" and answer(catalogue, release, question.series, question.gpu).works
    ]
    if fitting:
        _say("gate_first", release=fitting[-1].release, build=fitting[-1].host)
    else:
        _say("gate_first_unknown")
    if facts.pinned is not None and facts.pinned != question.kernel:
        _say("gate_pinned", kernel=facts.pinned)
        return GOES_ON
    _say("gate_stopped" if stops else "gate_warned")
    return STOP if stops else GOES_ON


def _predicted(build: str, kernel: str, facts: HostFacts, catalogue: Catalogue, library: Library) -> Prediction:
    """Predict from the records, which is quick; search the source only to see whether somebody patched it."""
    from vgpu_doctor.check.arguments import kind_of
    from vgpu_doctor.compat.driver_source import open_source
    from vgpu_doctor.compat.predict import predict
    from vgpu_doctor.compat.verdict import Question
    from vgpu_doctor.errors import CheckError
    from vgpu_doctor.frozen import replace

    driver = next((known for known in facts.drivers if known.build == build), None)
    gpus = (catalogue.gpu(identity) for identity in facts.gpus or ())
    kind = kind_of(build, catalogue, flavour=driver.flavour if driver else None)
    gpu = next((card for card in gpus if card), None)
    question = Question(build, kind, kernel, gpu, driver.tree if driver else None)
    found = predict(question, catalogue, library)
    if found.causes and driver is not None and driver.source is not None:
        try:
            source = open_source(driver.source)
        except CheckError:
            return found
        left = tuple(cause for cause in found.causes if source.uses(cause.signature) is not False)
        if not left:
            return replace(found, verdict="unknown", causes=())
        found = replace(found, causes=left)
    return found


def _after_kernel(host: Host, release: str) -> int:
    """Print whether DKMS has built the driver for a kernel that was just installed; nothing if DKMS has no driver."""
    from vgpu_doctor.host.kernels import headers_of
    from vgpu_doctor.host.modules import DKMS, dkms_builds
    from vgpu_doctor.model import say

    held = dkms_builds(host)
    if not held:
        return GOES_ON
    made = [(name, build) for name, build in held if host.exists(f"{DKMS}/{name}/{build}/{release}")]
    name, build = (made or held)[-1]
    driver = say("driver_build", build=build)
    if made:
        _say("gate_built", driver=driver, kernel=release)
    elif headers_of(host, release) is None:
        _say("gate_headers", kernel=release)
    else:
        _say("gate_not_built", driver=driver, kernel=release)
        _say("gate_build", kernel=release)
        _say("gate_analyze", name=name, build=build)
    return GOES_ON


def _say(key: str, /, **values: object) -> None:
    from vgpu_doctor.messages import phrase
    from vgpu_doctor.report.safe import printable

    sys.stderr.write(f"vgpu-doctor: {printable(phrase('en', key, **values), None)}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
