//! Times of networks, in turn with other programs where these are there.

use std::time::{Duration, Instant};

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::compare::{Selection, guarded};
use super::peer::{Peer, Workload};
use super::report::{PeerTimes, Times, Timing, message};
use super::weights::{agetransgan, agetransgan_shape, builder, uniform};
use agemirror_faces::aging::agetransgan::{Generator, NetworkShape, Noise};
use agemirror_faces::aging::mirror::{self, Network};
use agemirror_kernels::multiplies_bf16;

/// Turns of each program.
const TURNS: usize = 5;
/// Minimum time of a turn.
const TURN: Duration = Duration::from_millis(400);
/// No new turn begins after this time.
const LIMIT: Duration = Duration::from_secs(45);
/// Side of mirror's crops in pixels.
const MIRROR_SIDE: usize = 128;

/// The inputs of AgeTransGAN's generator.
pub(super) struct GeneratorInputs {
    pub picture: Tensor,
    pub labels: Tensor,
    pub noise: Vec<Tensor>,
}

/// AgeTransGAN's generator with `weights`, and inputs for `ages` ages in their type.
pub(super) fn generator(
    weights: &VarBuilder<'_>,
    shape: NetworkShape,
    ages: usize,
    device: &Device,
) -> Result<(Generator, GeneratorInputs)> {
    let dtype = weights.dtype();
    let mut labels = vec![0f32; ages * shape.groups];
    labels.iter_mut().step_by(shape.groups + 1).for_each(|weight| *weight = 1.0);
    let noise = Noise::Fixed.planes(&shape.noise_sides(), 1, device)?;
    let inputs = GeneratorInputs {
        picture: uniform("picture", &[1, 3, shape.side, shape.side], 1.0, 0.0)?
            .to_device(device)?
            .to_dtype(dtype)?,
        labels: Tensor::from_vec(labels, (ages, shape.groups), device)?.to_dtype(dtype)?,
        noise: noise.iter().map(|plane| plane.to_dtype(dtype)).collect::<Result<_>>()?,
    };
    Ok((Generator::new(weights)?, inputs))
}

/// The programs to time, and the time by which all must be done.
pub(super) struct Clock<'a> {
    pub device: &'a Device,
    pub selection: Selection,
    pub deadline: Instant,
    pub peer: Option<Peer>,
    pub progress: &'a mut dyn FnMut(&str),
}

impl Clock<'_> {
    /// Times `ours` and the other programs in turn, after a first run of each for warm-up; `None` if the part
    /// is not selected.
    pub(super) fn time(
        &mut self,
        workload: &Workload,
        ours: impl FnOnce() -> anyhow::Result<Box<dyn FnMut() -> anyhow::Result<()>>>,
    ) -> Option<Timing> {
        let title = workload.title();
        if !self.selection.has(&title) {
            return None;
        }
        (self.progress)(&format!("time of {title}"));
        let timing = Timing { name: title, precision: workload.precision, ..Timing::default() };
        if Instant::now() >= self.deadline {
            return Some(Timing { skipped: true, ..timing });
        }
        let started = Instant::now();
        let mut variants: Vec<(String, Vec<f32>, Option<String>)> = Vec::new();
        if let Some(peer) = &self.peer {
            variants.extend(peer.variants().iter().map(|variant| (variant.clone(), Vec::new(), None)));
        }
        let mut times = Vec::new();
        let outcome = guarded(|| {
            let mut ours = ours()?;
            ours()?;
            for _ in 0..TURNS {
                self.turn(&mut times, &mut *ours)?;
                self.peers_turn(workload, &mut variants);
                if started.elapsed() > LIMIT || Instant::now() >= self.deadline {
                    break;
                }
            }
            Ok(())
        });
        let peers = variants.into_iter().map(|(name, times, failure)| PeerTimes {
            name,
            times: Times::of(times),
            failure,
        });
        let peers = peers.filter(|peer| peer.times.is_some() || peer.failure.is_some()).collect();
        let failure = outcome.err().map(|error| message(&error));
        Some(Timing { ours: Times::of(times), peers, failure, ..timing })
    }

    /// One turn of ours: at least one run.
    fn turn(&self, times: &mut Vec<f32>, ours: &mut dyn FnMut() -> anyhow::Result<()>) -> anyhow::Result<()> {
        let started = Instant::now();
        while times.is_empty() || started.elapsed() < TURN {
            let start = Instant::now();
            ours()?;
            self.device.synchronize()?;
            times.push(start.elapsed().as_secs_f32() * 1e3);
        }
        Ok(())
    }

    /// One turn of each variant of the other program that has not failed.
    fn peers_turn(&mut self, workload: &Workload, variants: &mut [(String, Vec<f32>, Option<String>)]) {
        let Some(peer) = &mut self.peer else { return };
        for (variant, times, failure) in variants.iter_mut().filter(|(_, _, failure)| failure.is_none()) {
            match peer.time(workload, variant, TURN, self.deadline) {
                Ok(milliseconds) => times.extend(milliseconds),
                Err(error) => *failure = Some(message(&error)),
            }
        }
    }

    fn workload(name: &str, count: usize, side: usize, dtype: DType) -> Workload {
        Workload { name: name.to_owned(), count, side, precision: dtype.as_str() }
    }

    /// Mirror's network with one age and ten, in f32, and in bf16 as the program runs it where the CPU multiplies that.
    /// The other programs always run it in f32.
    pub(super) fn time_mirror(&mut self) -> Vec<Timing> {
        let device = self.device.clone();
        let in_bf16 = device.is_cpu() && multiplies_bf16();
        let types = if in_bf16 { vec![DType::F32, DType::BF16] } else { vec![DType::F32] };
        let mut timings = Vec::new();
        for (dtype, count) in types.into_iter().flat_map(|dtype| [(dtype, 1), (dtype, 10)]) {
            let workload = Self::workload("mirror", count, MIRROR_SIDE, dtype);
            timings.extend(self.time(&workload, || {
                let weights = VarBuilder::from_slice_safetensors(mirror::WEIGHTS, DType::F32, &device)?;
                let network = Network::new(weights)?;
                let network = if dtype == DType::BF16 { network.in_bf16() } else { network };
                let x = uniform("face", &[1, 3, MIRROR_SIDE, MIRROR_SIDE], 1.0, 0.0)?.to_device(&device)?;
                let ages: Vec<f32> = (0..count).map(|index| 5.0 + 8.0 * index as f32).collect();
                Ok(Box::new(move || {
                    network.decode(&network.encode(&x)?, &[31.0], &ages)?;
                    Ok(())
                }))
            }));
        }
        timings
    }

    /// AgeTransGAN's generator with 1, 4 and 10 ages in 32 and in 16 bits; the latter only on a GPU, because
    /// candle multiplies no bf16 on the CPU.
    pub(super) fn time_agetransgan(&mut self, side: usize) -> Vec<Timing> {
        let shape = agetransgan_shape(side);
        let device = self.device.clone();
        let types = if device.is_cpu() { vec![DType::F32] } else { vec![DType::F32, DType::BF16] };
        let mut timings = Vec::new();
        for dtype in types {
            for count in [1, 4, 10] {
                let workload = Self::workload("agetransgan", count, side, dtype);
                timings.extend(self.time(&workload, || {
                    let weights = builder(&agetransgan(shape)?, dtype, &device)?;
                    let (generator, inputs) = generator(&weights, shape, count, &device)?;
                    Ok(Box::new(move || {
                        let GeneratorInputs { picture, labels, noise } = &inputs;
                        Ok(generator.forward(picture, labels, noise, |_| Ok(()))?)
                    }))
                }));
            }
        }
        timings
    }
}
