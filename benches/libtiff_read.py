"""Prints the seconds that libtiff takes to read and unpack all strips of a file."""

import ctypes
import ctypes.util
import sys
import time

# What the system's loader finds; the name with a version where there is no development package.
name = ctypes.util.find_library("tiff") or "libtiff.so.6"
tiff = ctypes.CDLL(name)
tiff.TIFFOpen.restype = ctypes.c_void_p
tiff.TIFFOpen.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
tiff.TIFFNumberOfStrips.argtypes = [ctypes.c_void_p]
tiff.TIFFStripSize.argtypes = [ctypes.c_void_p]
tiff.TIFFStripSize.restype = ctypes.c_ssize_t
tiff.TIFFReadEncodedStrip.restype = ctypes.c_ssize_t
tiff.TIFFReadEncodedStrip.argtypes = [
    ctypes.c_void_p,
    ctypes.c_uint32,
    ctypes.c_void_p,
    ctypes.c_ssize_t,
]
tiff.TIFFSetWarningHandler.argtypes = [ctypes.c_void_p]
tiff.TIFFSetWarningHandler(None)

started = time.perf_counter()
file = tiff.TIFFOpen(sys.argv[1].encode(), b"r")
strips, size = tiff.TIFFNumberOfStrips(file), tiff.TIFFStripSize(file)
# The whole image in memory, as a program needs it.
image = ctypes.create_string_buffer(strips * size)
at = ctypes.addressof(image)
for strip in range(strips):
    if tiff.TIFFReadEncodedStrip(file, strip, at + strip * size, size) < 0:
        sys.exit("libtiff cannot read the file")
print(time.perf_counter() - started)
