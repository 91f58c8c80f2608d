//! Handles the reports about weight files.

use super::CommandHandler;
use crate::app::state::Modal;
use crate::app::state::notifications::Severity;
use crate::app::state::weights::{ModelWeights, WeightState};
use crate::text::{Message, message};
use agemirror_faces::aging::ModelSummary;

impl CommandHandler<'_> {
    /// Stores which weights are present. If the chosen model cannot be opened, the running model stays
    /// chosen.
    pub(super) fn weights_checked(&mut self, weights: Vec<ModelWeights>) {
        self.state.weights = weights;
        let chosen = self.state.model().map(|model| model.name);
        if let Some(chosen) = chosen.filter(|chosen| !self.state.can_open(chosen)) {
            let running = self.state.model_info.as_ref().map(|model| model.name.to_owned());
            self.state.settings.model = running.filter(|running| running != chosen);
            self.state.modal = Some(Modal::Weights(chosen));
        }
    }

    /// Ends an import: switches to its model if that can be opened now, otherwise names the missing files.
    pub(super) fn weights_imported(
        &mut self,
        models: &[&'static str],
        problems: Vec<Message>,
        cancelled: bool,
    ) {
        self.state.importing = None;
        problems.into_iter().for_each(|problem| self.notify(Severity::Error, problem, None));
        if cancelled {
            self.notify(Severity::Error, message!("import-cancelled"), None);
        }
        // Two models may share their weights: prefer the one whose modal is open.
        let name = match self.state.modal {
            Some(Modal::Weights(model)) if !models.is_empty() && self.state.can_open(model) => Some(model),
            _ => models.last().copied(),
        };
        let Some(name) = name else { return };
        let Some(model) = self.state.listed(name) else {
            return self.notify(Severity::Success, message!("weights-imported", model = name), None);
        };
        if self.state.can_open(model.name) {
            self.state.modal = None;
            self.state.settings.model = Some(model.name.to_owned());
            self.state.sweep_run = None;
            self.state.model_reloads += 1;
            let text = message!("weights-imported-and-chosen", model = model.title);
            self.notify(Severity::Success, text, None);
        } else {
            self.state.modal = Some(Modal::Weights(model.name));
            self.notify(Severity::Success, self.missing_files(model), None);
        }
    }

    fn missing_files(&self, model: &ModelSummary) -> Message {
        let weights = self.state.weights_of(model.name);
        let missing = weights.filter(|weights| weights.state == WeightState::Missing).map(|weights| {
            let files = weights.files.iter().filter(|file| !file.imported).map(|file| file.title.as_str());
            files.collect::<Vec<_>>().join("; ")
        });
        message!("weights-still-missing", model = model.title, files = missing.unwrap_or_default())
    }
}
