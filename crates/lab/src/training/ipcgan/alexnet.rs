//! The AlexNet that judges faces (Krizhevsky et al., 2012): identity features and an age branch. Names and
//! layouts are those of the authors' TensorFlow checkpoints; widths follow from the file.

use std::path::Path;
use std::sync::Arc;

use candle_core::{D, DType, Device, Result, Tensor, bail};
use candle_nn::VarBuilder;

use crate::training::TrainingError;
use agemirror_checkpoint::{Checkpoint, var_builder};
use agemirror_faces::aging::ipcgan::{CLASSES, MEANS};
use agemirror_faces::aging::picture::per_channel;
use agemirror_faces::aging::tensorflow::{Direction, Kernel};
use agemirror_kernels::{PixelGrid, conv2d, conv2d_grouped, max_pool2d, resize_bilinear};

/// Side of its input pictures, in pixels.
pub(super) const SIDE: usize = 227;
/// Side of its last feature map.
const LAST_SIDE: usize = 6;

/// The layer whose features are compared, after its ReLU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names of AlexNet's layers")]
pub(crate) enum FeatureLayer {
    Conv3,
    Conv4,
    Conv5,
    Pool5,
    Fc6,
    Fc7,
}

/// Kernel size, padding and groups of the convolutions.
const CONVOLUTIONS: [(usize, usize, usize); 5] = [(11, 0, 1), (5, 2, 2), (3, 1, 1), (3, 1, 2), (3, 1, 2)];

struct Dense {
    weight: Tensor,
    bias: Tensor,
}

impl Dense {
    /// With `after_map`, its input is a map, which TensorFlow flattens with the channels last.
    fn new(vb: &VarBuilder<'_>, name: &str, after_map: bool) -> Result<Self> {
        let weight = vb.get_unchecked(&format!("alexnet/{name}/weights"))?;
        let (inputs, outputs) = weight.dims2()?;
        let weight = if after_map {
            let channels = inputs / (LAST_SIDE * LAST_SIDE);
            weight
                .reshape((LAST_SIDE, LAST_SIDE, channels, outputs))?
                .permute((2, 0, 1, 3))?
                .reshape((inputs, outputs))?
        } else {
            weight
        };
        Ok(Self { weight, bias: vb.get(outputs, &format!("alexnet/{name}/biases"))? })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

/// Local response normalisation: `x / (1 + 2e-5 * s)^0.75`, where `s` is the sum of squares over five
/// neighbouring channels.
fn local_response_norm(x: &Tensor) -> Result<Tensor> {
    let channels = x.dim(1)?;
    let squares = x.sqr()?.pad_with_zeros(1, 2, 2)?;
    let mut sum = squares.narrow(1, 0, channels)?;
    for offset in 1..5 {
        sum = (sum + squares.narrow(1, offset, channels)?)?;
    }
    let root = ((sum * 2e-5)? + 1.0)?.sqrt()?;
    x / (&root * root.sqrt()?)?
}

/// The convolutions, and the dense layers of the identity network if the file has them.
pub(crate) struct Alexnet {
    convolutions: Vec<Kernel>,
    dense: Vec<Dense>,
}

impl Alexnet {
    /// Loads the weights from `vb`.
    ///
    /// # Errors
    /// When a convolution is missing or has another size.
    pub(crate) fn new(vb: &VarBuilder<'_>) -> Result<Self> {
        let kernel = |(i, (size, ..)): (usize, &(usize, usize, usize))| {
            let name = |part: &str| format!("alexnet/conv{}/{part}", i + 1);
            Kernel::load(vb, &name("weights"), &name("biases"), *size, Direction::Forward)
        };
        let convolutions = CONVOLUTIONS.iter().enumerate().map(kernel).collect::<Result<_>>()?;
        let dense = match vb.contains_tensor("alexnet/fc6/weights") {
            true => vec![Dense::new(vb, "fc6", true)?, Dense::new(vb, "fc7", false)?],
            false => Vec::new(),
        };
        Ok(Self { convolutions, dense })
    }

    /// Whether the network has this layer.
    pub(crate) fn holds(&self, layer: FeatureLayer) -> bool {
        !self.dense.is_empty() || layer < FeatureLayer::Fc6
    }

    /// The features of `layer` and the flat last map (N, 9216), for pictures (N, 3, 227, 227) minus their
    /// means.
    pub(super) fn features(&self, x: &Tensor, layer: FeatureLayer) -> Result<(Tensor, Tensor)> {
        let mut x = x.clone();
        let mut features = None;
        for (i, (kernel, (_, pad, groups))) in self.convolutions.iter().zip(CONVOLUTIONS).enumerate() {
            let (weight, bias) = (&kernel.weight, Some(&kernel.bias));
            x = match groups {
                1 => conv2d(&x, weight, bias, if i == 0 { 4 } else { 1 }, pad)?,
                _ => conv2d_grouped(&x, weight, bias, 1, pad, groups)?,
            };
            x = x.relu()?;
            match (i, layer) {
                (2, FeatureLayer::Conv3) | (3, FeatureLayer::Conv4) | (4, FeatureLayer::Conv5) => {
                    features = Some(x.clone());
                }
                _ => {}
            }
            if i < 2 {
                x = local_response_norm(&max_pool2d(&x, 3, 2)?)?;
            }
        }
        let map = max_pool2d(&x, 3, 2)?;
        let flat = map.flatten_from(1)?;
        if let Some(features) = features {
            return Ok((features, flat));
        }
        if layer == FeatureLayer::Pool5 {
            return Ok((map, flat));
        }
        let Some(depth) = (layer as usize).checked_sub(FeatureLayer::Fc6 as usize) else {
            bail!("unknown layer {layer:?}");
        };
        if self.dense.is_empty() {
            bail!("the file has no layer {layer:?}");
        }
        let mut features = flat.clone();
        for layer in &self.dense[..=depth] {
            features = layer.forward(&features)?.relu()?;
        }
        Ok((features, flat))
    }
}

impl PartialOrd for FeatureLayer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (*self as usize).partial_cmp(&(*other as usize))
    }
}

/// The branch that predicts the age group from the trunk's flat map.
pub(super) struct AgeBranch(Vec<Dense>);

impl AgeBranch {
    pub(super) fn new(vb: &VarBuilder<'_>) -> Result<Self> {
        let layers = [("age_fc6", true), ("age_fc7", false), ("age_fc8", false)];
        let layers = layers.iter().map(|(name, after_map)| Dense::new(vb, name, *after_map));
        Ok(Self(layers.collect::<Result<_>>()?))
    }

    /// The logits (N, 5) of the groups.
    pub(super) fn forward(&self, flat: &Tensor) -> Result<Tensor> {
        let mut x = flat.clone();
        for (i, layer) in self.0.iter().enumerate() {
            x = layer.forward(&x)?;
            if i + 1 < self.0.len() {
                x = x.relu()?;
            }
        }
        Ok(x)
    }

    fn groups(&self) -> Result<usize> {
        self.0.last().map_or(Ok(0), |layer| layer.bias.dim(0))
    }
}

/// The frozen networks that judge generated faces.
pub(crate) struct Judges {
    features: Option<Arc<Alexnet>>,
    ages: Option<(Arc<Alexnet>, AgeBranch)>,
    layer: FeatureLayer,
    means: Tensor,
}

impl Judges {
    /// No judges: only the discriminator trains the generator.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn none(device: &Device) -> Result<Self> {
        let layer = FeatureLayer::Conv5;
        Ok(Self { features: None, ages: None, layer, means: per_channel(MEANS, device)? })
    }

    /// Opens the identity network and the age branch. If the file of the branch has its own convolutions, as
    /// classifiers trained here from random weights do, the branch uses these. Without a file of the identity
    /// network, their features are also compared.
    ///
    /// # Errors
    /// When a file cannot be read or does not fit, or no file has the required layers.
    pub(crate) fn open(
        persons: Option<&Path>,
        ages: Option<&Path>,
        layer: FeatureLayer,
        device: &Device,
    ) -> std::result::Result<Self, TrainingError> {
        let network = |path: &Path| -> std::result::Result<_, TrainingError> {
            let vb = var_builder(Arc::new(Checkpoint::open(path)?), "", device);
            let trunk = vb.contains_tensor("alexnet/conv1/weights").then(|| Alexnet::new(&vb));
            let wrong = |reason| TrainingError::Checkpoint { file: path.to_owned(), reason };
            Ok((vb, trunk.transpose().map_err(wrong)?.map(Arc::new)))
        };
        let (_, persons) = persons.map(network).transpose()?.unzip();
        let persons = persons.flatten();
        let mut judges = Self { layer, features: persons.clone(), ..Self::none(device)? };
        if let Some(path) = ages {
            let (vb, own) = network(path)?;
            let wrong = |reason| TrainingError::Checkpoint { file: path.to_owned(), reason };
            let branch = AgeBranch::new(&vb).map_err(wrong)?;
            if branch.groups()? != CLASSES {
                let reason = format!("the age classifier must have {CLASSES} groups");
                return Err(TrainingError::Settings(reason));
            }
            let Some(trunk) = own.or(persons) else {
                let reason = format!(
                    "{} holds only the age branch; also give the identity network that it was trained on",
                    path.display()
                );
                return Err(TrainingError::Settings(reason));
            };
            judges.features.get_or_insert_with(|| Arc::clone(&trunk));
            judges.ages = Some((trunk, branch));
        }
        if judges.features.as_ref().is_some_and(|features| !features.holds(layer)) {
            let reason =
                format!("the identity network has no layer {layer:?}; choose pool5 or an earlier layer");
            return Err(TrainingError::Settings(reason));
        }
        Ok(judges)
    }

    /// Whether there are features to compare, and whether there is an age branch.
    pub(crate) fn available(&self) -> (bool, bool) {
        (self.features.is_some(), self.ages.is_some())
    }

    /// The input of AlexNet for faces generated at 128 pixels (N, 3, 128, 128) in -1..1.
    fn enlarged(&self, generated: &Tensor) -> Result<Tensor> {
        let bytes = ((generated + 1.0)? * 127.5)?;
        resize_bilinear(&bytes, (SIDE, SIDE), PixelGrid::Origin)?.broadcast_sub(&self.means)
    }

    /// The sum of squared feature differences between faces and their sources (N, 3, 227, 227, means
    /// subtracted), per face; and the logits (N, 5) of the predicted groups.
    pub(super) fn judge(
        &self,
        generated: &Tensor,
        source: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let Some(features) = &self.features else { return Ok((None, None)) };
        let x = self.enlarged(generated)?;
        let (ours, flat) = features.features(&x, self.layer)?;
        let (theirs, _) = features.features(source, self.layer)?;
        let difference = ((ours - theirs.detach())?.sqr()?.sum_all()? / generated.dim(0)? as f64)?;
        let Some((trunk, branch)) = &self.ages else { return Ok((Some(difference), None)) };
        let flat =
            if Arc::ptr_eq(trunk, features) { flat } else { trunk.features(&x, FeatureLayer::Pool5)?.1 };
        Ok((Some(difference), Some(branch.forward(&flat)?)))
    }
}

/// The predicted groups (N) of logits (N, 5).
pub(super) fn predicted_groups(logits: &Tensor) -> Result<Vec<u32>> {
    logits.argmax(D::Minus1)?.to_dtype(DType::U32)?.to_vec1()
}
