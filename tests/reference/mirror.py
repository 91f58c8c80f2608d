"""Golden numbers for mirror's network, computed by ONNX Runtime on weights hashed from their names, or its speed there.

Needs numpy, onnx and onnxruntime. Usage: mirror.py > mirror.json, or mirror.py --time [THREADS] for the time in
milliseconds of one face at ten ages at 128 px, to compare with `cargo bench --bench kernels -- network`.
"""

import json
import sys
import time

import numpy as np
import onnxruntime
from hashed import Network
from hashed_values import hashed, summary
from onnx import TensorProto, helper, numpy_helper

WIDTHS = [24, 24, 48, 96]
STYLE, CODE = 64, 16
CENTRES = np.array([0, 1.5, 3.5, 6, 9, 12, 15.5, 19, 23, 28, 34, 41, 49, 58, 68, 80])
REACH, GAIN, GENTLE = 0.08, 1.2, 0.25


def age_codes(ages):
    last = len(CENTRES) - 1
    width = [
        (CENTRES[min(i + 1, last)] - CENTRES[max(i - 1, 0)]) / (min(i + 1, last) - max(i - 1, 0))
        for i in range(last + 1)
    ]
    bumps = np.exp(-(((np.array(ages)[:, None] - CENTRES) / np.array(width)) ** 2))
    return bumps / bumps.sum(1, keepdims=True)


class Mirror(Network):
    def const(self, name, values):
        self.tensors[name] = np.asarray(values, np.float32)
        return name

    def leaky(self, x):
        return self.add("LeakyRelu", [x], alpha=0.2)

    def taps(self, channels, scale):
        line = np.array([1, 3, 3, 1], np.float32)
        return self.const(f"taps.{channels}.{scale}", np.tile(np.outer(line, line) * scale, (channels, 1, 1, 1)))

    def down(self, x, channels):
        filters = self.taps(channels, 1 / 64)
        return self.add("Conv", [x, filters], strides=[2, 2], pads=[1] * 4, group=channels)

    def up(self, x, channels):
        filters = self.taps(channels, 1 / 16)
        return self.add("ConvTranspose", [x, filters], strides=[2, 2], pads=[1] * 4, group=channels)

    def conv3(self, x, key, inputs, outputs):
        return self.conv(x, key, inputs, outputs, 3, 1, 1)

    def residual(self, x, key, width):
        y = self.leaky(self.conv3(x, f"{key}.first", width, width))
        return self.add("Add", [self.conv3(y, f"{key}.second", width, width), x])

    def encoder(self, x):
        quads = self.add("SpaceToDepth", [x], blocksize=2)
        a = self.leaky(self.conv3(quads, "encoder.stem", 12, WIDTHS[0]))
        b = self.leaky(self.conv3(self.down(a, 24), "encoder.enter.0", 24, 24))
        b = self.leaky(self.conv3(b, "encoder.fine", 24, 24))
        c = self.leaky(self.conv3(self.down(b, 24), "encoder.enter.1", 24, 48))
        c = self.residual(c, "encoder.middle", 48)
        d = self.leaky(self.conv3(self.down(c, 48), "encoder.enter.2", 48, 96))
        for i in range(3):
            d = self.residual(d, f"encoder.deep.{i}", 96)
        return a, b, c, d, self.add("ReduceMean", [d], axes=[2, 3], keepdims=0)

    def styled(self, x, key, width, style):
        y = self.conv3(x, f"{key}.conv", width, width)
        axes = self.add("Constant", [], value=numpy_helper.from_array(np.array([2, 3], np.int64)))
        gain = self.add("Add", [self.linear(style, f"{key}.gain", STYLE, width), self.const("one", [1.0])])
        gain = self.add("Unsqueeze", [gain, axes])
        shift = self.add("Unsqueeze", [self.linear(style, f"{key}.shift", STYLE, width), axes])
        return self.leaky(self.add("Add", [self.add("Mul", [y, gain]), shift]))

    def scaled(self, x, factor):
        return self.add("Mul", [x, self.const(f"factor.{factor}", [factor])])

    def part(self, x, start, end):
        bounds = [np.array([v], np.int64) for v in (start, end, 1)]
        bounds = [self.add("Constant", [], value=numpy_helper.from_array(v)) for v in bounds]
        return self.add("Slice", [x, *bounds])

    def decoder(self, maps, ages):
        a, b, c, d, summary_of_face = maps
        known = self.add("Concat", [ages, self.scaled(summary_of_face, 0.3)], axis=1)
        style = self.leaky(self.linear(known, "decoder.style_hidden", 2 * CODE + 1 + 96, STYLE))
        style = self.leaky(self.linear(style, "decoder.style", STYLE, STYLE))
        deep = self.styled(d, "decoder.deep.0", 96, style)
        x = self.add("Add", [d, self.styled(deep, "decoder.deep.1", 96, style)])
        flow = None
        for level, skip in enumerate((c, b, a)):
            inputs, width = WIDTHS[3 - level], WIDTHS[2 - level]
            x = self.up(self.conv(x, f"decoder.rise.{level}", inputs, width, 1, 1, 0), width)
            x = self.styled(self.add("Add", [x, skip]), f"decoder.styled.{level}", width, style)
            if level < 2:
                here = self.conv3(x, ["decoder.flow", "decoder.flow_fine"][level], width, 2)
                flow = here if flow is None else self.add("Add", [self.up(flow, 2), here])
        flow = self.scaled(self.up(self.up(self.add("Tanh", [flow]), 2), 2), REACH)
        paint = self.up(self.conv3(x, "decoder.paint", 24, 5), 5)
        detail = self.add("DepthToSpace", [self.conv3(x, "decoder.detail", 24, 12)], blocksize=2)
        colours = self.add("Add", [self.part(paint, 0, 3), detail])
        residual = self.add("Tanh", [self.scaled(colours, GENTLE)])
        mask = self.add("Sigmoid", [self.part(paint, 3, 4)])
        gain = self.add("Exp", [self.scaled(self.add("Tanh", [self.part(paint, 4, 5)]), GAIN)])
        return self.add("Concat", [residual, mask, flow, gain], axis=1)


def conditions(present, ages):
    present = np.full(len(ages), present)
    way = (np.array(ages) - present)[:, None] / 20
    return np.concatenate([3 * age_codes(ages), 3 * age_codes(present), way], 1).astype(np.float32)


def golden():
    network = Mirror()
    output = network.decoder(network.encoder("x"), "ages")
    ages, present = [5.0, 70.0], [31.0, 31.0]
    picture = np.repeat(hashed("input", (1, 3, 64, 64), 1.0), 2, 0)
    y = network.run(output, {"x": picture, "ages": conditions(31.0, ages)})
    # At a distant target age nearly all of a change applies.
    y[:, 3] *= (1 - np.exp(-(((np.array(ages) - present) / 4) ** 2)))[:, None, None]
    indices = [(0, c, r, s) for c, r, s in ((0, 0, 0), (1, 63, 5), (2, 31, 40), (3, 20, 63), (4, 9, 9), (6, 50, 2))]
    indices += [(1, c, r, s) for c, r, s in ((0, 63, 63), (1, 1, 32), (3, 0, 63), (4, 33, 30), (5, 62, 1), (6, 7, 7))]
    print(json.dumps(summary(y, indices), indent=1))


def session(network, outputs, feeds, threads):
    shapes = lambda values: [helper.make_tensor_value_info(k, TensorProto.FLOAT, v) for k, v in values]
    initializers = [numpy_helper.from_array(values, name) for name, values in network.tensors.items()]
    graph = helper.make_graph(
        network.nodes, "mirror", shapes(feeds), shapes((o, [None] * r) for o, r in outputs), initializers
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def inference(ages, threads):
    """A function that runs encoder and decoder for one face at `ages`, as the program does."""
    count = len(ages)
    encoder = Mirror()
    maps = encoder.encoder("x")
    encode = session(encoder, [(m, 4) for m in maps[:4]] + [(maps[4], 2)], [("x", [1, 3, 128, 128])], threads)
    decoder = Mirror()
    inputs = ("a", "b", "c", "d", "summary")
    output = decoder.decoder(inputs, "ages")
    shapes = [[count, 24, 64, 64], [count, 24, 32, 32], [count, 48, 16, 16], [count, 96, 8, 8], [count, 96], [count, 33]]
    decode = session(decoder, [(output, 4)], list(zip((*inputs, "ages"), shapes)), threads)
    picture, known = hashed("input", (1, 3, 128, 128), 1.0), conditions(31.0, ages)

    def run():
        found = encode.run(None, {"x": picture})
        many = {name: np.repeat(value, count, 0) for name, value in zip(inputs, found)}
        return decode.run(None, {**many, "ages": known})

    return run


def timed(threads):
    run = inference([1.5, 4.5, 8, 12, 17, 25, 35, 45, 59, 75], threads)
    times = []
    for _ in range(60):
        start = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - start))
    print(f"ONNX Runtime, {threads} threads: {np.median(times[10:]):.2f} ms (median), {min(times):.2f} ms (least)")


if __name__ == "__main__":
    if "--time" in sys.argv:
        timed(int(sys.argv[-1]) if sys.argv[-1].isdigit() else 1)
    else:
        golden()
