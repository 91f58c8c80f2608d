//! Every network, with the bundled weights or random ones of the published shapes.

use anyhow::Context;
use candle_core::{DType, Device, Tensor};

use super::compare::{Compared, guarded, largest_difference};
use super::report::Comparison;
use super::samples::Samples;
use super::weights::{
    Shape, agetransgan, agetransgan_shape, builder, random_weights, uniform, with_random_weights,
};
use crate::evaluation::agetransgan_estimator::AgeTransGanEstimator;
use crate::evaluation::face_res::{FaceRes, FaceResAge};
use crate::evaluation::mobile_face::MobileFace;
use crate::training::mirror::FeatureNetwork;
use crate::training::pagan::{InputScaling, Vgg, vgg_shapes};
use crate::training::{caae, ipcgan};
use agemirror_faces::age::Gender;
use agemirror_faces::aging::agetransgan::AgeTransGan;
use agemirror_faces::aging::pagan::{CLUSTERS, Pagan};
use agemirror_faces::aging::{AgingModel, open_model, open_model_file, open_model_from, pagan};
use agemirror_faces::face::FaceMesh;
use agemirror_faces::face::dlib::{AgeNetwork, IdentityNetwork};
use agemirror_faces::face::regions::RegionNetwork;
use agemirror_faces::judges::age_estimator::AgeEstimator;
use agemirror_faces::judges::{AgeJudge, FeatureJudge, IdentityJudge};

/// Tolerance of networks on the CPU, and on a GPU, where cuDNN may use TF32 in every layer.
const TOLERANCE: [f32; 2] = [1e-4, 3e-2];
/// Tolerance of pictures, as a share of their contrast. Rounding alone makes one level of 255; so does the
/// rounding of the crop before it.
const PICTURE_TOLERANCE: [f32; 2] = [0.025, 0.1];
/// Tolerance of 16-bit networks against 32 bits.
const HALF_TOLERANCE: f32 = 0.1;
/// Ages of the pictures in years.
const AGES: [f32; 3] = [12.0, 40.0, 75.0];
/// Channels of the first layers of CAAE, IPCGAN and PAGAN, and the length of CAAE's codes, as published.
const CAAE_WIDTH: usize = 64;
const CAAE_CODE: usize = 50;
const IPCGAN_WIDTH: usize = 32;
const PAGAN_WIDTH: usize = 32;

/// A model's pictures as a tensor.
fn pictures(model: &dyn AgingModel, samples: &Samples) -> anyhow::Result<Vec<Tensor>> {
    let template = model.info().templates.first().context("the model has no template")?;
    let crop = samples.crop(template, 256);
    let face = model.encode(&crop)?;
    let aged = model.decode(&crop, &face, &AGES, Gender::Female)?;
    let picture = |aged: &agemirror_faces::aging::AgedCrop| {
        let values: Vec<f32> = aged.picture.iter().map(|value| f32::from(*value)).collect();
        // The mean is removed, so that the comparison is relative to the contrast.
        let tensor = Tensor::new(values, &Device::Cpu)?;
        let mean = tensor.mean_all()?;
        tensor.broadcast_sub(&mean)
    };
    Ok(aged.iter().map(picture).collect::<candle_core::Result<_>>()?)
}

/// A picture of `side` pixels as (1, 3, side, side) in -1..1.
fn planes(side: usize, device: &Device) -> candle_core::Result<Tensor> {
    uniform("picture", &[1, 3, side, side], 1.0, 0.0)?.to_device(device)
}

/// The pictures of the model called `name` with random weights of these shapes, opened from a file.
fn aged(samples: &Samples, name: &str, shapes: Vec<Shape>, device: &Device) -> anyhow::Result<Vec<Tensor>> {
    let file = samples.weights(name, shapes)?;
    let model = match name {
        "cgan" => open_model_from(name, &file, device)?,
        _ => open_model_file(&file, device)?,
    };
    pictures(&*model, samples)
}

fn pagan_pictures(samples: &Samples, device: &Device) -> anyhow::Result<Vec<Tensor>> {
    let file = samples.weights("pagan", pagan::parameters(PAGAN_WIDTH))?;
    pictures(&Pagan::open([file.as_path(); CLUSTERS], device)?, samples)
}

/// AgeTransGAN's output of `side` pixels for two ages, computed in `dtype`.
fn agetransgan_output(side: usize, dtype: DType, device: &Device) -> anyhow::Result<Vec<Tensor>> {
    let shape = agetransgan_shape(side);
    let weights = builder(&agetransgan(shape)?, dtype, device)?;
    let (generator, inputs) = super::timings::generator(&weights, shape, 2, device)?;
    let mut painted = Vec::new();
    generator.forward(&inputs.picture, &inputs.labels, &inputs.noise, |picture| {
        painted.push(picture);
        Ok(())
    })?;
    Ok(painted)
}

fn agetransgan_pictures(samples: &Samples, side: usize, device: &Device) -> anyhow::Result<Vec<Tensor>> {
    let weights = builder(&agetransgan(agetransgan_shape(side))?, DType::F32, device)?;
    pictures(&AgeTransGan::new(&weights, String::new(), device)?, samples)
}

/// A judge's readings of the portrait.
fn judge(samples: &Samples, name: &str, device: &Device) -> anyhow::Result<Vec<Tensor>> {
    let crop = |cut: agemirror_faces::judges::Cut| vec![samples.crop(&cut.template, cut.side)];
    let readings = match name {
        "face res" => {
            let judge = FaceRes::bundled(device)?;
            judge.features(&crop(judge.cut()))?.concat()
        }
        "face res, age" => {
            let judge = FaceResAge::bundled(device)?;
            judge.read(&crop(judge.cut()))?
        }
        "mobile face" => {
            let judge = MobileFace::bundled(device)?;
            judge.embed(&crop(IdentityJudge::cut(&judge)))?.concat()
        }
        _ => {
            let judge = AgeEstimator::bundled(device)?;
            AgeJudge::read(&judge, &crop(judge.cut()))?
        }
    };
    Ok(vec![Tensor::new(readings, &Device::Cpu)?])
}

/// Compares every network. `side` is the side of AgeTransGAN's pictures in pixels.
pub(super) fn compare_networks(
    device: &Compared,
    samples: &Samples,
    side: usize,
    progress: &mut dyn FnMut(&str),
) -> Vec<Comparison> {
    let mut comparisons = Vec::new();
    let mut compare = |name: &str, tolerance: f32, work: &dyn Fn(&Device) -> anyhow::Result<Vec<Tensor>>| {
        if device.selection.has(name) {
            progress(name);
            comparisons.extend(device.compare("network", name, tolerance, work));
        }
    };
    let picture = device.tolerance(PICTURE_TOLERANCE);
    compare("mirror, pictures", picture, &|device| pictures(&*open_model("mirror", device)?, samples));
    compare("CAAE, pictures", picture, &|device| {
        aged(samples, "caae", caae::autoencoder_shapes(CAAE_WIDTH, CAAE_CODE), device)
    });
    for (title, name) in [("IPCGAN, pictures", "ipcgan"), ("cGAN, pictures", "cgan")] {
        compare(title, picture, &|device| {
            aged(samples, name, ipcgan::generator_shapes(IPCGAN_WIDTH), device)
        });
    }
    compare("PAGAN, pictures", picture, &|device| pagan_pictures(samples, device));
    compare("AgeTransGAN, pictures", picture, &|device| agetransgan_pictures(samples, 128, device));
    let network = device.tolerance(TOLERANCE);
    compare(&format!("AgeTransGAN {side}px"), network, &|device| {
        agetransgan_output(side, DType::F32, device)
    });
    for name in ["face res", "face res, age", "mobile face", "age estimator"] {
        compare(name, network, &|device| judge(samples, name, device));
    }
    compare("face mesh", network, &|device| {
        let (points, scores) = FaceMesh::bundled(device)?.forward(&((planes(192, device)? + 1.0)? / 2.0)?)?;
        Ok(vec![points, scores])
    });
    compare("regions", network, &|device| {
        Ok(vec![RegionNetwork::bundled(device)?.probabilities(&planes(256, device)?)?])
    });
    compare("dlib, age", network, &|device| {
        Ok(vec![AgeNetwork::bundled(device)?.logits(&planes(AgeNetwork::SIDE, device)?)?])
    });
    compare("dlib, identity", network, &|device| {
        Ok(vec![IdentityNetwork::bundled(device)?.descriptors(&planes(IdentityNetwork::SIDE, device)?)?])
    });
    compare("EfficientNet-Lite0", network, &|device| {
        Ok(with_random_weights(FeatureNetwork::new, device)?.maps(&planes(128, device)?)?)
    });
    compare("AgeTransGAN's estimator", network, &|device| {
        let network = with_random_weights(|vb| AgeTransGanEstimator::new(vb, vb.device()), device)?;
        Ok(vec![network.logits(&planes(AgeTransGanEstimator::SIDE as usize, device)?)?])
    });
    compare("VGG-16", network, &|device| {
        let weights = builder(&random_weights(vgg_shapes(16, 64, 64))?, DType::F32, device)?;
        let network = Vgg::new(&weights, true, InputScaling::Unscaled)?;
        Ok(vec![network.identity_features(&planes(64, device)?, None)?])
    });
    comparisons.extend(compare_half(device, side, progress));
    comparisons
}

/// Compares AgeTransGAN in 16 bits with 32 bits, both on the device.
fn compare_half(device: &Compared, side: usize, progress: &mut dyn FnMut(&str)) -> Option<Comparison> {
    let half = device.half();
    let name = format!("AgeTransGAN {side}px, {} against f32", half.as_str());
    if !device.selection.has(&name) {
        return None;
    }
    progress(&name);
    let difference = guarded(|| {
        let expected = device.run(|device| agetransgan_output(side, DType::F32, device))?;
        let found = device.run(|device| agetransgan_output(side, half, device))?;
        largest_difference(&expected, &found)
    });
    Some(Comparison::new("network", &name, HALF_TOLERANCE, difference))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device_check::compare::Selection;

    fn compare(only: &str) -> Vec<Comparison> {
        let home = tempfile::tempdir().unwrap();
        let samples = Samples::write(home.path()).unwrap();
        let compared = Compared { device: Device::Cpu, selection: Selection(Some(only.to_owned())) };
        compare_networks(&compared, &samples, 32, &mut |_| {})
    }

    #[test]
    fn composed_networks_agree_with_the_kernels() {
        for name in ["mirror, pictures", "ipcgan, pictures", "dlib, age", "efficientnet"] {
            let comparisons = compare(name);
            assert!(comparisons.len() == 1 && comparisons[0].passed(), "{comparisons:?}");
        }
    }
}
