//! What the window does when weights are looked at or taken in.

use super::Doer;
use crate::app::state::Sheet;
use crate::app::state::notifications::Tone;
use crate::app::state::weights::{ModelWeights, WeightState};
use crate::app::workers::backend::Request;
use agemirror_faces::aging::ModelSummary;

impl Doer<'_> {
    /// A wanted model that cannot be opened leaves its place to the one that runs.
    pub(crate) fn weights(&mut self, weights: Vec<ModelWeights>) {
        self.state.weights = weights;
        let wanted = self.state.model().map(|model| model.name);
        if let Some(wanted) = wanted.filter(|wanted| !self.state.can_open(wanted)) {
            let running = self.state.model_info.as_ref().map(|model| model.name.to_owned());
            self.state.settings.model = running.filter(|running| running != wanted);
            self.state.sheet = Some(Sheet::Weights(wanted));
        }
    }

    /// A model that can be opened now is chosen; one that wants more says so.
    pub(crate) fn installed(&mut self, models: &[&'static str], problems: Vec<String>, stopped: bool) {
        self.state.installing = None;
        problems.into_iter().for_each(|problem| self.tell(Tone::Bad, problem, None));
        if stopped {
            self.tell(Tone::Bad, "Taking weights in was stopped.".to_owned(), None);
        }
        // Two models may share their weights: the one whose card is open was meant.
        let asked = match self.state.sheet {
            Some(Sheet::Weights(model)) if !models.is_empty() && self.state.can_open(model) => Some(model),
            _ => models.last().copied(),
        };
        let Some(asked) = asked else { return };
        let Some(model) = self.state.listed(asked) else {
            self.tell(Tone::Good, format!("Weights of {asked} were taken in."), None);
            return;
        };
        if self.state.can_open(model.name) {
            self.state.sheet = None;
            self.state.settings.model = Some(model.name.to_owned());
            self.state.shot = None;
            self.state.reopened += 1;
            self.tell(
                Tone::Good,
                format!("The weights of {} were taken in; it is chosen.", model.title),
                None,
            );
        } else {
            self.state.sheet = Some(Sheet::Weights(model.name));
            self.tell(Tone::Good, self.still_wanted(model), None);
        }
    }

    fn still_wanted(&self, model: &ModelSummary) -> String {
        let weights = self.state.weights_of(model.name);
        let missing = weights.filter(|weights| weights.state == WeightState::Missing).map(|weights| {
            let files = weights.files.iter().filter(|file| !file.there).map(|file| file.title.as_str());
            files.collect::<Vec<_>>().join("; ")
        });
        format!("One file of {} was taken in. Still wanted: {}.", model.title, missing.unwrap_or_default())
    }

    /// Gives up taking weights in.
    pub(crate) fn stop_installing(&mut self) {
        self.backend.request(Request::StopInstalling);
    }
}
