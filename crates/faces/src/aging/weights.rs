//! Opens weight files for a network.

use std::fmt::Display;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use candle_core::Device;
use candle_nn::VarBuilder;
use sha2::{Digest, Sha256};

use super::model::AgingError;
use agemirror_checkpoint::{Checkpoint, recognise, var_builder};

/// An open weight file of a model.
pub(super) struct Weights {
    model: &'static str,
    checkpoint: Arc<Checkpoint>,
    /// Prefix of its tensor names, such as `module.` from multi-device training.
    prefix: String,
}

impl Weights {
    /// Opens the file or folder at `path`.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub(super) fn open(model: &'static str, path: &Path) -> Result<Self, AgingError> {
        let checkpoint = Checkpoint::open(path)?;
        let prefix = recognise(&checkpoint).map(|known| known.prefix).unwrap_or_default();
        Ok(Self { model, checkpoint: Arc::new(checkpoint), prefix })
    }

    /// Whether there is a tensor called `name` after the prefix.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.checkpoint.entry(&format!("{}{name}", self.prefix)).is_some()
    }

    /// Its tensors as 32-bit floats on `device`, with the prefix removed.
    pub(super) fn tensors(&self, device: &Device) -> VarBuilder<'static> {
        var_builder(self.checkpoint.clone(), &self.prefix, device)
    }

    /// Adds the file to the error of a network that could not be built.
    ///
    /// # Errors
    /// When the network could not be built.
    pub(super) fn build<T>(&self, network: candle_core::Result<T>) -> Result<T, AgingError> {
        network.map_err(|error| self.misfit(error))
    }

    /// An error that the file does not fit the model.
    pub(super) fn misfit(&self, reason: impl Display) -> AgingError {
        let file = self.checkpoint.path().display().to_string();
        AgingError::Weights { model: self.model, file, reason: reason.to_string() }
    }

    /// SHA-256 of the concatenated files, in hexadecimal.
    ///
    /// # Errors
    /// When a file is no longer readable.
    pub(super) fn hash(weights: &[&Self]) -> Result<String, AgingError> {
        let mut hasher = Sha256::new();
        for one in weights {
            for path in one.checkpoint.files() {
                let copied = File::open(path).and_then(|mut file| io::copy(&mut file, &mut hasher));
                copied.map_err(|error| one.misfit(error))?;
            }
        }
        Ok(format!("{:x}", hasher.finalize()))
    }
}
