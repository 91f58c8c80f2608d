//! The kernels against candle's own, and the bundled model: `cargo bench --bench kernels`.

use std::hint::black_box;

use agemirror::aging::{Gender, open_model};
use agemirror::tensor::conv2d;
use candle_core::{Device, Tensor};
use criterion::{Criterion, criterion_group, criterion_main};
use image::RgbImage;

/// (channels in, channels out, side, kernel) of convolutions as mirror has them.
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

fn mirror(c: &mut Criterion) {
    let Ok(model) = open_model("mirror", &Device::Cpu) else { return };
    let crop = RgbImage::from_fn(256, 256, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
    let Ok(face) = model.encode(&crop) else { return };
    c.bench_function("mirror encode", |b| b.iter(|| black_box(model.encode(&crop))));
    for count in [1, 4, 10] {
        let ages: Vec<f32> = (0..count).map(|i| 5.0 + 7.0 * i as f32).collect();
        let name = format!("mirror decode {count}");
        c.bench_function(&name, |b| {
            b.iter(|| black_box(model.decode(&crop, &face, &ages, Gender::default())))
        });
    }
}

criterion_group!(benches, convolutions, mirror);
criterion_main!(benches);
