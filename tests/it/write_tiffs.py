"""Writes TIFF files of every kind that microscopes and programs write, by tifffile, into the folder
given, each with its true values beside it (NAME.values: little-endian, row by row)."""

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


for compression in (None, "lzw", "zlib", "packbits", "adobe_deflate"):
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
