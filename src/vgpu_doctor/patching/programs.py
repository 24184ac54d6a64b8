"""Run the few programs that patching needs: without a shell, with a timeout, and with no process left behind."""

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

MAX_OUTPUT = 64 * 1024  # characters, from the end of a program's output


def plain_environment() -> dict[str, str]:
    """Return the user's environment with messages in English, which are parsed here."""
    return {**os.environ, "LC_ALL": "C", "LANGUAGE": "C"}


def run(command: Sequence[str], *, folder: Path, timeout: float) -> tuple[int, str]:
    """Run a program; return its exit code and the end of its output (both streams). ``timeout`` is in seconds.

    Raises :class:`PatchError` if the program is missing or takes too long.
    """
    process = start(command, folder=folder)
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise PatchError(command[0], f"did not end within {timeout:.0f} seconds") from error
    finally:
        stop(process)
        close(process)
    return process.returncode, output[-MAX_OUTPUT:]


def start(command: Sequence[str], *, folder: Path) -> subprocess.Popen[str]:
    """Start a program in a process group of its own, so that :func:`stop` reaches all its children."""
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
    """Kill a program and its children if it still runs."""
    with suppress(ProcessLookupError):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def close(process: subprocess.Popen[str]) -> None:
    """Close the pipe of a program that has ended."""
    if process.stdout is not None:
        process.stdout.close()
