//! Every network, with the bundled weights or random ones of the published shapes.

use std::path::Path;

use anyhow::Context;
use candle_core::{DType, Device, Tensor};

use super::compare::{Compared, guarded, largest_difference};
use super::report::Comparison;
use super::samples::Samples;
use super::weights::{agetransgan, builder, random_weights, uniform, with_random_weights};
use crate::evaluation::agetransgan_estimator::AgeTransGanEstimator;
use crate::evaluation::face_res::{FaceRes, FaceResAge};
use crate::training::mirror::FeatureNetwork;
use crate::training::pagan::{InputScaling, Vgg, vgg_shapes};
use crate::training::{caae, ipcgan, write_tensors};
use agemirror_faces::age::Gender;
use agemirror_faces::aging::agetransgan::{AgeTransGan, NetworkShape};
use agemirror_faces::aging::pagan::{CLUSTERS, Pagan};
use agemirror_faces::aging::{AgingModel, open_model, open_model_file, open_model_from, pagan};
use agemirror_faces::face::FaceMesh;
use agemirror_faces::face::dlib::{AgeNetwork, IdentityNetwork};
use agemirror_faces::face::regions::RegionNetwork;
use agemirror_faces::judges::age_estimator::AgeEstimator;
use agemirror_faces::judges::mobile_face::MobileFace;
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

/// The files of random weights that networks are opened from.
struct Files<'a> {
    folder: &'a Path,
    samples: &'a Samples,
}

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

impl Files<'_> {
    /// A picture of `side` pixels as (1, 3, side, side) in -1..1.
    fn planes(&self, side: usize, device: &Device) -> candle_core::Result<Tensor> {
        uniform("picture", &[1, 3, side, side], 1.0, 0.0)?.to_device(device)
    }

    /// The model called `name` with the random `weights`, opened from a file.
    fn aged(
        &self,
        name: &str,
        weights: impl FnOnce() -> candle_core::Result<crate::training::NamedTensors>,
        device: &Device,
    ) -> anyhow::Result<Vec<Tensor>> {
        let file = self.folder.join(name).with_extension("safetensors");
        if !file.exists() {
            write_tensors(&weights()?, &file)?;
        }
        let model = match name {
            "cgan" => open_model_from(name, &file, device)?,
            _ => open_model_file(&file, device)?,
        };
        pictures(&*model, self.samples)
    }

    fn pagan(&self, device: &Device) -> anyhow::Result<Vec<Tensor>> {
        let files = [0; CLUSTERS].map(|_| self.folder.join("pagan.safetensors"));
        if !files[0].exists() {
            write_tensors(&random_weights(pagan::parameters(PAGAN_WIDTH))?, &files[0])?;
        }
        pictures(&Pagan::open(files.each_ref().map(|file| file.as_path()), device)?, self.samples)
    }

    /// AgeTransGAN's picture of `side` pixels, computed in `dtype`.
    fn agetransgan(&self, side: usize, dtype: DType, device: &Device) -> anyhow::Result<Vec<Tensor>> {
        let shape = NetworkShape { side, groups: 10, width: NetworkShape::PUBLISHED_WIDTH };
        let weights = builder(&agetransgan(shape)?, dtype, device)?;
        let (generator, inputs) = super::timings::generator(&weights, shape, 2, device)?;
        let mut painted = Vec::new();
        generator.forward(&inputs.picture, &inputs.labels, &inputs.noise, |picture| {
            painted.push(picture);
            Ok(())
        })?;
        Ok(painted)
    }

    fn agetransgan_pictures(&self, side: usize, device: &Device) -> anyhow::Result<Vec<Tensor>> {
        let shape = NetworkShape { side, groups: 10, width: NetworkShape::PUBLISHED_WIDTH };
        let weights = builder(&agetransgan(shape)?, DType::F32, device)?;
        pictures(&AgeTransGan::new(&weights, String::new(), device)?, self.samples)
    }

    /// The judges' readings of the portrait.
    fn judge(&self, name: &str, device: &Device) -> anyhow::Result<Vec<Tensor>> {
        let crop = |cut: agemirror_faces::judges::Cut| vec![self.samples.crop(&cut.template, cut.side)];
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
}

/// The parameters of IPCGAN's generator and the averages of its normalisation.
fn ipcgan_weights() -> candle_core::Result<crate::training::NamedTensors> {
    let plan = ipcgan::generator_shapes(IPCGAN_WIDTH);
    random_weights(plan)
}

/// Compares every network. `side` is the side of AgeTransGAN's pictures in pixels.
pub(super) fn compare_networks(
    device: &Compared,
    samples: &Samples,
    folder: &Path,
    side: usize,
    progress: &mut dyn FnMut(&str),
) -> Vec<Comparison> {
    let files = Files { folder, samples };
    let on = |tolerance: [f32; 2]| tolerance[usize::from(!device.is_rehearsal())];
    let mut comparisons = Vec::new();
    let mut compare = |name: &str, tolerance: f32, work: &dyn Fn(&Device) -> anyhow::Result<Vec<Tensor>>| {
        if device.selection.has(name) {
            progress(name);
            comparisons.extend(device.compare("network", name, tolerance, work));
        }
    };
    let picture = on(PICTURE_TOLERANCE);
    compare("mirror, pictures", picture, &|device| pictures(&*open_model("mirror", device)?, samples));
    compare("CAAE, pictures", picture, &|device| {
        files.aged("caae", || random_weights(caae::autoencoder_shapes(CAAE_WIDTH, CAAE_CODE)), device)
    });
    compare("IPCGAN, pictures", picture, &|device| files.aged("ipcgan", ipcgan_weights, device));
    compare("cGAN, pictures", picture, &|device| files.aged("cgan", ipcgan_weights, device));
    compare("PAGAN, pictures", picture, &|device| files.pagan(device));
    compare("AgeTransGAN, pictures", picture, &|device| files.agetransgan_pictures(128, device));
    let network = on(TOLERANCE);
    compare(&format!("AgeTransGAN {side}px"), network, &|device| files.agetransgan(side, DType::F32, device));
    for name in ["face res", "face res, age", "mobile face", "age estimator"] {
        compare(name, network, &|device| files.judge(name, device));
    }
    compare("face mesh", network, &|device| {
        let (points, scores) =
            FaceMesh::bundled(device)?.forward(&((files.planes(192, device)? + 1.0)? / 2.0)?)?;
        Ok(vec![points, scores])
    });
    compare("regions", network, &|device| {
        Ok(vec![RegionNetwork::bundled(device)?.probabilities(&files.planes(256, device)?)?])
    });
    compare("dlib, age", network, &|device| {
        Ok(vec![AgeNetwork::bundled(device)?.logits(&files.planes(AgeNetwork::SIDE, device)?)?])
    });
    compare("dlib, identity", network, &|device| {
        Ok(vec![
            IdentityNetwork::bundled(device)?.descriptors(&files.planes(IdentityNetwork::SIDE, device)?)?,
        ])
    });
    compare("EfficientNet-Lite0", network, &|device| {
        Ok(with_random_weights(FeatureNetwork::new, device)?.maps(&files.planes(128, device)?)?)
    });
    compare("AgeTransGAN's estimator", network, &|device| {
        let network = with_random_weights(|vb| AgeTransGanEstimator::new(vb, vb.device()), device)?;
        Ok(vec![network.logits(&files.planes(AgeTransGanEstimator::SIDE as usize, device)?)?])
    });
    compare("VGG-16", network, &|device| {
        let weights = builder(&random_weights(vgg_shapes(16, 64, 64))?, DType::F32, device)?;
        let network = Vgg::new(&weights, true, InputScaling::Unscaled)?;
        Ok(vec![network.identity_features(&files.planes(64, device)?, None)?])
    });
    comparisons.extend(compare_half(device, &files, side, progress));
    comparisons
}

/// Compares AgeTransGAN in 16 bits with 32 bits, both on the device.
fn compare_half(
    device: &Compared,
    files: &Files<'_>,
    side: usize,
    progress: &mut dyn FnMut(&str),
) -> Option<Comparison> {
    let half = device.half();
    let name = format!("AgeTransGAN {side}px, {} against f32", half.as_str());
    if !device.selection.has(&name) {
        return None;
    }
    progress(&name);
    let difference = guarded(|| {
        let expected = device.run(|device| files.agetransgan(side, DType::F32, device))?;
        let found = device.run(|device| files.agetransgan(side, half, device))?;
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
        compare_networks(&compared, &samples, home.path(), 32, &mut |_| {})
    }

    #[test]
    fn composed_networks_agree_with_the_kernels() {
        for name in ["mirror, pictures", "ipcgan, pictures", "dlib, age", "efficientnet"] {
            let comparisons = compare(name);
            assert!(comparisons.len() == 1 && comparisons[0].passed(), "{comparisons:?}");
        }
    }
}
