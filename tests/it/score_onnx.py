"""Scores prepared pictures with an exported classifier, in ONNX Runtime.

usage: score_onnx.py FOLDER

The folder holds model.onnx, output_labels.txt and, below prepared/, PNG files. Prints one JSON
object: what the file says of itself, and the scores of every picture by category.
"""

import json
import os
import sys

import imagecodecs
import numpy as np
import onnx
import onnxruntime


def main(folder):
    path = os.path.join(folder, "model.onnx")
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    with open(os.path.join(folder, "output_labels.txt"), encoding="utf-8") as file:
        labels = file.read().splitlines()
    [taken], [given] = session.get_inputs(), session.get_outputs()
    scores = {}
    prepared = os.path.join(folder, "prepared")
    for below, _, names in sorted(os.walk(prepared)):
        for name in sorted(names):
            with open(os.path.join(below, name), "rb") as file:
                picture = imagecodecs.png_decode(file.read())
            assert picture.dtype == np.uint8, picture.dtype
            pixels = picture.astype(np.float32)[None, None]
            [row] = session.run([given.name], {taken.name: pixels})[0].tolist()
            image = os.path.relpath(os.path.join(below, name), prepared)
            scores[os.path.splitext(image)[0]] = dict(zip(labels, row, strict=True))
    json.dump({
        "input": {"name": taken.name, "shape": taken.shape, "type": taken.type},
        "output": {"name": given.name, "shape": given.shape, "type": given.type},
        "metadata": session.get_modelmeta().custom_metadata_map,
        "scores": scores,
    }, sys.stdout)


main(sys.argv[1])
