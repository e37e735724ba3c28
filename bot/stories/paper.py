"""Pictures of made-up papers, for stories to send: rows of dark signs on a white page, sharp or not."""

import random
import struct
import zlib

WIDTH, HEIGHT = 1000, 1400
_MARGIN, _ROW, _SIGN = 80, 28, 6


def sharp(number: int) -> bytes:
    """A page that can be read. ``number``: another page."""
    return _png(_rows(number))


def unsharp(number: int) -> bytes:
    """One for which the telephone moved: dark and light run into each other, and no row is left."""
    return _png([_smoothed(_rows(number)[HEIGHT // 2], 40)] * HEIGHT)


def _rows(number: int) -> list[bytes]:
    chance = random.Random(number)  # noqa: S311  # a picture, no secret
    rows = []
    for top in range(0, HEIGHT, _ROW):
        inside = _MARGIN <= top < HEIGHT - _MARGIN
        signs = [chance.random() < 0.6 and inside for _ in range((WIDTH - 2 * _MARGIN) // _SIGN)]
        written = b"".join((b"\x20" * (_SIGN - 2) + b"\xf4" * 2) if sign else b"\xf4" * _SIGN for sign in signs)
        line = (b"\xf4" * _MARGIN + written).ljust(WIDTH, b"\xf4")
        rows += [line] * (_ROW // 2) + [b"\xf4" * WIDTH] * (_ROW - _ROW // 2)
    return rows[:HEIGHT]


def _smoothed(line: bytes, far: int) -> bytes:
    """Each point as the mean of those near it."""
    sums, total = [0], 0
    for point in line:
        total += point
        sums.append(total)
    last = len(line)
    spans = ((max(0, place - far), min(last, place + far + 1)) for place in range(last))
    return bytes((sums[end] - sums[start]) // (end - start) for start, end in spans)


def _png(rows: list[bytes]) -> bytes:
    """Eight bits of grey a point (ISO/IEC 15948)."""
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
