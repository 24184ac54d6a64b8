"""Opens a log, compressed or not, and yields it in blocks of whole lines."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, BinaryIO

from vgpu_doctor.errors import LogError
from vgpu_doctor.intake.clean import clean_blocks
from vgpu_doctor.intake.decode import Block, decode_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK_SIZE = 256 * 1024  # bytes read at once
MAX_LINE_LENGTH = 64 * 1024  # bytes; the rest of a longer line is dropped
MAX_EXPANSION = 150  # ratio of unpacked to packed size above which a log is refused ...
MIN_EXPANDED_SIZE = 256 * 1024 * 1024  # ... once so many bytes are unpacked

UNPACK_CHUNK_SIZE = 16 * 1024  # bytes; a file may hold very many members, and each unpacker copies what follows its own
MAX_UNPACK_MEMORY = 100 * 1024 * 1024  # bytes; xz needs up to 65 MiB

NOT_LOGS = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"\x7fELF": "a program or module, not its log",
    b"\x28\xb5\x2f\xfd": "packed with zstd; unpack it first",
}


def read_log(name: str) -> Iterator[Block]:
    """Yield the blocks of a log file, or of standard input for ``-``, without the noise of a paste.

    Line numbers count from 1 in the file as the user has it, after decompression. Raise :class:`LogError` if the log
    cannot be opened, is empty or is not text; if it is damaged, only after the blocks before the damage.
    """
    shown = "standard input" if name == "-" else name
    with _opened(name, shown) as raw:
        yield from blocks_of(raw, shown)


def blocks_of(raw: BinaryIO, shown: str) -> Iterator[Block]:
    """Yield the blocks of an open log; ``shown`` is its name in errors."""
    head = _read(raw, CHUNK_SIZE, shown)
    if not head:
        raise LogError(shown, "is empty")
    source = _Unpacked(raw, head, shown) if head[:6].startswith(PACKED) else _Plain(raw, head, shown)
    damage: list[LogError] = []
    yield from clean_blocks(_until_damage(decode_blocks(_whole_lines(source, shown)), damage))
    if damage:
        raise damage[0]


def _until_damage(blocks: Iterator[Block], damage: list[LogError]) -> Iterator[Block]:
    """Yield the blocks before any damage, which is put into ``damage``; raise it only if there are none."""
    begun = False
    try:
        for block in blocks:
            begun = True
            yield block
    except LogError as error:
        if not begun:
            raise
        damage.append(error)


def _read(raw: BinaryIO, size: int, shown: str) -> bytes:
    """Read at least half of ``size`` bytes, fewer only at the end: a pipe returns as little as was written at once."""
    parts: list[bytes] = []
    missing = size
    try:
        while missing > size // 2 and (part := raw.read(missing)):
            parts.append(part)
            missing -= len(part)
    except (OSError, ValueError) as error:
        raise LogError(shown, f"cannot be read any further ({getattr(error, 'strerror', None) or error})") from error
    return b"".join(parts)


PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")


def _opened(name: str, shown: str) -> BinaryIO:
    if name == "-":
        return sys.stdin.buffer
    try:
        kind = os.stat(name).st_mode
        if stat.S_ISDIR(kind):
            raise LogError(shown, "is a folder, not a log")
        return open(name, "rb", buffering=0)
    except LogError:
        raise
    except (OSError, ValueError) as error:
        raise LogError(shown, f"cannot be read ({getattr(error, 'strerror', None) or error})") from error


class _Plain:
    """A file that is not compressed, whose first chunk was already read."""

    def __init__(self, raw: BinaryIO, head: bytes, shown: str) -> None:
        self._raw = raw
        self._head: bytes | None = head
        self._shown = shown

    def read(self) -> bytes:
        if self._head is not None:
            head, self._head = self._head, None
            return head
        return _read(self._raw, CHUNK_SIZE, self._shown)


class _Unpacked:
    """A file compressed by gzip, bzip2 or xz, decompressed as it is read; it may have several members."""

    def __init__(self, raw: BinaryIO, head: bytes, shown: str) -> None:
        import bz2
        import lzma
        import zlib

        self._source = _Plain(raw, head, shown)
        self._ahead = b""  # read, but not yet handed to the unpacker
        self._shown = shown
        self._errors = (OSError, lzma.LZMAError, zlib.error, EOFError)
        self._new = (
            (lambda: zlib.decompressobj(wbits=31))
            if head.startswith(PACKED[0])
            else bz2.BZ2Decompressor
            if head.startswith(PACKED[1])
            else (lambda: lzma.LZMADecompressor(memlimit=MAX_UNPACK_MEMORY))
        )
        self._unpacker = self._new()
        self._taken = 0
        self._given = 0
        self._packed = self._more()

    def read(self) -> bytes:
        while True:
            try:
                piece = self._next()
            except self._errors as error:
                raise LogError(self._shown, "is damaged: it cannot be unpacked any further") from error
            if piece is None:
                return b""
            self._given += len(piece)
            if self._given > MIN_EXPANDED_SIZE and self._given > MAX_EXPANSION * self._taken:
                raise LogError(self._shown, "unpacks to more than a log can be; unpack it yourself if you trust it")
            if piece:
                return piece

    def _next(self) -> bytes | None:
        if self._unpacker.eof:
            rest = self._unpacker.unused_data.lstrip(b"\0")
            if len(rest) < len(PACKED[2]):
                rest += self._more()
            if not rest.startswith(PACKED):
                return None
            self._unpacker, self._packed = self._new(), rest
        if not self._packed and getattr(self._unpacker, "needs_input", True):
            self._packed = self._more()
            if not self._packed:
                raise EOFError
        piece = self._unpacker.decompress(self._packed, CHUNK_SIZE)
        self._packed = getattr(self._unpacker, "unconsumed_tail", b"")
        return bytes(piece)

    def _more(self) -> bytes:
        if not self._ahead:
            self._ahead = self._source.read()
        packed, self._ahead = self._ahead[:UNPACK_CHUNK_SIZE], self._ahead[UNPACK_CHUNK_SIZE:]
        self._taken += len(packed)
        return packed


def _whole_lines(source: _Plain | _Unpacked, shown: str) -> Iterator[bytes]:
    """Yield pieces of UTF-8 that end at a line feed."""
    first = source.read()
    if not first:
        raise LogError(shown, "is empty")
    encoding = _encoding(first, shown)
    decoder = None
    if encoding != "utf-8":
        import codecs

        decoder = codecs.getincrementaldecoder(encoding)("replace")
    carry = b""
    dropping = False
    returns = False
    empty = True
    piece = first
    while piece:
        if decoder is not None:
            piece = decoder.decode(piece).encode("utf-8")
        if piece and not carry and not dropping and b"\n" not in piece and piece.count(b"\r") > 1:
            returns = True
        if returns:
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if dropping:
            end = piece.find(b"\n")
            piece = piece[end:] if end >= 0 else b""
            dropping = end < 0
        empty = empty and not piece
        end = piece.rfind(b"\n") + 1
        if end:
            yield carry + piece[:end] if carry else piece[:end]
            carry = piece[end:]
        else:
            carry += piece
        if len(carry) > MAX_LINE_LENGTH:
            if b"\r" in carry[-MAX_LINE_LENGTH:]:
                # a progress bar: keep what it showed last
                carry = carry[carry.index(b"\r", len(carry) - MAX_LINE_LENGTH) + 1 :]
            else:
                carry, dropping = carry[:MAX_LINE_LENGTH], True
        piece = source.read()
    if empty:
        raise LogError(shown, "is empty")
    if carry:
        yield carry + b"\n"


def _encoding(head: bytes, shown: str) -> str:
    """Return the encoding of a text by its first bytes. Raise :class:`LogError` for what is not text."""
    for magic, what in NOT_LOGS.items():
        if head.startswith(magic):
            raise LogError(shown, f"is no log: it is {what}")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = head[:8192]
    nulls = sample.count(0)
    if nulls * 3 > len(sample) and nulls < len(sample) * 0.7:
        return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    strange = len(sample) - len(sample.translate(None, STRANGE))
    if strange * 10 > len(sample):
        raise LogError(shown, "is no log: it is not text")
    return "utf-8"


STRANGE = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b\a")) + b"\x7f"
