"""Runs the few programs that patching needs: argument lists only, no shell, a time limit, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from vgpu_doctor.errors import PatchError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_OUTPUT = 64 * 1024  # characters of a program's output that are looked at


def plain_environment() -> dict[str, str]:
    """The user's environment with messages in English, which is what is read here."""
    return {**os.environ, "LC_ALL": "C", "LANGUAGE": "C"}


def run(command: Sequence[str], *, folder: Path, limit: float) -> tuple[int, str]:
    """The exit code and the output (both streams) of a program; ``limit`` is in seconds.

    Raises :class:`PatchError` where the program is not there or takes too long.
    """
    process = start(command, folder=folder)
    try:
        output, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired as error:
        raise PatchError(command[0], f"did not end within {limit:.0f} seconds") from error
    finally:
        stop(process)
        close(process)
    return process.returncode, output[-MAX_OUTPUT:]


def start(command: Sequence[str], *, folder: Path) -> subprocess.Popen[str]:
    """A program in a process group of its own, so that :func:`stop` reaches all that it started."""
    try:
        return subprocess.Popen(  # noqa: S603 - an argument list, no shell
            list(command),
            cwd=folder,
            env=plain_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise PatchError(command[0], f"cannot be run ({error.strerror or error}); install it first") from error


def stop(process: subprocess.Popen[str]) -> None:
    """Ends a program, and what it started, where it still runs."""
    with suppress(ProcessLookupError):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def close(process: subprocess.Popen[str]) -> None:
    """Gives back the pipe of a program that has ended."""
    if process.stdout is not None:
        process.stdout.close()
