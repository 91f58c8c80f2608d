//! What is known of the models' weight files: which are there, which are wanted, where to get them.

/// Whether a model can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WeightState {
    /// It can.
    Ready,
    /// Its weights are not here.
    Missing,
    /// Its weights are here and cannot be used, for this reason.
    Damaged(String),
}

/// The weight files of one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelWeights {
    /// The model's name on the command line.
    pub model: &'static str,
    /// Whether it can be opened.
    pub state: WeightState,
    /// The files wanted, as their authors call them.
    pub files: Vec<String>,
    /// Where their authors put them.
    pub address: String,
    /// Under which licence.
    pub licence: String,
    /// What else is to be known before they are fetched; may be empty.
    pub note: String,
}
