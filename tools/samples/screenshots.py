"""Draw the errors of logs as a terminal shows them, and write down what Tesseract reads from the pictures.

    python tools/samples/screenshots.py OUT LOG ...

Writes ``OUT/NAME.txt`` for each log that shows a cause; pictures are made only in memory. Needs the program tesseract,
and Pillow, which nothing else here needs.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont  # type: ignore[import-not-found, unused-ignore]

from vgpu_doctor.engine import diagnose
from vgpu_doctor.intake.reading import read_log
from vgpu_doctor.signatures.load import load_library

if TYPE_CHECKING:
    from vgpu_doctor.signatures.index import Library

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
SIZE = 15  # pixels
COLUMNS = 132
BEFORE, AFTER = 12, 14  # lines around the first error
MAX_ROWS = 48
QUALITY = 70  # of the JPEG: that of pictures which people post


def rows_of(log: Path, library: Library) -> list[str]:
    """Return the rows of a screen with the first error of a log; none where it shows no cause."""
    blocks = list(read_log(str(log)))
    findings = diagnose([(log.name, blocks)], library).findings
    if not findings:
        return []
    text = "".join(block.text for block in blocks)
    place = findings[0].evidence[0].log_line
    lines = [line.expandtabs() for line in text.split("\n")[max(0, place - BEFORE) : place + AFTER]]
    rows = [line[start : start + COLUMNS] for line in lines for start in range(0, max(len(line), 1), COLUMNS)]
    return rows[:MAX_ROWS]


def read_back(rows: list[str]) -> str:
    """Return what Tesseract reads from a picture of these rows."""
    font = ImageFont.truetype(FONT, SIZE, layout_engine=ImageFont.Layout.BASIC)
    height = SIZE + 5
    picture = Image.new("RGB", (int(font.getlength("M") * COLUMNS) + 20, height * len(rows) + 20), (12, 12, 12))
    draw = ImageDraw.Draw(picture)
    for number, row in enumerate(rows):
        draw.text((10, 10 + number * height), row, font=font, fill=(204, 204, 204))
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=QUALITY)
    done = subprocess.run(
        ["tesseract", "-", "-", "--psm", "6"],
        input=packed.getvalue(),
        capture_output=True,
        check=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    return done.stdout.decode()


def main() -> None:
    """Read the arguments and write the texts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("logs", type=Path, nargs="+")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    library = load_library(system="/nonexistent")
    for log in arguments.logs:
        if rows := rows_of(log, library):
            (arguments.out / f"{log.name.partition('.log')[0]}.txt").write_text(read_back(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
