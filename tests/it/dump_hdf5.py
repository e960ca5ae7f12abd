"""Prints an HDF5 file as JSON: {path: {...}} for every object, read by h5py.

Arrays of more than 200 elements are given by the SHA-256 of their bytes.
"""

import hashlib
import json
import sys

import h5py
import numpy


def plain(value):
    if isinstance(value, h5py.Empty):
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, numpy.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, numpy.generic):
        return plain(value.item())
    return value


def described(node):
    found = {"attributes": {name: plain(value) for name, value in node.attrs.items()}}
    if not isinstance(node, h5py.Dataset):
        return found
    string = h5py.check_string_dtype(node.dtype)
    found["shape"] = list(node.shape)
    found["dtype"] = "text" if string else str(node.dtype)
    found["filters"] = [node.compression, node.shuffle]
    if string:
        found["variable_utf8"] = string.length is None and string.encoding == "utf-8"
        found["value"] = plain(node.asstr()[()])
    else:
        values = node[()]
        found["sha256"] = hashlib.sha256(values.tobytes()).hexdigest()
        if values.size <= 200:
            found["value"] = plain(values)
    return found


def default_plot(file):
    node = file
    while "default" in node.attrs:
        node = node[node.attrs["default"]]
    return node[node.attrs["signal"]].name


def main(path):
    with h5py.File(path, "r") as file:
        objects = {"/": described(file)}
        names = []
        file.visit_links(names.append)
        for name in names:
            objects["/" + name] = described(file[name])
        print(json.dumps({"objects": objects, "default_plot": default_plot(file)}))


main(sys.argv[1])
