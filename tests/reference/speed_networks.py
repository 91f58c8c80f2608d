"""The networks in PyTorch, with random weights of the published shapes, for `speed.py`.

They are written as their papers and published programs describe them, with PyTorch's own layers. Only their speed
matters here; other scripts in this folder compare values.
"""

import torch
from torch import nn
from torch.nn import functional as F

ROOT2 = 2**0.5


def parameter(*shape, inputs=None, scale=1.0):
    fan_in = inputs or torch.tensor(shape[1:]).prod().item()
    return nn.Parameter(torch.randn(*shape) * scale * (2.0 / fan_in) ** 0.5)


def leaky(x):
    return F.leaky_relu(x, 0.2)


class Taps(nn.Module):
    """The filter (1, 3, 3, 1) along both axes, one channel at a time."""

    def __init__(self, scale):
        super().__init__()
        line = torch.tensor([1.0, 3.0, 3.0, 1.0])
        self.register_buffer("taps", torch.outer(line, line)[None, None] * scale)

    def of(self, x):
        return self.taps.to(x.dtype).expand(x.shape[1], 1, 4, 4)


class Down(Taps):
    def __init__(self):
        super().__init__(1 / 64)

    def forward(self, x):
        return F.conv2d(x, self.of(x), stride=2, padding=1, groups=x.shape[1])


class Up(Taps):
    def __init__(self):
        super().__init__(1 / 16)

    def forward(self, x):
        return F.conv_transpose2d(x, self.of(x), stride=2, padding=1, groups=x.shape[1])


class Blur(Taps):
    def __init__(self, pad, gain=1.0):
        super().__init__(gain / 64)
        self.pad = pad

    def forward(self, x):
        return F.conv2d(x, self.of(x), padding=self.pad, groups=x.shape[1])


# Mirror


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x):
        return self.second(leaky(self.first(x))) + x


class Modulated(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.gain, self.shift = nn.Linear(64, width), nn.Linear(64, width)

    def forward(self, x, style):
        gain, shift = self.gain(style) + 1, self.shift(style)
        return leaky(self.conv(x) * gain[:, :, None, None] + shift[:, :, None, None])


class Mirror(nn.Module):
    """One face and `count` ages; the output is (count, 7, side, side): residual, mask, flow, gain."""

    def __init__(self):
        super().__init__()
        conv = lambda inputs, outputs, size=3: nn.Conv2d(inputs, outputs, size, padding=size // 2)
        self.stem, self.fine = conv(12, 24), conv(24, 24)
        self.enter = nn.ModuleList([conv(24, 24), conv(24, 48), conv(48, 96)])
        self.middle, self.deep = Residual(48), nn.Sequential(*(Residual(96) for _ in range(3)))
        self.style_hidden, self.style = nn.Linear(33 + 96, 64), nn.Linear(64, 64)
        self.styled_deep = nn.ModuleList([Modulated(96), Modulated(96)])
        self.rise = nn.ModuleList([conv(96, 48, 1), conv(48, 24, 1), conv(24, 24, 1)])
        self.styled = nn.ModuleList([Modulated(48), Modulated(24), Modulated(24)])
        self.flows = nn.ModuleList([conv(48, 2), conv(24, 2)])
        self.paint, self.detail = conv(24, 5), conv(24, 12)
        self.down, self.up = Down(), Up()

    def encode(self, x):
        a = leaky(self.stem(F.pixel_unshuffle(x, 2)))
        b = leaky(self.fine(leaky(self.enter[0](self.down(a)))))
        c = self.middle(leaky(self.enter[1](self.down(b))))
        d = self.deep(leaky(self.enter[2](self.down(c))))
        return a, b, c, d

    def forward(self, x, ages):
        a, b, c, d = (map.expand(len(ages), -1, -1, -1) for map in self.encode(x))
        style = leaky(self.style_hidden(torch.cat([ages, d.mean((2, 3)) * 0.3], 1)))
        style = leaky(self.style(style))
        x = d + self.styled_deep[1](self.styled_deep[0](d, style), style)
        flow = None
        for level, skip in enumerate((c, b, a)):
            x = self.styled[level](self.up(self.rise[level](x)) + skip, style)
            if level < 2:
                here = self.flows[level](x)
                flow = here if flow is None else self.up(flow) + here
        flow = self.up(self.up(flow.tanh())) * 0.08
        paint = self.up(self.paint(x))
        residual = ((paint[:, :3] + F.pixel_shuffle(self.detail(x), 2)) * 0.25).tanh()
        gain = (paint[:, 4:].tanh() * 1.2).exp()
        return torch.cat([residual, paint[:, 3:4].sigmoid(), flow, gain], 1)


# AgeTransGAN, in the manner of StyleGAN2's PyTorch programs: a modulated convolution has a weight for each picture.


class Equal(nn.Module):
    """A convolution scaled at run time, with √2 leaky(x + b)."""

    def __init__(self, inputs, outputs, size, stride=1, pad=0, activate=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, size, size))
        self.bias = nn.Parameter(torch.zeros(outputs)) if activate else None
        self.scale, self.stride, self.pad = (inputs * size * size) ** -0.5, stride, pad

    def forward(self, x):
        y = F.conv2d(x, self.weight * self.scale, self.bias, self.stride, self.pad)
        return y if self.bias is None else leaky(y) * ROOT2


class EqualResidual(nn.Module):
    def __init__(self, inputs, outputs, halves):
        super().__init__()
        self.conv1 = Equal(inputs, inputs, 3, pad=1)
        if halves:
            self.conv2 = nn.Sequential(Blur(2), Equal(inputs, outputs, 3, stride=2))
            self.skip = nn.Sequential(Blur(1), Equal(inputs, outputs, 1, stride=2, activate=False))
        else:
            self.conv2 = Equal(inputs, outputs, 3, pad=1)
            self.skip = Equal(inputs, outputs, 1, activate=False)

    def forward(self, x):
        return (self.conv2(self.conv1(x)) + self.skip(x)) / ROOT2


class ModulatedEqual(nn.Module):
    def __init__(self, style, inputs, outputs, size, doubles=False, demodulate=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, outputs, inputs, size, size))
        self.modulation = nn.Linear(style, inputs)
        self.scale, self.doubles, self.demodulate = (inputs * size * size) ** -0.5, doubles, demodulate
        self.blur = Blur(1, 4.0)

    def forward(self, x, w):
        n, inputs, height, width = x.shape
        weight = self.weight * self.scale * self.modulation(w).view(n, 1, inputs, 1, 1)
        if self.demodulate:
            weight = weight * (weight.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt()
        outputs, size = weight.shape[1], weight.shape[3]
        x = x.reshape(1, n * inputs, height, width)
        if self.doubles:
            weight = weight.transpose(1, 2).reshape(n * inputs, outputs, size, size)
            y = F.conv_transpose2d(x, weight, stride=2, groups=n)
            return self.blur(y.view(n, outputs, *y.shape[2:]))
        y = F.conv2d(x, weight.view(n * outputs, inputs, size, size), padding=size // 2, groups=n)
        return y.view(n, outputs, *y.shape[2:])


class Styled(nn.Module):
    def __init__(self, style, inputs, outputs, doubles=False):
        super().__init__()
        self.conv = ModulatedEqual(style, inputs, outputs, 3, doubles)
        self.strength, self.bias = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(outputs, 1, 1))

    def forward(self, x, w, noise):
        return leaky(self.conv(x, w) + self.strength * noise + self.bias) * ROOT2


class ToRgb(nn.Module):
    def __init__(self, style, inputs):
        super().__init__()
        self.conv = ModulatedEqual(style, inputs, 3, 1, demodulate=False)
        self.bias, self.up = nn.Parameter(torch.zeros(3, 1, 1)), Up()

    def forward(self, x, w, before=None):
        y = self.conv(x, w) + self.bias
        return y if before is None else y + self.up(before)


class AgeTransGan(nn.Module):
    def __init__(self, side, groups=10, width=512):
        super().__init__()
        channels = lambda side: min(max(64 * width // side, 1), width)
        sides = [side >> i for i in range((side // 16).bit_length())]
        self.first = Equal(3 + groups, channels(side), 1)
        self.trunk = nn.Sequential(*(EqualResidual(channels(a), channels(a // 2), True) for a in sides[:-1]))
        self.identity = nn.Sequential(EqualResidual(width, width, False), EqualResidual(width, width, False))
        self.age = nn.Sequential(
            EqualResidual(width, width, True), EqualResidual(width, width, True), Equal(width, width, 3, pad=1)
        )
        self.style = nn.ModuleList(nn.Linear(width, width) for _ in range(8))
        self.conv1, self.to_rgb1 = Styled(width, width, width), ToRgb(width, width)
        pairs = [(channels(b), channels(a)) for a, b in zip(sides[-2::-1], sides[::-1])]
        self.doubling = nn.ModuleList(Styled(width, a, b, doubles=True) for a, b in pairs)
        self.keeping = nn.ModuleList(Styled(width, b, b) for _, b in pairs)
        self.to_rgb = nn.ModuleList(ToRgb(width, b) for _, b in pairs)
        for i, size in enumerate([16] + [s for s in sides[-2::-1] for _ in range(2)]):
            self.register_buffer(f"noise{i}", torch.randn(1, 1, size, size))

    def forward(self, picture, labels):
        planes = labels[:, :, None, None].expand(-1, -1, *picture.shape[2:])
        x = torch.cat([picture.expand(len(labels), -1, -1, -1), planes], 1)
        code = self.trunk(self.first(x))
        w = self.age(code).mean((2, 3))
        w = w * (w.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for layer in self.style:
            w = leaky(layer(w))
        x = self.conv1(self.identity(code), w, self.noise0)
        picture = self.to_rgb1(x, w)
        for i, (double, keep, to_rgb) in enumerate(zip(self.doubling, self.keeping, self.to_rgb)):
            x = double(x, w, getattr(self, f"noise{2 * i + 1}"))
            x = keep(x, w, getattr(self, f"noise{2 * i + 2}"))
            picture = to_rgb(x, w, picture)
        return picture


# CAAE. TensorFlow pads a 5 x 5 convolution of stride 2 by one in front and two behind.


class Same(nn.Module):
    def __init__(self, inputs, outputs, size, stride, norm=False):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride)
        total = size - stride
        self.pad = (total // 2, total - total // 2) * 2
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3) if norm else nn.Identity()

    def forward(self, x):
        return self.norm(self.conv(F.pad(x, self.pad)))


class Caae(nn.Module):
    def __init__(self, base=64, code=50):
        super().__init__()
        widths = [3] + [base << i for i in range(5)]
        self.convs = nn.ModuleList(Same(a, b, 5, 2) for a, b in zip(widths, widths[1:]))
        self.to_code = nn.Linear(16 * widths[-1], code)
        self.from_code = nn.Linear(code + 50 + 50, 16 * widths[-1])
        ups = [widths[-1] >> i for i in range(6)] + [base // 4]
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 5, stride=2, padding=2, output_padding=1) for a, b in zip(ups[:5], ups[1:6])
        )
        self.last = nn.ModuleList([nn.Conv2d(ups[5], ups[6], 5, padding=2), nn.Conv2d(ups[6], 3, 5, padding=2)])

    def encode(self, x):
        for conv in self.convs:
            x = conv(x).relu()
        return self.to_code(x.flatten(1)).tanh()

    def decode(self, z, ages, genders):
        z = torch.cat([z, ages.repeat(1, 5), genders.repeat(1, 25)], 1)
        x = self.from_code(z).relu().view(len(z), -1, 4, 4)
        for up in self.ups:
            x = up(x).relu()
        return self.last[1](self.last[0](x).relu()).tanh()


class CodeDiscriminator(nn.Sequential):
    def __init__(self, code=50):
        layers, inputs = [], code
        for outputs in (64, 32, 16):
            layers += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs, eps=1e-3), nn.ReLU()]
            inputs = outputs
        super().__init__(*layers, nn.Linear(inputs, 1))


class FaceDiscriminator(nn.Module):
    def __init__(self, base=64):
        super().__init__()
        widths = [base // 4 << i for i in range(4)]
        inputs = [3, widths[0] + 20, *widths[1:3]]
        self.convs = nn.ModuleList(Same(a, b, 5, 2, norm=True) for a, b in zip(inputs, widths))
        self.dense = nn.Sequential(nn.Linear(64 * widths[-1], 1024), nn.LeakyReLU(0.2), nn.Linear(1024, 1))

    def forward(self, x, ages, genders):
        labels = torch.cat([ages, genders.repeat(1, 5)], 1)[:, :, None, None]
        for i, conv in enumerate(self.convs):
            x = conv(x).relu()
            if i == 0:
                x = torch.cat([x, labels.expand(-1, -1, *x.shape[2:])], 1)
        return self.dense(x.flatten(1))


# IPCGAN


class IpcganGenerator(nn.Module):
    def __init__(self, base=32):
        super().__init__()
        wide = 4 * base
        norm = lambda layer, outputs: nn.Sequential(layer, nn.BatchNorm2d(outputs, eps=1e-3))
        self.enter = nn.Sequential(
            Same(8, base, 7, 1, norm=True), nn.ReLU(), Same(base, 2 * base, 3, 2, norm=True), nn.ReLU(),
            Same(2 * base, wide, 3, 2, norm=True), nn.ReLU(),
        )
        unit = lambda: nn.Sequential(Same(wide, wide, 3, 1, norm=True), nn.ReLU(), Same(wide, wide, 3, 1, norm=True))
        self.units = nn.ModuleList(unit() for _ in range(6))
        up = lambda a, b: norm(nn.ConvTranspose2d(a, b, 3, stride=2, padding=1, output_padding=1), b)
        self.leave = nn.Sequential(up(wide, 2 * base), nn.ReLU(), up(2 * base, base), nn.ReLU())
        self.last = nn.Conv2d(base, 3, 7, padding=3)

    def forward(self, x, labels):
        x = self.enter(torch.cat([x, labels.expand(-1, -1, *x.shape[2:])], 1))
        for unit in self.units:
            x = x + unit(x)
        return self.last(self.leave(x)).tanh()


class IpcganDiscriminator(nn.Module):
    def __init__(self, base=32, outputs=512):
        super().__init__()
        first = 2 * base
        self.first = Same(3, first, 4, 2)
        widths = [first + 5] + [first << i for i in (1, 2, 3)]
        self.layers = nn.ModuleList(
            Same(a, b, 4, stride, norm=True) for a, b, stride in zip(widths, widths[1:], (2, 2, 1))
        )
        self.last = Same(widths[-1], outputs, 4, 1)

    def forward(self, x, labels):
        x = leaky(self.first(x))
        x = torch.cat([x, labels.expand(-1, -1, *x.shape[2:])], 1)
        for layer in self.layers:
            x = leaky(layer(x))
        return self.last(x)


class Alexnet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 96, 11, 4), nn.Conv2d(96, 256, 5, padding=2, groups=2)
        self.rest = nn.Sequential(
            nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 384, 3, padding=1, groups=2), nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1, groups=2), nn.ReLU(),
        )
        self.ages = nn.Sequential(nn.Linear(9216, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 5))

    def forward(self, x):
        pool = lambda x: F.max_pool2d(x, 3, 2)
        normal = lambda x: F.local_response_norm(x, 5, alpha=1e-4, beta=0.75, k=1.0)
        x = normal(pool(self.first(x).relu()))
        features = self.rest(normal(pool(self.second(x).relu())))
        return features, self.ages(pool(features).flatten(1))


# The judges of mirror's training


class LiteBlock(nn.Module):
    def __init__(self, inputs, outputs, expansion, kernel, stride):
        super().__init__()
        wide = inputs * expansion
        self.expand = nn.Conv2d(inputs, wide, 1) if expansion > 1 else None
        self.depthwise = nn.Conv2d(wide, wide, kernel, stride, kernel // 2, groups=wide)
        self.project = nn.Conv2d(wide, outputs, 1)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        wide = F.relu6(self.expand(x)) if self.expand else x
        narrow = self.project(F.relu6(self.depthwise(wide)))
        return narrow + x if self.shortcut else narrow


class EfficientNetLite0(nn.Module):
    """Four maps, mixed at random over channels and scales."""

    STAGES = (
        (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
        (1, 3, 1, 6, 320),
    )
    CHANNELS, MIXED = (24, 40, 112, 320), (32, 64, 96, 128)

    def __init__(self):
        super().__init__()
        self.stem, inputs, stages = nn.Conv2d(3, 32, 3, 2, 1), 32, []
        for count, kernel, stride, expansion, outputs in self.STAGES:
            blocks = []
            for i in range(count):
                blocks.append(LiteBlock(inputs, outputs, expansion, kernel, stride if i == 0 else 1))
                inputs = outputs
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)
        self.mix = nn.ModuleList(nn.Conv2d(a, b, 1, bias=False) for a, b in zip(self.CHANNELS, self.MIXED))
        pairs = zip(self.MIXED[1:], self.MIXED)
        self.finer = nn.ModuleList(nn.Conv2d(a, b, 1, bias=False) for a, b in pairs)

    def forward(self, x):
        x, maps = F.relu6(self.stem(x)), []
        for i, stage in enumerate(self.stages):
            x = stage(x)
            if i in (1, 2, 4, 6):
                maps.append(x)
        mixed = []
        for scale in (3, 2, 1, 0):
            map = maps[scale]
            own = self.mix[scale](map * (map.square().mean((1, 2, 3), keepdim=True) + 1e-6).rsqrt())
            if mixed:
                above = F.interpolate(self.finer[scale](mixed[-1]), size=own.shape[2:], mode="bilinear")
                own = (own + above) / ROOT2
            mixed.append(own)
        return mixed[::-1]


class MirrorDiscriminator(nn.Module):
    def __init__(self):
        super().__init__()
        spectral = nn.utils.parametrizations.spectral_norm
        widths = EfficientNetLite0.MIXED
        self.first = nn.ModuleList(spectral(nn.Conv2d(c, 48, 3, s, 1)) for c, s in zip(widths, (2, 2, 1, 1)))
        self.second = nn.ModuleList(spectral(nn.Conv2d(48, 48, 3, 1, 1)) for _ in widths)
        self.judge = nn.ModuleList(spectral(nn.Conv2d(48, 1, 1)) for _ in widths)
        self.projection = nn.ModuleList(nn.Linear(16, 48, bias=False) for _ in widths)

    def features(self, maps):
        return [leaky(b(leaky(a(map)))) for a, b, map in zip(self.first, self.second, maps)]

    def logits(self, features, ages):
        project = lambda i, x: (x * self.projection[i](ages)[:, :, None, None]).sum(1, keepdim=True)
        return [self.judge[i](x) + project(i, x) for i, x in enumerate(features)]


class DlibTrunk(nn.Module):
    def __init__(self, first, blocks, outputs):
        super().__init__()
        self.first = nn.Conv2d(3, first, 7, 2)
        self.blocks = nn.ModuleList(
            nn.ModuleList([nn.Conv2d(a, b, 3, s, 1 if s == 1 else 0), nn.Conv2d(b, b, 3, padding=1)]) for a, b, s in blocks
        )
        self.dense = nn.Linear(blocks[-1][1], outputs)

    def forward(self, x):
        x = F.max_pool2d(self.first(x).relu(), 3, 2)
        for first, second in self.blocks:
            branch = second(first(x).relu())
            if first.stride[0] == 2:
                x = F.avg_pool2d(x, 2)
                x = F.pad(x, (0, 0, 0, 0, 0, branch.shape[1] - x.shape[1]))
                branch = F.pad(branch, (0, x.shape[3] - branch.shape[3], 0, x.shape[2] - branch.shape[2]))
            x = (branch + x).relu()
        return self.dense(x.mean((2, 3)))


def dlib_age():
    return DlibTrunk(64, [(64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1)], 81)


def dlib_identity():
    blocks = [(32, 32, 1)] * 3 + [(32, 64, 2)] + [(64, 64, 1)] * 3 + [(64, 128, 2)] + [(128, 128, 1)] * 2
    return DlibTrunk(32, blocks + [(128, 256, 2)] + [(256, 256, 1)] * 2 + [(256, 256, 2)], 128)
