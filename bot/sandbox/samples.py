"""A small picture, a moment of silence and the head of a video, for people who send media."""

from __future__ import annotations

import struct
import zlib


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def _picture(width: int = 160, height: int = 96) -> bytes:
    """A business card in two blues, as PNG."""
    row = b"".join(b"\x2f\x7d\xf6" if x < 18 else b"\xe8\xf1\xff" for x in range(width))
    pixels = b"".join(b"\0" + row for _ in range(height))
    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(pixels)) + _chunk(b"IEND", b"")
    )


PICTURE = _picture()
VOICE = b"#!AMR\n" + b"\x3c\x91\x17\x16\xbe\x66\x79\xe1\xe0\x01\xe7\x8a\xf0" * 50
VIDEO = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 64
