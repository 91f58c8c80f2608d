"""Times of the networks and training steps in PyTorch and ONNX Runtime, in turn with ours.

Usage: speed.py PROGRAM [--threads 1 2] [--only TEXT] [--minutes N] [--variants eager onnx] [--out DIR]
    runs `PROGRAM bench device --device cpu --only-time` with this script as its peer, and prints its tables.
       speed.py --serve [--device cuda] [--threads N] [--variants eager torch.compile onnx]
    is that peer: it answers each line of JSON on standard input with a line of times in milliseconds.

Needs torch 2 or later for the variants eager and torch.compile; onnx and onnxruntime for mirror's network in ONNX Runtime:
`speed.py PROGRAM --variants onnx --only "mirror 128px"`. Training steps have the networks, losses
and optimisers of ours on random faces, which are there already. A step of ours also prepares its faces, except `mirror with
prepared heads`: mirror's heads need hair, lines, light and masks.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

AGES = [1.5, 4.5, 8, 12, 17, 25, 35, 45, 59, 75]


class Torch:
    def __init__(self, device, threads):
        import torch

        self.torch, self.device = torch, device
        if threads:
            torch.set_num_threads(threads)
        torch.manual_seed(1)

    def name(self):
        return f"PyTorch {self.torch.__version__}"

    def wait(self):
        if self.device == "cuda":
            self.torch.cuda.synchronize()

    def random(self, *shape):
        return self.torch.randn(*shape, device=self.device)

    def compiled(self, module, variant):
        return self.torch.compile(module) if variant == "torch.compile" else module

    def on_device(self, *modules):
        return [module.to(self.device) for module in modules]

    def make(self, name, count, side, precision, variant):
        """The work of one run."""
        if name == "mirror":
            return self.mirror(count, side, variant)
        if name == "agetransgan":
            return self.agetransgan(count, side, precision, variant)
        name = name.removesuffix(" with prepared heads")
        steps = {"step mirror": self.step_mirror, "step caae": self.step_caae, "step ipcgan": self.step_ipcgan}
        return steps[name](count, variant) if name in steps else None

    def mirror(self, count, side, variant):
        import speed_networks as networks

        network = self.compiled(networks.Mirror().to(self.device).eval(), variant)
        x, ages = self.random(1, 3, side, side), self.random(count, 33)

        def run():
            with self.torch.inference_mode():
                network(x, ages)

        return run

    def agetransgan(self, count, side, precision, variant):
        import speed_networks as networks

        dtype = {"f32": self.torch.float32, "bf16": self.torch.bfloat16, "f16": self.torch.float16}[precision]
        network = networks.AgeTransGan(side).to(self.device).eval().to(dtype)
        network = self.compiled(network, variant)
        x, labels = self.random(1, 3, side, side).to(dtype), self.torch.eye(10, device=self.device, dtype=dtype)[:count]

        def run():
            with self.torch.inference_mode():
                network(x, labels)

        return run

    def adam(self, module, rate, betas=(0.5, 0.999)):
        return self.torch.optim.Adam(module.parameters(), rate, betas)

    def bce(self, logits, truth):
        return self.torch.nn.functional.binary_cross_entropy_with_logits(logits, self.torch.full_like(logits, truth))

    def step_caae(self, batch, variant):
        import speed_networks as networks

        modules = self.on_device(networks.Caae(), networks.CodeDiscriminator(), networks.FaceDiscriminator())
        optimisers = [self.adam(module, 2e-4) for module in modules]
        autoencoder, of_codes, of_faces = modules
        encode, decode = self.compiled(autoencoder.encode, variant), self.compiled(autoencoder.decode, variant)
        judge = self.compiled(of_faces, variant)
        faces, prior = self.random(batch, 3, 128, 128).tanh(), self.random(batch, 50).tanh()
        ages, genders = self.random(batch, 10).sign(), self.random(batch, 2).sign()

        def run():
            code = encode(faces)
            made = decode(code, ages, genders)
            for module in (of_codes, of_faces):
                module.requires_grad_(False)
            down, across = made[:, :, 1:] - made[:, :, :-1], made[:, :, :, 1:] - made[:, :, :, :-1]
            smooth = (down.square().sum() + across.square().sum()) / 256 / batch
            loss = (faces - made).abs().mean() + 1e-4 * self.bce(judge(made, ages, genders), 1.0)
            loss = loss + 1e-4 * self.bce(of_codes(code), 1.0) + 1e-4 * smooth
            loss.backward()
            for module in (of_codes, of_faces):
                module.requires_grad_(True)
            (self.bce(of_codes(prior), 1.0) + self.bce(of_codes(code.detach()), 0.0)).backward()
            real, fake = judge(faces, ages, genders), judge(made.detach(), ages, genders)
            (self.bce(real, 1.0) + self.bce(fake, 0.0)).backward()
            for optimiser in optimisers:
                optimiser.step()
                optimiser.zero_grad()

        return run

    def step_ipcgan(self, batch, variant):
        import speed_networks as networks

        functional = self.torch.nn.functional
        modules = self.on_device(networks.IpcganGenerator(), networks.IpcganDiscriminator(), networks.Alexnet())
        of_generator, of_discriminator = self.adam(modules[0], 1e-3), self.adam(modules[1], 1e-3)
        modules[2].requires_grad_(False)
        discriminator = modules[1]
        generate, judge, alexnet = (self.compiled(module, variant) for module in modules)
        real, small = self.random(batch, 3, 128, 128).tanh(), 100 * self.random(batch, 3, 128, 128)
        large = 100 * self.random(batch, 3, 227, 227)
        group = self.torch.ones(batch, dtype=self.torch.long, device=self.device)
        right = functional.one_hot(group, 5).float()[:, :, None, None]
        wrong = functional.one_hot(group + 1, 5).float()[:, :, None, None]

        def run():
            with self.torch.no_grad():
                made = generate(small, right)
            true, false, fake = judge(real, right), judge(real, wrong), judge(made, right)
            loss = 0.5 * ((true - 1).square().mean() + 0.5 * (false.square().mean() + fake.square().mean()))
            (75 * loss).backward()
            of_discriminator.step()
            of_discriminator.zero_grad()
            discriminator.requires_grad_(False)
            made = generate(small, right)
            gan = 0.5 * (judge(made, right) - 1).square().mean()
            bytes_of = functional.interpolate((made + 1) * 127.5, size=227, mode="bilinear") - 114
            ours, ages = alexnet(bytes_of)
            with self.torch.no_grad():
                theirs, _ = alexnet(large)
            features = (ours - theirs).square().sum() / batch
            (75 * gan + 5e-5 * features + 30 * functional.cross_entropy(ages, group)).backward()
            of_generator.step()
            of_generator.zero_grad()
            discriminator.requires_grad_(True)

        return run

    def step_mirror(self, batch, variant):
        import speed_networks as networks

        functional = self.torch.nn.functional
        frozen = [networks.EfficientNetLite0(), networks.dlib_age(), networks.dlib_identity()]
        modules = self.on_device(networks.Mirror(), networks.MirrorDiscriminator(), *frozen)
        of_generator = self.adam(modules[0], 2e-4, (0.5, 0.99))
        of_discriminator = self.adam(modules[1], 4e-4, (0.5, 0.99))
        for module in modules[2:]:
            module.requires_grad_(False)
        discriminator = modules[1]
        generate, _, maps_of, read_age, describe = (self.compiled(module, variant) for module in modules)
        mean = [parameter.detach().clone() for parameter in modules[0].parameters()]
        pictures, target = self.random(batch, 3, 128, 128).tanh(), self.random(batch, 3, 128, 128).tanh()
        views, real = self.random(batch, 3, 224, 224).tanh(), self.random(batch, 3, 224, 224).tanh()
        ages, codes, wrong = self.random(batch, 33), self.random(batch, 16), self.random(batch, 16)
        identities = (batch + 3) // 4
        line = self.torch.linspace(-1, 1, 224, device=self.device)
        grid = self.torch.stack(self.torch.meshgrid(line, line, indexing="xy"), 2)
        cut = lambda x, side: functional.interpolate(x, size=side, mode="bilinear")

        def run():
            change = generate(pictures, ages)
            made = (pictures + change[:, :3] * change[:, 3:4]) * change[:, 6:]
            loss = 10 * (made - target).abs().mean() + 5 * (made - cut(cut(made, 64), 128)).abs().mean()
            loss = loss + change[:, 4:6].diff(dim=2).square().mean() + change[:, 4:6].diff(dim=3).square().mean()
            large = cut(change, 224)
            warped = functional.grid_sample(views, grid + large[:, 4:6].permute(0, 2, 3, 1), align_corners=True)
            shown = warped + large[:, :3] * large[:, 3:4]
            with self.torch.no_grad():
                of_real = maps_of(real)
            of_made = maps_of(shown)
            truth = discriminator.features(of_real)
            fake = discriminator.features([map.detach() for map in of_made])
            hinge = lambda logits, sign: sum((1 + sign * x).relu().mean() for x in logits)
            judged = hinge(discriminator.logits(truth, codes), -1) + hinge(discriminator.logits(fake, codes), 1)
            (judged + 0.5 * hinge(discriminator.logits(truth, wrong), 1)).backward()
            of_discriminator.step()
            of_discriminator.zero_grad()
            discriminator.requires_grad_(False)
            judged = discriminator.logits(discriminator.features(of_made), codes)
            loss = loss - 0.5 * sum(x.mean() for x in judged)
            loss = loss + 0.1 * read_age(cut(shown, 64)).softmax(1).square().mean()
            with self.torch.no_grad():
                theirs = describe(cut(views[:identities], 150))
            loss = loss + 0.6 * (describe(cut(shown[:identities], 150)) - theirs).square().sum(1).sqrt().mean()
            loss.backward()
            of_generator.step()
            of_generator.zero_grad()
            discriminator.requires_grad_(True)
            with self.torch.no_grad():
                self.torch._foreach_lerp_(mean, list(modules[0].parameters()), 0.002)

        return run


class Onnx:
    def __init__(self, threads):
        import mirror

        self.mirror, self.threads = mirror, threads or os.cpu_count()

    def name(self):
        return f"ONNX Runtime {self.mirror.onnxruntime.__version__}"

    def make(self, name, count, side, precision, variant):
        return self.mirror.inference(AGES[:count] if count > 1 else [45.0], self.threads) if name == "mirror" else None


def serve(arguments):
    variants, programs, works = {}, [], {}
    of_torch = [variant for variant in ("eager", "torch.compile") if variant in arguments.variants]
    if of_torch:
        torch = Torch(arguments.device, arguments.threads)
        programs.append(torch.name())
        variants.update({f"{torch.name()}, {variant}": (torch, variant) for variant in of_torch})
    if arguments.device == "cpu" and "onnx" in arguments.variants:
        try:
            onnx = Onnx(arguments.threads)
            programs.append(onnx.name())
            variants[onnx.name()] = (onnx, "")
        except ImportError as error:
            print(f"ONNX Runtime is not compared: {error}", file=sys.stderr)
    print(json.dumps({"name": " and ".join(programs), "variants": list(variants)}), flush=True)
    for line in sys.stdin:
        try:
            print(json.dumps({"milliseconds": answer(json.loads(line), variants, works)}), flush=True)
        except Exception as error:
            print(json.dumps({"error": f"{type(error).__name__}: {str(error).splitlines()[0][:300]}"}), flush=True)


def answer(request, variants, works):
    program, variant = variants[request["variant"]]
    wait = getattr(program, "wait", lambda: None)
    what = (request["name"], request["count"], request["side"], request["precision"])
    key = (request["variant"], *what)
    if key not in works:
        # Only what is timed now is kept, so that memory suffices.
        for old in [old for old in works if old[1:] != what]:
            del works[old]
        works[key] = program.make(*what, variant)
        for _ in range(2 if works[key] else 0):
            works[key]()
            wait()
    if not works[key]:
        return []
    times, started = [], time.perf_counter()
    while not times or time.perf_counter() - started < request["seconds"]:
        start = time.perf_counter()
        works[key]()
        wait()
        times.append(1e3 * (time.perf_counter() - start))
    return times


def compare(arguments):
    for threads in arguments.threads_list:
        out = pathlib.Path(arguments.out) / f"threads-{threads}"
        peer = f"{sys.executable} {pathlib.Path(__file__).resolve()} --serve --threads {threads}"
        peer += f" --variants {' '.join(arguments.variants)}"
        command = [arguments.program, "bench", "device", "--device", "cpu", "--only-time", "--out", str(out)]
        command += ["--minutes", str(arguments.minutes), "--peer", peer]
        command += ["--only", arguments.only] if arguments.only else []
        environment = {**os.environ, "RAYON_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
        failed = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode
        print(f"\n{threads} threads\n\n{(out / 'device.md').read_text()}")
        if failed:
            sys.exit(failed)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?")
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", nargs="+", type=int, default=[])
    parser.add_argument("--variants", nargs="+", default=["eager", "torch.compile", "onnx"])
    parser.add_argument("--only")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--out", default="speed")
    arguments = parser.parse_args()
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    if arguments.serve:
        arguments.threads = arguments.threads[0] if arguments.threads else None
        serve(arguments)
    elif arguments.program:
        arguments.threads_list = arguments.threads or [1, 2]
        compare(arguments)
    else:
        parser.error("name the program, or use --serve")


if __name__ == "__main__":
    main()
