//! Every model by its name.

use candle_core::Device;

use super::mirror::{self, Mirror};
use super::model::{AgingError, AgingModel};

/// What there is to say of a model before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelSummary {
    /// The name on the command line.
    pub name: &'static str,
    /// The name in the window.
    pub title: &'static str,
    /// One sentence.
    pub description: &'static str,
}

const MODELS: &[ModelSummary] = &[ModelSummary {
    name: mirror::NAME,
    title: "Mirror",
    description: "the bundled network: any age from 1 to 85, live on a laptop's processor",
}];

/// The models there are, the default first.
pub fn models() -> &'static [ModelSummary] {
    MODELS
}

/// Opens the model called `name` on `device`.
///
/// # Errors
/// When there is none of that name or its weights do not fit.
pub fn open_model(name: &str, device: &Device) -> Result<Box<dyn AgingModel>, AgingError> {
    match name {
        mirror::NAME => Ok(Box::new(Mirror::bundled(device)?)),
        _ => Err(AgingError::UnknownModel(name.to_owned())),
    }
}
