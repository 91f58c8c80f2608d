//! Every kernel at sizes of mirror and AgeTransGAN on one core, against that core's limits and against the same
//! operation composed of candle's: `cargo bench --bench limits [-- TEXT]`, with the kernels whose name has the text.
//!
//! Operations are counted by the definition of a convolution. Winograd's algorithm needs up to four times fewer, so that
//! its share of the peak may exceed 100%. Times are processor times where the system tells them: other work disturbs
//! them less.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use agemirror_kernels::{
    Activation, Convolution, Fir, Padding, conv_transpose2d, depthwise_conv2d, down2, instance_norm,
    modulate, noisy_leaky, up2, upfirdn, widest, with_composed_operations,
};
use candle_core::{Device, Result, Tensor};

/// Time of each side of a comparison.
const TIME: Duration = Duration::from_millis(400);
/// Minimum number of runs of each side.
const RUNS: usize = 3;
/// Accumulators of the measurement of the peak: enough to hide the latency of a multiply-add.
const ACCUMULATORS: usize = 8;
/// Floats of an accumulator, the lanes of AVX-512.
const LANES: usize = 16;
/// Floats of each array of the measurement of the bandwidth, larger than a cache.
const COPIED: usize = 16 << 20;

widest! {
    /// `rounds` multiply-adds of every accumulator. Each has a name of its own, so that all stay in registers.
    fn multiply_add(accumulators: &mut [[f32; LANES]; ACCUMULATORS], factor: f32, rounds: usize) {
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *accumulators;
        for _ in 0..rounds {
            for i in 0..LANES {
                a[i] = a[i].mul_add(factor, factor);
                b[i] = b[i].mul_add(factor, factor);
                c[i] = c[i].mul_add(factor, factor);
                d[i] = d[i].mul_add(factor, factor);
                e[i] = e[i].mul_add(factor, factor);
                f[i] = f[i].mul_add(factor, factor);
                g[i] = g[i].mul_add(factor, factor);
                h[i] = h[i].mul_add(factor, factor);
            }
        }
        *accumulators = [a, b, c, d, e, f, g, h];
    }
}

/// Processor time of the process in seconds.
#[cfg(unix)]
fn processor_time() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes only to `time`.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}

/// Seconds since the first call.
#[cfg(not(unix))]
fn processor_time() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64()
}

/// The shortest time of `work` in seconds, of at least [`RUNS`].
fn shortest<T>(mut work: impl FnMut() -> T) -> f64 {
    let started = Instant::now();
    let (mut shortest, mut runs) = (f64::INFINITY, 0);
    while runs < RUNS || started.elapsed() < TIME {
        let start = processor_time();
        black_box(work());
        shortest = shortest.min(processor_time() - start);
        runs += 1;
    }
    shortest
}

/// The core's peak in operations a second, and bytes read and written a second when copying.
fn limits() -> [f64; 2] {
    let mut accumulators = [[1f32; LANES]; ACCUMULATORS];
    let rounds = 1 << 16;
    let seconds = shortest(|| multiply_add(black_box(&mut accumulators), black_box(0.5), rounds));
    let peak = (2 * rounds * ACCUMULATORS * LANES) as f64 / seconds;
    let (from, mut to) = (vec![1f32; COPIED], vec![0f32; COPIED]);
    let seconds = shortest(|| {
        to.copy_from_slice(black_box(&from));
        black_box(&mut to);
    });
    [peak, (2 * size_of::<f32>() * COPIED) as f64 / seconds]
}

/// An operation with the floating-point operations and the floats read and written that it needs at least.
struct Kernel {
    name: String,
    operations: usize,
    floats: usize,
    run: Box<dyn Fn() -> Result<Tensor>>,
}

fn random(dims: &[usize]) -> Result<Tensor> {
    Tensor::randn(0f32, 1.0, dims, &Device::Cpu)
}

/// A layer: images, channels in and out, side and kernel size in pixels, stride.
fn convolution([n, inputs, outputs, side, size, stride]: [usize; 6]) -> Result<Kernel> {
    let x = random(&[n, inputs, side, side])?;
    let layer = Convolution::new(random(&[outputs, inputs, size, size])?, None, stride, size / 2)?;
    let positions = n * (side / stride).pow(2);
    Ok(Kernel {
        name: format!("conv {inputs}-{outputs} {side}px {size}x{size}/{stride}, {n} images"),
        operations: 2 * positions * inputs * outputs * size * size,
        floats: x.elem_count() + positions * outputs,
        run: Box::new(move || layer.forward(&x, Activation::Identity)),
    })
}

/// AgeTransGAN's layer that doubles the sides of its map.
fn doubling([inputs, outputs, side]: [usize; 3]) -> Result<Kernel> {
    let (x, filter) = (random(&[1, inputs, side, side])?, random(&[inputs, outputs, 3, 3])?);
    Ok(Kernel {
        name: format!("transposed conv {inputs}-{outputs} {side}px 3x3/2"),
        operations: 2 * side * side * inputs * outputs * 9,
        floats: x.elem_count() + outputs * (2 * side + 1).pow(2),
        run: Box::new(move || conv_transpose2d(&x, &filter, None, 2, 0)),
    })
}

/// An operation on one map that needs `each` operations for each result.
fn on_map(
    name: &str,
    [channels, side]: [usize; 2],
    each: usize,
    run: impl Fn(&Tensor) -> Result<Tensor> + 'static,
) -> Result<Kernel> {
    let x = random(&[1, channels, side, side])?;
    let results = run(&x)?.elem_count();
    Ok(Kernel {
        name: format!("{name} {channels} channels {side}px"),
        operations: each * results,
        floats: x.elem_count() + results,
        run: Box::new(move || run(&x)),
    })
}

fn kernels() -> Result<Vec<Kernel>> {
    let mut kernels = Vec::new();
    // Mirror with ten ages.
    for sizes in [
        [1, 12, 24, 64, 3, 1],
        [10, 24, 24, 64, 3, 1],
        [10, 24, 24, 32, 3, 1],
        [10, 48, 48, 16, 3, 1],
        [10, 96, 96, 8, 3, 1],
        [10, 96, 48, 8, 1, 1],
        [10, 24, 12, 64, 3, 1],
    ] {
        kernels.push(convolution(sizes)?);
    }
    // AgeTransGAN at 1024 pixels.
    for sizes in [
        [1, 512, 512, 16, 3, 1],
        [1, 512, 512, 64, 3, 1],
        [1, 256, 256, 128, 3, 1],
        [1, 128, 128, 256, 3, 1],
        [1, 64, 64, 512, 3, 1],
        [1, 32, 32, 1024, 3, 1],
        [1, 32, 64, 1024, 3, 2],
        [1, 32, 64, 512, 1, 1],
    ] {
        kernels.push(convolution(sizes)?);
    }
    for sizes in [[512, 512, 32], [256, 128, 128], [64, 32, 512]] {
        kernels.push(doubling(sizes)?);
    }
    let blur = Fir { taps: vec![0.25, 0.75, 0.75, 0.25], up: 1, down: 1, pad: (1, 1) };
    kernels.push(on_map("filter (1, 3, 3, 1)", [64, 513], 16, move |x| upfirdn(x, &blur))?);
    kernels.push(on_map("down by 2", [24, 64], 16, down2)?);
    kernels.push(on_map("up by 2", [24, 32], 8, up2)?);
    let (gain, shift) = (random(&[1, 64])?, random(&[1, 64])?);
    let (noise, bias) = (random(&[1, 512, 512])?, random(&[64])?);
    let modulation = (gain.clone(), shift.clone());
    kernels.push(on_map("modulate", [64, 512], 2, move |x| {
        modulate(x, &modulation.0, &modulation.1, Activation::Identity)
    })?);
    kernels.push(on_map("noisy leaky", [64, 512], 4, move |x| noisy_leaky(x.copy()?, &gain, &noise, &bias))?);
    let (gamma, beta) = (random(&[64])?, random(&[64])?);
    kernels.push(on_map("instance norm", [64, 56], 6, move |x| instance_norm(x, &gamma, &beta, 1e-5))?);
    let filter = random(&[96, 1, 5, 5])?;
    kernels.push(on_map("depthwise conv 5x5", [96, 56], 50, move |x| {
        depthwise_conv2d(x, &filter, 1, Padding::uniform(2))
    })?);
    Ok(kernels)
}

fn main() -> Result<()> {
    // SAFETY: no other thread runs yet. candle reads the number of its threads from this variable.
    unsafe { std::env::set_var("RAYON_NUM_THREADS", "1") };
    agemirror::allocator::configure();
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default();
    let [peak, bandwidth] = limits();
    println!("One core: {:.0} GFLOP/s, copies {:.0} GB/s.\n", peak / 1e9, bandwidth / 1e9);
    println!(
        "{:<48} {:>9} {:>9} {:>7} {:>7} {:>9} {:>7}",
        "kernel", "ms", "GFLOP/s", "peak", "memory", "candle ms", "ratio"
    );
    for Kernel { name, operations, floats, run } in kernels()? {
        if !name.contains(&wanted) {
            continue;
        }
        run()?;
        let ours = shortest(&run);
        let candle = shortest(|| with_composed_operations(&run));
        let (rate, bytes) = (operations as f64 / ours, (size_of::<f32>() * floats) as f64 / ours);
        println!(
            "{name:<48} {:>9.3} {:>9.1} {:>6.0}% {:>6.0}% {:>9.3} {:>7.1}",
            1e3 * ours,
            rate / 1e9,
            100.0 * rate / peak,
            100.0 * bytes / bandwidth,
            1e3 * candle,
            candle / ours
        );
    }
    Ok(())
}
