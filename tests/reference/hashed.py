"""Networks that ONNX Runtime runs, with weights hashed from their names."""

import numpy as np
import onnx
import onnxruntime
from hashed_values import hashed
from onnx import TensorProto, helper, numpy_helper


class Network:
    """A chain of operations, whose weights are hashed from their PyTorch names."""

    def __init__(self):
        self.nodes, self.tensors = [], {}

    def add(self, op, inputs, **attributes):
        name = f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        return name

    def weight(self, name, shape, scale, offset=0.0):
        self.tensors[name] = hashed(name, shape, scale, offset)
        return name

    def kernel(self, key, shape, inputs):
        """A weight, scaled so that activations keep their magnitude through a ReLU."""
        scale = float(np.sqrt(6.0 / (inputs * np.prod(shape[2:], initial=1.0))))
        return self.weight(f"{key}.weight", shape, scale)

    def bias(self, key, outputs):
        return self.weight(f"{key}.bias", (outputs,), 0.1)

    def conv(self, x, key, inputs, outputs, size, stride, pad):
        weight = self.kernel(key, (outputs, inputs, size, size), inputs)
        return self.add("Conv", [x, weight, self.bias(key, outputs)], strides=[stride] * 2, pads=[pad] * 4)

    def transposed(self, x, key, inputs, outputs, size, stride, pad, output_padding):
        # Each output uses one in stride * stride of the kernel's values.
        weight = self.kernel(key, (inputs, outputs, size, size), inputs / stride**2)
        return self.add(
            "ConvTranspose",
            [x, weight, self.bias(key, outputs)],
            strides=[stride] * 2,
            pads=[pad] * 4,
            output_padding=[output_padding] * 2,
        )

    def linear(self, x, key, inputs, outputs):
        weight = self.kernel(key, (outputs, inputs), inputs)
        return self.add("Gemm", [x, weight, self.bias(key, outputs)], transB=1)

    def run(self, output, feeds, rank=4):
        inputs = [helper.make_tensor_value_info(k, TensorProto.FLOAT, v.shape) for k, v in feeds.items()]
        outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, [None] * rank)]
        initializers = [numpy_helper.from_array(values, name) for name, values in self.tensors.items()]
        graph = helper.make_graph(self.nodes, "network", inputs, outputs, initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run([output], feeds)[0]
