"""Unpack a ``NAME.run``. This executes the file: it is a shell script that checks and unpacks itself."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vgpu_doctor.errors import PatchError
from vgpu_doctor.patching.programs import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNPACK_TIMEOUT = 900  # seconds; a package of 400 MB on a slow disk takes minutes


@contextmanager
def unpacked(file: Path, say: Callable[[str], None] = lambda _: None) -> Iterator[Path]:
    """Yield a private folder with the content of a package; remove it at the end.

    The file's own checksum is tested first. Raises :class:`PatchError` if it is damaged or is not such a package.
    """
    try:
        path = file.resolve(strict=True)
        with path.open("rb") as opened:
            magic = opened.read(2)
    except OSError as error:
        raise PatchError(file, f"cannot be read ({error.strerror or error})") from error
    if magic != b"#!":
        raise PatchError(file, "is not a .run package")
    say(f"checking and unpacking {file}")
    with tempfile.TemporaryDirectory(prefix="vgpu-doctor-") as private:
        folder = Path(private)
        for failure, options in (
            ("fails its own checksum test", ["--check"]),
            ("cannot be unpacked", ["--extract-only", "--target", str(folder / "package")]),
        ):
            code, output = run(["/bin/sh", str(path), *options], folder=folder, timeout=UNPACK_TIMEOUT)
            if code != 0:
                last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "no message")
                raise PatchError(file, f"{failure} (exit code {code}: {last})")
        if not (folder / "package").is_dir():
            raise PatchError(file, "contains nothing to unpack; is it an NVIDIA package?")
        yield folder / "package"
