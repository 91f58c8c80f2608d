//! Random weights for networks whose published ones the user may not have. Values depend only on names and
//! shapes, and keep the size of signals from layer to layer.

use std::collections::HashMap;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{VarBuilder, VarMap};

use crate::dataset::seeded;
use crate::training::NamedTensors;
use crate::training::mirror::{FeatureNetwork, Judges};
use agemirror_faces::aging::agetransgan::NetworkShape;
use agemirror_faces::face::dlib::{AgeNetwork, IdentityNetwork};
use rand::Rng;

/// A parameter's name and shape.
pub(super) type Shape = (String, Vec<usize>);

/// Values uniform in `offset` ± `scale` that depend only on `name`.
pub(super) fn uniform(name: &str, shape: &[usize], scale: f32, offset: f32) -> Result<Tensor> {
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut random = seeded(seed, 0, 0);
    let count = shape.iter().product();
    let values: Vec<f32> = (0..count).map(|_| offset + scale * random.random_range(-1f32..1.0)).collect();
    Tensor::from_vec(values, shape, &Device::Cpu)
}

/// Number of inputs of one output. TensorFlow's kernels are (k, k, inputs, outputs), or (k, k, outputs, inputs)
/// if transposed, and their names contain a slash; all others begin with the outputs.
fn fan_in(name: &str, shape: &[usize]) -> usize {
    match shape {
        [height, width, _, inputs] if name.contains("deconv") => (height * width * inputs).div_ceil(4),
        [inputs @ .., _] if name.contains('/') => inputs.iter().product(),
        [_, inputs @ ..] => inputs.iter().product(),
        [] => 1,
    }
}

/// The value of a parameter, by the kind that its name shows.
fn value(name: &str, shape: &[usize]) -> Result<Tensor> {
    let around_one = ["gamma", "variance", "running_var"].iter().any(|end| name.ends_with(end));
    match shape {
        [_] if around_one || name.ends_with("weight") => uniform(name, shape, 0.2, 1.0),
        [] | [_] => uniform(name, shape, 0.1, 0.0),
        _ => uniform(name, shape, (6.0 / fan_in(name, shape).max(1) as f32).sqrt(), 0.0),
    }
}

/// Random weights of these shapes.
pub(super) fn random_weights(shapes: impl IntoIterator<Item = Shape>) -> Result<NamedTensors> {
    let named = |(name, shape): Shape| {
        let value = value(&name, &shape)?;
        Ok((name, value))
    };
    shapes.into_iter().map(named).collect()
}

/// AgeTransGAN's published network for pictures of `side` pixels.
pub(super) fn agetransgan_shape(side: usize) -> NetworkShape {
    NetworkShape { side, groups: 10, width: NetworkShape::PUBLISHED_WIDTH }
}

/// Random weights of AgeTransGAN's generator, which have unit variance and are scaled at run time.
pub(super) fn agetransgan(shape: NetworkShape) -> Result<NamedTensors> {
    let unit = 3f32.sqrt();
    let named = |(name, dims): Shape| {
        let (scale, offset) = match name.as_str() {
            _ if name.starts_with("style.") && name.ends_with(".weight") => (100.0, 0.0),
            _ if name.starts_with("style.") => (10.0, 0.0),
            _ if name.ends_with(".modulation.bias") => (0.1, 1.0),
            _ if name.ends_with(".noise.weight") || name.ends_with(".bias") => (0.1, 0.0),
            _ => (1.0, 0.0),
        };
        let value = uniform(&name, &dims, unit * scale, offset)?;
        Ok((name, value))
    };
    shape.parameters().into_iter().map(named).collect()
}

/// A builder of `weights` on `device`.
pub(super) fn builder(weights: &NamedTensors, dtype: DType, device: &Device) -> Result<VarBuilder<'static>> {
    let moved = |(name, tensor): (&String, &Tensor)| Ok((name.clone(), tensor.to_device(device)?));
    let weights: HashMap<String, Tensor> = weights.iter().map(moved).collect::<Result<_>>()?;
    Ok(VarBuilder::from_tensors(weights, dtype, device))
}

/// Builds a network with random weights on `device`. Its shapes are those that `build` asks for.
pub(super) fn with_random_weights<T>(
    build: impl Fn(&VarBuilder<'_>) -> Result<T>,
    device: &Device,
) -> Result<T> {
    let map = VarMap::new();
    build(&VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu))?;
    let shapes: Vec<Shape> = match map.data().lock() {
        Ok(data) => data.iter().map(|(name, var)| (name.clone(), var.dims().to_vec())).collect(),
        Err(_) => candle_core::bail!("the shapes of the weights were lost by a panic"),
    };
    build(&builder(&random_weights(shapes)?, DType::F32, device)?)
}

/// Mirror's judges with the bundled weights, and random ones of the feature network, which is not bundled.
pub(super) fn random_judges(device: &Device) -> Result<Judges> {
    let features = with_random_weights(FeatureNetwork::new, device)?;
    Judges::new(AgeNetwork::bundled(device)?, IdentityNetwork::bundled(device)?, features, device)
}
