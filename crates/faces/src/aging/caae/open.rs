//! Opens CAAE's weight files of either kind.

use std::path::{Path, PathBuf};

use candle_core::Device;

use super::{Caae, GROUPS, NAME, Network, PyTorchNetwork, SIDE, TEMPLATE, TITLE, Variant};
use crate::aging::model::{AgeChoice, AgingError, ModelInfo};
use crate::aging::weights::Weights;

/// A tensor that occurs only in the TensorFlow model.
const TENSORFLOW: &str = "E_conv0/w";
/// A tensor that occurs only in the PyTorch variant's encoder.
const ENCODER: &str = "conv_layers.e_conv_1.0.weight";
/// A tensor that occurs only in the PyTorch variant's generator.
const GENERATOR: &str = "deconv_layers.g_deconv_1.0.weight";

impl Caae {
    /// Opens the weights at `path`: a TensorFlow checkpoint, or a file of the PyTorch variant that holds both
    /// encoder and generator or has the other one beside it (`E.dat` and `G.dat`).
    ///
    /// # Errors
    /// When the file cannot be read, or its weights do not fit the network.
    pub fn open(path: &Path, device: &Device) -> Result<Self, AgingError> {
        let weights = Weights::open(NAME, path)?;
        if weights.holds(ENCODER) || weights.holds(GENERATOR) {
            return Self::open_pytorch(&weights, path, device);
        }
        if !weights.holds(TENSORFLOW) {
            return Err(weights.misfit(format!("it has neither the tensor {TENSORFLOW} nor {ENCODER}")));
        }
        let network = weights.build(Network::new(&weights.tensors(device)))?;
        Ok(Self::new(Variant::TensorFlow(network), Weights::hash(&[&weights])?, device))
    }

    fn open_pytorch(weights: &Weights, path: &Path, device: &Device) -> Result<Self, AgingError> {
        let is_encoder = weights.holds(ENCODER);
        if is_encoder && weights.holds(GENERATOR) {
            return Self::of_pair(weights, weights, device);
        }
        let twin = twin(path).filter(|twin| twin.exists());
        let twin = Weights::open(NAME, &twin.ok_or_else(|| weights.misfit(half(is_encoder)))?)?;
        if is_encoder { Self::of_pair(weights, &twin, device) } else { Self::of_pair(&twin, weights, device) }
    }

    /// Opens the two files of the PyTorch variant.
    ///
    /// # Errors
    /// When one cannot be read, or its weights do not fit the network.
    pub(crate) fn open_pair(encoder: &Path, generator: &Path, device: &Device) -> Result<Self, AgingError> {
        Self::of_pair(&Weights::open(NAME, encoder)?, &Weights::open(NAME, generator)?, device)
    }

    fn of_pair(encoder: &Weights, generator: &Weights, device: &Device) -> Result<Self, AgingError> {
        let network = PyTorchNetwork::new(&encoder.tensors(device), &generator.tensors(device));
        let network = generator.build(network)?;
        Ok(Self::new(Variant::PyTorch(network), Weights::hash(&[encoder, generator])?, device))
    }

    fn new(variant: Variant, weights_hash: String, device: &Device) -> Self {
        let info = ModelInfo {
            name: NAME,
            title: TITLE,
            ages: AgeChoice::Groups(GROUPS.to_vec()),
            knows_gender: true,
            templates: vec![TEMPLATE],
            view: crate::face::dlib::CropWindow::WHOLE,
            side: SIDE,
            weights_hash,
        };
        Self { info, variant, device: device.clone() }
    }
}

/// The instructions for the missing half of a pair.
fn half(is_encoder: bool) -> &'static str {
    if is_encoder {
        "it holds only the encoder; put the generator (G) beside it, with a name that begins with G instead of E"
    } else {
        "it holds only the generator; put the encoder (E) beside it, with a name that begins with E instead of G"
    }
}

/// `G.dat` for `E.dat`, and vice versa.
fn twin(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let other = match name.as_bytes().first()? {
        b'E' => 'G',
        b'G' => 'E',
        b'e' => 'g',
        b'g' => 'e',
        _ => return None,
    };
    Some(path.with_file_name(format!("{other}{}", &name[1..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_files_of_the_pytorch_variant_find_each_other() {
        assert_eq!(twin(Path::new("a/E.dat")), Some(PathBuf::from("a/G.dat")));
        assert_eq!(twin(Path::new("g.safetensors")), Some(PathBuf::from("e.safetensors")));
        assert_eq!(twin(Path::new("a/model.dat")), None);
    }
}
