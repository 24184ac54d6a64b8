"""``vgpu-doctor hook install|remove|status``: the only command that writes on a host, four files of its own."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from vgpu_doctor.errors import CheckError
from vgpu_doctor.host.hook_files import FILES, MARK, WRAPPER, contents, mode_of

if TYPE_CHECKING:
    from pathlib import Path

    from vgpu_doctor.host.hook_files import Mode

INSTALLED, NOT_INSTALLED, COULD_NOT_RUN = 0, 1, 2
APT_FOLDER = "etc/apt"


def _command() -> tuple[str, ...]:
    """Return the command of the hook; -P keeps the folder in which apt runs out of the import path."""
    return (sys.executable, "-P", "-m", "vgpu_doctor.check.apt_gate")


def install_hook(mode: Mode, root: Path) -> int:
    """Write all files or none, replacing older ones of ours."""
    if not (root / APT_FOLDER).is_dir():
        raise CheckError(f"{root / APT_FOLDER}: there is no apt here; the hook is for Debian, Ubuntu and Proxmox")
    for name in FILES:
        if (root / name).exists() and not _is_ours(root / name):
            raise CheckError(f"{root / name}: was not written by vgpu-doctor; move it away first")
    texts = contents(mode, _command(), str(root))
    written: list[Path] = []
    try:
        for name in FILES:
            written.append(root / name)
            _write(root / name, texts[name], executable=not name.startswith(APT_FOLDER))
    except OSError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    for path in written:
        sys.stdout.write(f"{path}\n")
    what = "stops an upgrade that breaks the driver" if mode == "stop" else "warns of an upgrade that breaks the driver"
    sys.stdout.write(f"The hook {what}.\n")
    return INSTALLED


def _write(path: Path, text: str, *, executable: bool) -> None:
    """Write the file atomically, since apt may run meanwhile and must not read half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.vgpu-doctor")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o755 if executable else 0o644)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def remove_hook(root: Path) -> int:
    """Delete the files that carry our mark."""
    # Apt's own file goes first: without the wrapper that it names, apt would stop at every package.
    order = sorted(FILES, key=lambda name: not name.startswith(APT_FOLDER))
    present = [root / name for name in order if (root / name).exists()]
    foreign = [path for path in present if not _is_ours(path)]
    for path in present:
        if path not in foreign:
            path.unlink()
            sys.stdout.write(f"{path}\n")
    for path in foreign:
        sys.stderr.write(f"vgpu-doctor: {path}: was not written by vgpu-doctor; it stays\n")
    folder = (root / WRAPPER).parent
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    sys.stdout.write("The hook is removed.\n" if present else "There was no hook.\n")
    return INSTALLED


def hook_status(root: Path) -> int:
    """Print the state of each file, and return 0 if all are as this version writes them."""
    present = [name for name in FILES if (root / name).exists()]
    if not present:
        sys.stdout.write("The hook is not installed.\n")
        return NOT_INSTALLED
    wrapper = (root / WRAPPER).read_text(encoding="utf-8") if WRAPPER in present else ""
    mode = mode_of(wrapper)
    texts = contents(mode, _command(), str(root))
    changed = 0
    for name in FILES:
        path = root / name
        state = "missing"
        if name in present:
            state = "as written" if path.read_text(encoding="utf-8") == texts[name] else "differs"
        changed += state != "as written"
        sys.stdout.write(f"{state:10}  {path}\n")
    sys.stdout.write(f"mode: {mode}\n")
    if changed:
        sys.stdout.write("'vgpu-doctor hook install' writes the files anew.\n")
    return NOT_INSTALLED if changed else INSTALLED


def _is_ours(path: Path) -> bool:
    try:
        return path.is_file() and MARK in path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
