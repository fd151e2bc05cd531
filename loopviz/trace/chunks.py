"""From a stream of bytes to whole chunks.

Decides how far a growing, cut-off or damaged file can be trusted: up to the last chunk that is whole and whose checksum
holds. Bytes may be fed in pieces of any size; an incomplete tail waits for the rest.

No bytes make it raise anything but ``NotATrace``: a wrong beginning is that, anything wrong later ends the stream at
the last good chunk and is told by ``damage``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from loopviz.events import CHUNK, FORMAT_VERSION, HEADER, MAGIC, chunk_checksum

#: A chunk that claims more than this is damage, not data: the recorder's are below 1 MiB.
LARGEST_CHUNK = 1 << 28


class NotATrace(ValueError):
    """The bytes do not begin as a trace does. The message says how, ``next_step`` what to do about it (or nothing)."""

    def __init__(self, why: str, next_step: str = "") -> None:
        super().__init__(why)
        self.next_step = next_step


class Chunk(NamedTuple):
    kind: int
    loop: int
    payload: bytes


@dataclass(slots=True)
class ChunkParser:
    """Feed it bytes, take whole chunks. ``header`` is None until it is whole, ``damage`` why the stream ended early."""

    header: dict[str, Any] | None = None
    damage: str | None = None
    consumed: int = 0
    _buffer: bytearray = field(default_factory=bytearray)

    @property
    def waiting(self) -> int:
        """Bytes taken in that are not yet a whole chunk."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[Chunk]:
        """Take bytes in, give the chunks that are now whole. Raises NotATrace while the header is read."""
        if self.damage is not None:
            return
        self._buffer += data
        if self.header is None and not self._read_header():
            return
        position = 0
        try:
            while (chunk := self._read_chunk(position)) is not None:
                position += CHUNK.size + len(chunk.payload)
                yield chunk
        finally:
            self._drop(position)

    def _read_header(self) -> bool:
        start = bytes(self._buffer[: len(MAGIC)])
        if start != MAGIC[: len(start)]:
            raise NotATrace("this is not a loopviz trace")
        if len(self._buffer) < HEADER.size:
            return False
        _magic, version, _zero, length = HEADER.unpack_from(self._buffer)
        if version != FORMAT_VERSION:
            next_step = "update loopviz to open it" if version > FORMAT_VERSION else "record the program again"
            raise NotATrace(f"it is of format version {version}, and this loopviz reads {FORMAT_VERSION}", next_step)
        if len(self._buffer) < HEADER.size + length:
            if length > LARGEST_CHUNK:
                raise NotATrace("its header is damaged")
            return False
        try:
            header = json.loads(self._buffer[HEADER.size : HEADER.size + length])
            header["origin_ns"] = int(header["origin_ns"])
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise NotATrace("its header is damaged") from error
        self.header = header
        self._drop(HEADER.size + length)
        return True

    def _read_chunk(self, position: int) -> Chunk | None:
        if len(self._buffer) - position < CHUNK.size:
            return None
        length, kind, loop, checksum = CHUNK.unpack_from(self._buffer, position)
        if length > LARGEST_CHUNK:
            self.damage = f"damaged at byte {self.consumed + position}"
            return None
        body_at = position + CHUNK.size
        if len(self._buffer) < body_at + length:
            return None
        with memoryview(self._buffer) as buffer:
            payload = bytes(buffer[body_at : body_at + length])
        if chunk_checksum(bytes(self._buffer[position : position + CHUNK.size]), payload) != checksum:
            self.damage = f"damaged at byte {self.consumed + position}"
            return None
        return Chunk(kind, loop, payload)

    def _drop(self, length: int) -> None:
        del self._buffer[:length]
        self.consumed += length
