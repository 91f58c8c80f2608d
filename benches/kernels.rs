//! Compares the kernels with candle's and times the bundled model: `cargo bench --bench kernels`.

#![allow(missing_docs, reason = "criterion's macro writes a public function without a comment")]

use std::hint::black_box;

use agemirror_faces::age::Gender;
use agemirror_faces::aging::mirror::{Network, WEIGHTS};
use agemirror_faces::aging::{FaceMemory, open_model};
use agemirror_faces::face::regions::{EdgeGuide, REGIONS_SIDE};
use agemirror_faces::face::{Similarity, align};
use agemirror_kernels::{Activation, conv2d, conv2d_same};
use candle_core::{DType, Device, Tensor, Var};
use candle_nn::VarBuilder;
use criterion::{Criterion, criterion_group, criterion_main};
use image::RgbImage;

/// Convolutions of mirror's sizes: channels in, channels out, side and kernel size in pixels.
const CONVOLUTIONS: [(usize, usize, usize, usize); 4] =
    [(12, 12, 128, 3), (24, 24, 64, 3), (48, 48, 32, 3), (96, 96, 16, 3)];

fn convolutions(c: &mut Criterion) {
    let random = |dims: &[usize]| Tensor::randn(0f32, 1.0, dims, &Device::Cpu);
    for (inputs, outputs, side, kernel) in CONVOLUTIONS {
        let (Ok(x), Ok(f)) = (random(&[1, inputs, side, side]), random(&[outputs, inputs, kernel, kernel]))
        else {
            continue;
        };
        let mut group = c.benchmark_group(format!("conv {inputs}-{outputs} {side}px {kernel}x{kernel}"));
        group.bench_function("ours", |b| b.iter(|| black_box(conv2d(&x, &f, None, 1, kernel / 2))));
        group.bench_function("candle", |b| b.iter(|| black_box(x.conv2d(&f, kernel / 2, 1, 1, 1))));
        group.finish();
    }
}

/// 5 x 5 convolutions of CAAE's encoder with stride 2: channels in, channels out, side of the output in pixels.
const STRIDED: [(usize, usize, usize); 3] = [(64, 128, 32), (256, 512, 8), (512, 1024, 4)];
/// Faces per training step.
const BATCH: usize = 8;

/// A convolution and both of its gradients, as in a training step.
fn gradients(c: &mut Criterion) {
    let random =
        |dims: &[usize]| Tensor::randn(0f32, 1.0, dims, &Device::Cpu).and_then(|x| Var::from_tensor(&x));
    for (inputs, outputs, side) in STRIDED {
        let (Ok(x), Ok(f)) = (random(&[BATCH, inputs, 2 * side, 2 * side]), random(&[outputs, inputs, 5, 5]))
        else {
            continue;
        };
        let ours = || conv2d_same(&x, &f, None, 2, Activation::Relu)?.backward();
        let candles = || {
            let padded = x.pad_with_zeros(2, 1, 2)?.pad_with_zeros(3, 1, 2)?;
            padded.conv2d(&f, 0, 2, 1, 1)?.relu()?.backward()
        };
        let mut group = c.benchmark_group(format!("conv gradients {inputs}-{outputs} {side}px 5x5"));
        group.bench_function("ours", |b| b.iter(|| black_box(ours())));
        group.bench_function("candle", |b| b.iter(|| black_box(candles())));
        group.finish();
    }
}

fn mirror(c: &mut Criterion) {
    let Ok(model) = open_model("mirror", &Device::Cpu) else { return };
    let crop = RgbImage::from_fn(256, 256, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
    let Ok(face) = model.encode(&crop) else { return };
    c.bench_function("mirror encode", |b| b.iter(|| black_box(model.encode(&crop))));
    let mut memory = FaceMemory::default();
    c.bench_function("mirror encode next", |b| b.iter(|| black_box(model.encode_next(&crop, &mut memory))));
    for count in [1, 4, 10] {
        let ages: Vec<f32> = (0..count).map(|i| 5.0 + 7.0 * i as f32).collect();
        let name = format!("mirror decode {count}");
        c.bench_function(&name, |b| {
            b.iter(|| black_box(model.decode(&crop, &face, &ages, Gender::default())))
        });
    }
}

/// Cutting a face out of a webcam frame, and refining one of its masks.
fn crops(c: &mut Criterion) {
    let frame = RgbImage::from_fn(640, 480, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
    let to_crop = Similarity { a: 1.1, b: 0.05, tx: -120.0, ty: -40.0 };
    c.bench_function("cut 448", |b| b.iter(|| black_box(align(&frame, &to_crop, 448))));
    let crop = align(&frame, &to_crop, 448);
    c.bench_function("edge guide 448", |b| b.iter(|| black_box(EdgeGuide::new(&crop))));
    let guide = EdgeGuide::new(&crop);
    let mask: Vec<f32> = (0..REGIONS_SIDE * REGIONS_SIDE).map(|i| (i % 100) as f32 / 99.0).collect();
    c.bench_function("refine 448", |b| b.iter(|| black_box(guide.refine(&mask))));
}

/// Only the network, for one face at ten ages; compare with `tests/reference/mirror.py --time`.
fn network(c: &mut Criterion) {
    let weights = VarBuilder::from_slice_safetensors(WEIGHTS, DType::F32, &Device::Cpu);
    let (Ok(network), Ok(x)) =
        (weights.and_then(Network::new), Tensor::randn(0f32, 0.5, (1, 3, 128, 128), &Device::Cpu))
    else {
        return;
    };
    let network = network.in_bf16();
    let ages = [1.5, 4.5, 8.0, 12.0, 17.0, 25.0, 35.0, 45.0, 59.0, 75.0];
    c.bench_function("mirror network", |b| {
        b.iter(|| black_box(network.encode(&x).and_then(|face| network.decode(&face, &[31.0], &ages))))
    });
}

criterion_group!(benches, convolutions, gradients, mirror, crops, network);
criterion_main!(benches);
