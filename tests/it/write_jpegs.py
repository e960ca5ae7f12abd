"""Writes JPEG files with faults that other readers pass over, and some that are cut short, into the
folder given: NAME.jpg and, where it is to be read, NAME.values, which is what libjpeg reads."""

import struct
import sys
from pathlib import Path

import imagecodecs
import numpy as np

folder = Path(sys.argv[1])
height, width = 60, 81
y, x = np.mgrid[0:height, 0:width]
gray = ((x * 5 + y * 3 + (x * y) % 17) % 256).astype(np.uint8)
color = np.stack([gray, 255 - gray, gray // 2], axis=-1)


def write(name, stream, expected):
    (folder / f"{name}.jpg").write_bytes(stream)
    if expected is not None:
        (folder / f"{name}.values").write_bytes(expected.tobytes())


def segments(stream):
    """The beginning, each segment, and the rest from the first scan on."""
    parts, at = [stream[:2]], 2
    while stream[at + 1] != 0xDA:
        (length,) = struct.unpack(">H", stream[at + 2 : at + 4])
        parts.append(stream[at : at + 2 + length])
        at += 2 + length
    return [*parts, stream[at:]]


def progressive_of(tones):
    """A progressive stream whose blocks of 8 by 8 pixels have one tone each: two scans, the first with
    all but the lowest bit of each tone."""
    rows, columns = tones.shape
    segment = lambda marker, *parts: bytes([0xFF, marker]) + struct.pack(">H", 2 + sum(map(len, parts))) + b"".join(parts)
    bits, before = [], 0
    for tone in (tones.astype(int).ravel() - 128) >> 1:
        difference, before = tone - before, tone
        size = int(abs(difference)).bit_length()
        bits.append(f"{size:04b}")  # twelve codes of four bits, in their order
        if size:
            bits.append(f"{difference if difference > 0 else difference + (1 << size) - 1:0{size}b}")
    packed = lambda bits: int(bits + "1" * (-len(bits) % 8), 2).to_bytes(-(-len(bits) // 8), "big").replace(b"\xff", b"\xff\0")
    lowest = "".join(str((tone - 128) & 1) for tone in tones.astype(int).ravel())
    scan = lambda approximation: segment(0xDA, b"\1\1\0\0\0", bytes([approximation]))
    return b"".join([
        b"\xff\xd8",
        segment(0xDB, b"\0", bytes([8] * 64)),
        segment(0xC2, struct.pack(">BHHB", 8, rows * 8, columns * 8, 1), b"\1\x11\0"),
        segment(0xC4, b"\0", bytes([0, 0, 0, 12] + [0] * 12), bytes(range(12))),
        scan(0x01), packed("".join(bits)),
        scan(0x10), packed(lowest),
        b"\xff\xd9",
    ])


baseline = imagecodecs.jpeg8_encode(gray, level=95)
progressive = progressive_of(gray[:13, :17])
for kind, stream in (
    ("baseline", baseline),
    ("progressive", progressive),
    ("color", imagecodecs.jpeg8_encode(color, level=95)),
):
    expected = imagecodecs.jpeg8_decode(stream)
    if kind == "progressive":
        # libjpeg smooths where a tone is all that it knows of a block.
        expected = np.kron(gray[:13, :17], np.ones((8, 8), np.uint8))
    write(f"{kind}-whole", stream, expected)
    parts = segments(stream)
    for at in range(1, len(parts)):
        for name, stray in (("zeros", bytes(7)), ("fill", b"\xff\xff"), ("restart", b"\xff\xd3"), ("unknown", b"\xff\xec\0\4ab")):
            write(f"{kind}-{name}-{at}", b"".join(parts[:at]) + stray + b"".join(parts[at:]), expected)
    write(f"{kind}-no-end", stream[:-2], expected)
    write(f"{kind}-half-an-end", stream[:-1], expected)
    write(f"{kind}-zeros-for-an-end", stream[:-2] + bytes(5000), expected)
    write(f"{kind}-zeros-before-the-end", stream[:-2] + bytes(9) + stream[-2:], expected)
    write(f"{kind}-text-behind", stream + b"[Image Info]\r\n" * 9, expected)
    write(f"{kind}-another-behind", stream + stream, expected)
    for share in (3, 5, 9):
        write(f"{kind}-cut-to-{share}0-percent", stream[: len(stream) * share // 10], None)
comment = "Größe 5 µm".encode("latin-1")
write("comment", baseline[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + baseline[2:], imagecodecs.jpeg8_decode(baseline))
