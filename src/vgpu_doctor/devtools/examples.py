"""Run the examples that a record carries: logs that must, and must not, give its finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgpu_doctor.engine import diagnose
from vgpu_doctor.intake.decode import Block, decode_blocks
from vgpu_doctor.intake.reading import read_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from vgpu_doctor.model import Example, Signature
    from vgpu_doctor.signatures.index import Library


def failing_examples(signature: Signature, library: Library, folder: Path) -> Iterator[str]:
    """Yield one sentence for each example that does not hold; files of examples lie below ``folder``.

    A file that is not there counts only where its folder is: an installed package carries no sample logs.
    """
    for wanted, field in ((True, "fires"), (False, "silent")):
        for number, example in enumerate(getattr(signature, field)):
            blocks = _blocks(example, folder)
            if blocks is None:
                if folder.joinpath(str(example.file)).parent.is_dir():
                    yield f"examples.{field}[{number}]: there is no file {example.file}"
                continue
            diagnosis = diagnose([("example", blocks)], library)
            found = [finding.id for finding in diagnosis.findings]
            if (signature.id in found) != wanted:
                instead = f"; found {', '.join(found)}" if found else ""
                open_ones = "".join(f"; not recognised: {unknown.message}" for unknown in diagnosis.unrecognised[:2])
                yield f"examples.{field}[{number}]: {'does not fire' if wanted else 'fires'}{instead}{open_ones}"


def _blocks(example: Example, folder: Path) -> Iterable[Block] | None:
    if example.text is not None:
        return decode_blocks([(example.text.rstrip("\n") + "\n").encode("utf-8")])
    path = folder / str(example.file)
    return read_log(str(path)) if path.is_file() and path.resolve().is_relative_to(folder.resolve()) else None
