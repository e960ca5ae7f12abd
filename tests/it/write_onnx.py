"""Writes the small ONNX networks that tests/it/cli_onnx.rs imports, with the onnx package.

usage: write_onnx.py FOLDER

All take a picture and take its mean and the mean of its square, from which everything else is
computed: what each gives is easily told by hand.
"""

import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 32
OPSET = 13
FEATURES = 8
CATEGORIES = 3


def constant(name, values, kind=np.float32):
    return numpy_helper.from_array(np.asarray(values, kind), name)


def weights(rows, columns):
    """Different in every place, and small."""
    index = np.arange(rows * columns, dtype=np.float32).reshape(rows, columns)
    return np.sin(index * 1.7) * 0.5


def network(end, shape=("N", 3, SIDE, SIDE), kind=TensorProto.FLOAT, outputs=("scores",), more=()):
    """Convolution, pool, features and scores, closed by the nodes `end`."""
    channels_last = shape[-1] in (1, 3)
    channels = shape[-1] if channels_last else shape[1]
    channels = channels if isinstance(channels, int) else 3
    picture = "picture"
    nodes = []
    if channels_last:
        nodes.append(helper.make_node("Transpose", [picture], ["planes"], perm=[0, 3, 1, 2]))
        picture = "planes"
    kernel = weights(FEATURES, channels * 9).reshape(FEATURES, channels, 3, 3)
    nodes += [
        helper.make_node("Conv", [picture, "kernel"], ["map"], strides=[2, 2]),
        helper.make_node("Relu", ["map"], ["rectified"]),
        helper.make_node("GlobalAveragePool", ["rectified"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["features_inside"]),
        helper.make_node("Gemm", ["features_inside", "weights"], ["sums"], transB=1),
    ]
    graph = helper.make_graph(
        nodes + end,
        "test",
        [helper.make_tensor_value_info("picture", kind, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [constant("kernel", kernel), constant("weights", weights(CATEGORIES, FEATURES)), *more],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)


def ending(kind, **attributes):
    return [helper.make_node(kind, ["sums"], ["scores"], **attributes)]


def main(folder):
    def save(name, model, **how):
        onnx.save(model, os.path.join(folder, name + ".onnx"), **how)

    save("logits", network(ending("Identity")))
    save("softmax", network(ending("Softmax", axis=1)))
    save("sigmoid", network(ending("Sigmoid")))
    # Probabilities that no Softmax makes.
    share = [
        helper.make_node("Exp", ["sums"], ["exponentials"]),
        helper.make_node("ReduceSum", ["exponentials", "axes"], ["total"], keepdims=1),
        helper.make_node("Div", ["exponentials", "total"], ["scores"]),
    ]
    save("shares", network(share, more=[constant("axes", [1], np.int64)]))
    save("two_outputs", network(ending("Identity"), outputs=("scores", "features_inside")))

    save("channels_last", network(ending("Identity"), shape=(1, SIDE, SIDE, 3)))
    save("grey", network(ending("Identity"), shape=("N", 1, SIDE, SIDE)))
    save("open_size", network(ending("Identity"), shape=("N", 3, "H", "W")))
    save("no_picture", network(ending("Identity"), shape=("N", 3 * SIDE)))
    save("oblong", network(ending("Identity"), shape=("N", 3, SIDE, 2 * SIDE)))
    save("eight_at_once", network(ending("Identity"), shape=(8, 3, SIDE, SIDE)))
    save("enormous", network(ending("Identity"), shape=("N", 3, 10**6, 10**6)))
    save("bytes", network(ending("Identity"), kind=TensorProto.UINT8))

    save("not_a_number", network([
        helper.make_node("Sub", ["sums", "sums"], ["zero"]),
        helper.make_node("Div", ["zero", "zero"], ["scores"]),
    ]))
    save("always_the_same", network([
        helper.make_node("Mul", ["sums", "nothing"], ["scores"]),
    ], more=[constant("nothing", [0.0])]))
    save("unknown_operator", network([
        helper.make_node("Frobnicate", ["sums"], ["scores"], domain="nowhere"),
    ]))

    save("beside", network(ending("Identity")), save_as_external_data=True,
         location="beside.data", size_threshold=0)
    save("lost", network(ending("Identity")), save_as_external_data=True,
         location="lost.data", size_threshold=0)
    os.remove(os.path.join(folder, "lost.data"))
    save("cut", network(ending("Identity")), save_as_external_data=True,
         location="cut.data", size_threshold=0)
    os.truncate(os.path.join(folder, "cut.data"), 40)
    elsewhere = network(ending("Identity"))
    kernel = elsewhere.graph.initializer[0]
    kernel.ClearField("raw_data")
    kernel.data_location = TensorProto.EXTERNAL
    kernel.external_data.add(key="location", value="../outside.data")
    save("elsewhere", elsewhere)

    claims = network(ending("Identity"))
    claims.graph.initializer[0].dims[0] = 10**12
    save("claims", claims)
    overflowing = network(ending("Identity"))
    overflowing.graph.initializer[0].dims[:] = [2**62, 2**62]
    save("overflowing", overflowing)
    # A terabyte, made out of nothing while the network is loaded.
    made = [
        helper.make_node("ConstantOfShape", ["huge"], ["zeros"]),
        helper.make_node("ReduceSum", ["zeros"], ["none"], keepdims=0),
        helper.make_node("Add", ["sums", "none"], ["scores"]),
    ]
    save("made_of_nothing", network(made, more=[constant("huge", [500_000, 500_000], np.int64)]))
    padded = [
        helper.make_node("Pad", ["rectified", "margins"], ["padded"]),
        helper.make_node("GlobalAveragePool", ["padded"], ["padded_mean"]),
        helper.make_node("Flatten", ["padded_mean"], ["scores"]),
    ]
    margins = constant("margins", [0, 0, 250_000, 250_000] * 2, np.int64)
    save("padded", network(padded, more=[margins]))


main(sys.argv[1])
