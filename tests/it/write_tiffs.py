"""Writes TIFF files of every kind that microscopes and programs write, by tifffile, into the folder
given, each with its true values beside it (NAME.values: little-endian, row by row)."""

import struct
import sys
from pathlib import Path

import numpy as np
import tifffile

folder = Path(sys.argv[1])
height, width = 150, 201
y, x = np.mgrid[0:height, 0:width]
gray8 = ((x * 5 + y * 3 + (x * y) % 7) % 256).astype(np.uint8)
gray16 = (gray8.astype(np.uint16) * 251 + 7)
gray12 = (gray8.astype(np.uint16) * 16 + 3)
color8 = np.stack([gray8, 255 - gray8, gray8 // 2], axis=-1)
rgb_gray8 = np.stack([gray8] * 3, axis=-1)
rgba_gray8 = np.stack([gray8] * 3 + [np.full_like(gray8, 255)], axis=-1)
rgb_gray16 = np.stack([gray16] * 3, axis=-1)


def write(name, values, pixels=None, photometric="minisblack", **options):
    """`values` are what a reader should see, `pixels` what goes into the file."""
    stored = values if pixels is None else pixels
    tifffile.imwrite(folder / f"{name}.tif", stored, photometric=photometric, metadata=None, **options)
    little = values.astype(values.dtype.newbyteorder("<"))
    (folder / f"{name}.values").write_bytes(little.tobytes())


for compression in (None, "lzw", "zlib", "packbits", "adobe_deflate", "zstd", "lzma"):
    for predictor in (False, True):
        if predictor and compression in (None, "packbits"):
            continue
        for depth, values in (("8", gray8), ("16", gray16)):
            for kind, layout in (("strips", {"rowsperstrip": 13}), ("tiles", {"tile": (64, 32)})):
                for order in "<>":
                    name = f"gray{depth}-{compression}-{predictor}-{kind}-{'big' if order == '>' else 'little'}"
                    write(name, values, compression=compression, predictor=predictor, byteorder=order, **layout)

write("bigtiff8", gray8, bigtiff=True)
write("bigtiff16-big-endian", gray16, bigtiff=True, byteorder=">", compression="lzw")
write("twelve-bits-in-sixteen", gray12)
# White is zero: the values seen are the stored ones turned over.
write("miniswhite8", gray8, pixels=255 - gray8, photometric="miniswhite")
write("miniswhite16", gray16, pixels=65535 - gray16, photometric="miniswhite")
# A grey ramp as a palette, as Zeiss has it; a scrambled one; one with colours for marks.
ramp = np.stack([np.arange(256, dtype=np.uint16) * 257] * 3)
write("palette-ramp", gray8, photometric="palette", colormap=ramp)
turned = ramp[:, ::-1].copy()
write("palette-turned", gray8, pixels=255 - gray8, photometric="palette", colormap=turned)
marked = ramp.copy()
marked[:, 9::9][:, :20] = np.array([[65535], [0], [0]])
no_marks = np.where(np.isin(gray8, np.arange(9, 256, 9)[:20]), gray8 + 1, gray8)
write("palette-with-marks", no_marks, photometric="palette", colormap=marked)
# Grey that was saved as colour.
write("rgb-of-gray8", gray8, pixels=rgb_gray8, photometric="rgb")
write("rgba-of-gray8", gray8, pixels=rgba_gray8, photometric="rgb", extrasamples=["unassalpha"])
write("rgb-of-gray16", gray16, pixels=rgb_gray16, photometric="rgb", compression="zlib")
write("rgb-of-gray8-planes", gray8, pixels=np.moveaxis(rgb_gray8, -1, 0).copy(), photometric="rgb", planarconfig="separate")
write("rgb-tiles", gray8, pixels=rgb_gray8, photometric="rgb", tile=(64, 64), compression="lzw", predictor=True)
write("gray-and-alpha", gray8, pixels=np.stack([gray8, np.full_like(gray8, 200)], axis=-1), extrasamples=["unassalpha"], planarconfig="contig")
# True colour stays colour.
write("color8", color8, photometric="rgb")
write("color8-planes", color8, pixels=np.moveaxis(color8, -1, 0).copy(), photometric="rgb", planarconfig="separate")
# Lossy: near, not equal.
smooth = (x * 255 // width).astype(np.uint8)
middle = np.full_like(smooth, 128)
jpeg = {"compression": "jpeg", "compressionargs": {"level": 95}}
write("jpeg-gray", smooth, rowsperstrip=48, **jpeg)
write("jpeg-rgb-of-gray", smooth, pixels=np.stack([smooth] * 3, axis=-1), photometric="rgb", rowsperstrip=48, **jpeg)
# tifffile takes brightness and colour differences here, which are 128 for grey.
write("jpeg-ycbcr-of-gray", smooth, pixels=np.stack([smooth, middle, middle], axis=-1), photometric="ycbcr", rowsperstrip=48, **jpeg)

# Several pages: a reduced copy first, then the image, then another of another depth.
with tifffile.TiffWriter(folder / "pages.tif") as tiff:
    tiff.write(gray8[::4, ::4].copy(), photometric="minisblack", subfiletype=1, metadata=None)
    tiff.write(gray8, photometric="minisblack", metadata=None)
    tiff.write(gray16, photometric="minisblack", compression="lzw", metadata=None)

# Values that are no whole numbers of up to 16 bits; the reader widens those of 8 and 16 bits.
signed = gray8.astype(np.int64) - 128
wide = {np.int8: np.int32, np.int16: np.int32, np.float16: np.float32}
for dtype, values in (
    (np.int8, signed),
    (np.int16, signed * 250),
    (np.int32, signed * 16_000_000),
    (np.int64, signed * (1 << 55)),
    (np.uint32, gray8.astype(np.uint64) * 16_000_000),
    (np.uint64, gray8.astype(np.uint64) * (1 << 56)),
    (np.float16, signed / 128),
    (np.float32, signed / 128 * 1e-9),
    (np.float64, signed / 128 * 1e200),
):
    stored = values.astype(dtype)
    if dtype in (np.float32, np.float64):
        stored[3, 4:9] = np.nan, np.inf, -np.inf, -0.0, np.finfo(dtype).tiny
    read = stored.astype(wide.get(dtype, dtype))
    for order in "<>":
        name = f"exact-{np.dtype(dtype).name}-{'big' if order == '>' else 'little'}"
        write(f"{name}-strips", read, pixels=stored, byteorder=order, rowsperstrip=13)
        predictor = dtype not in (np.int64, np.uint64)  # the writer has none for these
        write(f"{name}-packed", read, pixels=stored, byteorder=order, compression="zlib", predictor=predictor, tile=(64, 32))
write("exact-rgb-of-gray", signed.astype(np.float32), pixels=np.stack([signed.astype(np.float32)] * 3, axis=-1), photometric="rgb")
write("exact-miniswhite", signed.astype(np.float32), photometric="miniswhite")


def pages_of(path):
    with tifffile.TiffFile(path) as tiff:
        return [(page.dataoffsets, page.databytecounts, {tag.code: tag for tag in page.tags}) for page in tiff.pages]


def with_reversed_bits(name):
    """The file of this name with the bits of each byte of its pixels the lowest first (tag 266)."""
    path = folder / f"{name}.tif"
    file = bytearray(path.read_bytes())
    offsets, counts, tags = pages_of(path)[0]
    for offset, count in zip(offsets, counts):
        part = np.frombuffer(file[offset : offset + count], np.uint8)
        file[offset : offset + count] = np.packbits(np.unpackbits(part), bitorder="little").tobytes()
    struct.pack_into("<H", file, tags[269].offset, 266)  # which the writer does not write
    path.write_bytes(file)
    expected = np.frombuffer((folder / f"{name}.values").read_bytes(), np.uint8)
    other = tifffile.imread(path)
    other = other.astype(np.uint8) * 255 if other.dtype == bool else other
    assert other.tobytes() == expected.tobytes(), name


fill_order = {"extratags": [(269, 3, 1, 2, True)]}
is_bright = gray8 > 99
write("reversed-bits-1", np.where(is_bright, 255, 0).astype(np.uint8), pixels=is_bright, **fill_order)
with_reversed_bits("reversed-bits-1")
for compression in (None, "lzw", "zlib", "packbits"):
    for depth, values in (("8", gray8), ("16", gray16)):
        name = f"reversed-bits-{depth}-{compression}"
        write(name, values, compression=compression, rowsperstrip=40, **fill_order)
        with_reversed_bits(name)

# As the picture is seen: what each number of tag 274 does to the stored rows, by TIFF 6.0.
turns = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: np.swapaxes(a, 0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.swapaxes(a[::-1, ::-1], 0, 1),
    8: lambda a: np.rot90(a, 1),
    0: lambda a: a,
    9: lambda a: a,
}
for number, turn in turns.items():
    turned = {"extratags": [(274, 3, 1, number, True)]}
    write(f"turned-{number}", turn(gray8), pixels=gray8, **turned)
    write(f"turned-{number}-tiles-16", turn(gray16), pixels=gray16, tile=(64, 32), compression="zlib", **turned)
    write(f"turned-{number}-palette", turn(gray8), pixels=gray8, photometric="palette", colormap=ramp, **turned)
    write(f"color-turned-{number}", turn(color8), pixels=color8, photometric="rgb", **turned)
    write(f"exact-turned-{number}", turn(signed.astype(np.float32)), pixels=signed.astype(np.float32), **turned)
# Each page has its own.
with tifffile.TiffWriter(folder / "turned-pages.tif") as tiff:
    tiff.write(gray8, photometric="minisblack", metadata=None)
    tiff.write(gray8, photometric="minisblack", metadata=None, extratags=[(274, 3, 1, 6, True)])

# Pages that are no picture of their own by the older tag, and a mask by the newer one.
for name, mark in (("old-mark", (255, 3, 1, 2, True)), ("mask", (254, 4, 1, 4, True))):
    with tifffile.TiffWriter(folder / f"page-aside-{name}.tif") as tiff:
        if mark[0] == 254:
            tiff.write(is_bright[::4, ::4].copy(), photometric="mask", metadata=None, subfiletype=4)
        else:
            tiff.write(gray8[::4, ::4].copy(), photometric="minisblack", metadata=None, extratags=[mark])
        tiff.write(gray8, photometric="minisblack", metadata=None)


def with_places(name, values, change, **options):
    """A file whose offsets and counts of parts are changed; `change` gets and gives both."""
    write(name, values, **options)
    path = folder / f"{name}.tif"
    file = bytearray(path.read_bytes())
    offsets, counts, tags = pages_of(path)[0]
    places = tags[273 if 273 in tags else 324], tags[279 if 279 in tags else 325]
    for tag, numbers in zip(places, change(list(offsets), list(counts))):
        struct.pack_into(f"<{len(numbers)}{'HI'[tag.dtype == 4]}", file, tag.valueoffset, *numbers)
    path.write_bytes(file)


for compression in (None, "zlib"):
    strips = {"rowsperstrip": 50, "compression": compression}
    with_places(f"counts-zero-{compression}", gray16, lambda offsets, counts: (offsets, [0] * len(counts)), **strips)
    holed = gray16.copy()
    holed[50:100] = 0
    hole = lambda numbers: [0 if i == 1 else number for i, number in enumerate(numbers)]
    with_places(f"hole-strip-{compression}", gray16, lambda offsets, counts: (hole(offsets), hole(counts)), **strips)
    (folder / f"hole-strip-{compression}.values").write_bytes(holed.tobytes())
holed = gray8.copy()
holed[:64, 64:128] = 0
with_places("hole-tile", gray8, lambda offsets, counts: (hole(offsets), hole(counts)), tile=(64, 64), compression="lzw")
(folder / "hole-tile.values").write_bytes(holed.tobytes())
# These are to be refused.
for name, change in (
    ("refused-all-holes", lambda offsets, counts: ([0] * 3, [0] * 3)),
    ("refused-part-in-the-header", lambda offsets, counts: (hole(offsets), counts)),
):
    with_places(name, gray8, change, rowsperstrip=50)
    (folder / f"{name}.values").unlink()
