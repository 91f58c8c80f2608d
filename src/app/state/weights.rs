//! The weight files of the models: which are present, which are missing, where to get them.

use agemirror_checkpoint::catalogue::{Published, published_for};
use agemirror_checkpoint::{Presence, Store};
use agemirror_faces::aging::{ModelSummary, models};

/// Whether a model can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WeightState {
    /// All required weights are present.
    Ready,
    /// Required weights are missing.
    Missing,
    /// Required weights are present but damaged, for this reason.
    Damaged(String),
}

/// A published file that a model can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedFile {
    /// Its title.
    pub title: String,
    /// The names that its authors gave it; several if it has several parts or goes by several names.
    pub names: Vec<String>,
    /// Where its authors published it.
    pub location: String,
    /// Its licence.
    pub licence: String,
    /// What to do after downloading it.
    pub next_step: String,
    /// Whether it has been imported.
    pub imported: bool,
}

impl PublishedFile {
    /// The address of its page, if its location contains one.
    pub fn page(&self) -> Option<&str> {
        let page = self.location.find("https://").map(|start| &self.location[start..])?;
        page.split([' ', ',', ';', ')']).next()
    }
}

/// The weights of one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelWeights {
    /// The model's name on the command line.
    pub model: &'static str,
    /// Whether the model can be opened.
    pub state: WeightState,
    /// The published files that it can use.
    pub files: Vec<PublishedFile>,
}

/// Checks which models' weights are present. A model without published files is bundled with its weights.
pub fn check() -> Vec<ModelWeights> {
    let store = Store::for_user();
    let store = store.as_ref().map_err(ToString::to_string);
    models().iter().map(|model| check_model(model, &store)).collect()
}

fn check_model(model: &ModelSummary, store: &Result<&Store, String>) -> ModelWeights {
    let published: Vec<&Published> = published_for(model.name).collect();
    let present: Vec<Presence> = published
        .iter()
        .map(|file| store.as_ref().map_or(Presence::Missing, |store| store.find(|record| file.fits(record))))
        .collect();
    let imported: Vec<bool> =
        present.iter().map(|presence| matches!(presence, Presence::Present(_))).collect();
    let files =
        published.iter().zip(&imported).map(|(file, imported)| published_file(file, *imported)).collect();
    let enough = published.is_empty() || model.id.suffices(&imported);
    let damaged = present.iter().find_map(|presence| match presence {
        Presence::Damaged(installed, why) => Some(format!("{}: {why}", installed.file.display())),
        Presence::Present(_) | Presence::Missing => None,
    });
    let state = match (enough, damaged, store) {
        (true, ..) => WeightState::Ready,
        (_, Some(reason), _) => WeightState::Damaged(reason),
        (_, None, Err(reason)) => WeightState::Damaged(reason.clone()),
        (_, None, Ok(_)) => WeightState::Missing,
    };
    ModelWeights { model: model.name, state, files }
}

fn published_file(file: &Published, imported: bool) -> PublishedFile {
    PublishedFile {
        title: file.title.to_owned(),
        names: file.names.iter().map(|name| (*name).to_owned()).collect(),
        location: file.location.to_owned(),
        licence: file.licence.to_owned(),
        next_step: file.next_step.to_owned(),
        imported,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_page_is_found_in_the_location() {
        for published in agemirror_checkpoint::catalogue::PUBLISHED {
            let file = published_file(published, false);
            let page = file.page().unwrap_or_default();
            assert!(page.starts_with("https://") && !page.contains([' ', ',', ')']), "{page}");
        }
    }
}
