"""Entry point: run the command line, and turn what stops it into one line and an exit code."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing itself is a tenth of what the shortest call costs
if TYPE_CHECKING:
    from collections.abc import Callable

COULD_NOT_RUN = 2


def main() -> None:
    """Run the command that the arguments name, and exit with its code.

    A closed output and Ctrl-C end quietly. An internal error shows its traceback only if VGPU_DOCTOR_DEBUG is set.
    """
    if sys.argv[1:] == ["--version"]:
        from vgpu_doctor import __version__

        sys.stdout.write(f"vgpu-doctor {__version__}\n")
        return
    try:
        code = exit_code_of(_run)
        sys.stdout.flush()
    except BrokenPipeError:
        # what is left in the buffer has no reader; without this the interpreter complains while it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def exit_code_of(act: Callable[[], int]) -> int:
    """Run a command; if something stops it, say why in one line on standard error and return 2.

    A closed output and Ctrl-C are left to :func:`main`.
    """
    try:
        return act()
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        return _failed(error)


def _run() -> int:
    from vgpu_doctor.cli.quick import plain_call

    if (call := plain_call(sys.argv[1:])) is not None:
        from vgpu_doctor.cli.analyze import run_analyze

        return run_analyze(**call)
    from vgpu_doctor.cli.app import app

    result = app(prog_name="vgpu-doctor", standalone_mode=False)
    return result if isinstance(result, int) else 0


def _failed(error: Exception) -> int:
    """Say in one line on standard error why there is no answer, and return 2."""
    from vgpu_doctor.errors import UserError
    from vgpu_doctor.report.safe import printable

    if type(error).__name__ == "Abort":
        raise KeyboardInterrupt
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        usage = getattr(getattr(error, "ctx", None), "command_path", "vgpu-doctor")
        sys.stderr.write(f"vgpu-doctor: {printable(error.format_message().rstrip('.'))}; see '{usage} --help'\n")
    elif isinstance(error, UserError):
        sys.stderr.write(f"vgpu-doctor: {printable(str(error))}\n")
    elif isinstance(error, PermissionError):
        sys.stderr.write(f"vgpu-doctor: {printable(str(error.filename))}: permission denied; run it as root\n")
    elif isinstance(error, OSError):
        sys.stderr.write(f"vgpu-doctor: {printable(str(error.filename or 'output'))}: {error.strerror or error}\n")
    elif os.environ.get("VGPU_DOCTOR_DEBUG"):
        raise error
    else:
        sys.stderr.write(
            f"vgpu-doctor: internal error: {type(error).__name__}: {printable(str(error))}. "
            "Run again with VGPU_DOCTOR_DEBUG=1 for the details.\n"
        )
    return COULD_NOT_RUN
