//! What is known of the models' weight files: which are there, which are wanted, where to get them.

use agemirror_checkpoint::catalogue::{Published, published_for};
use agemirror_checkpoint::{Presence, Store};
use agemirror_faces::aging::{ModelSummary, models};

/// Whether a model can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WeightState {
    /// It can.
    Ready,
    /// Weights that it needs are not here.
    Missing,
    /// Weights that it needs are here and cannot be used, for this reason.
    Damaged(String),
}

/// A published file that a model can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedFile {
    /// What it is.
    pub title: String,
    /// What its authors call it; several names where it has several parts or goes by several names.
    pub names: Vec<String>,
    /// Where its authors put it.
    pub location: String,
    /// Under which licence.
    pub licence: String,
    /// What to do once it is there.
    pub next_step: String,
    /// Whether it has been taken in.
    pub imported: bool,
}

impl PublishedFile {
    /// The page on which it is, where its index names one.
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
    /// Whether it can be opened.
    pub state: WeightState,
    /// The published files that it can use.
    pub files: Vec<PublishedFile>,
}

/// Looks which models' weights are there. A model without published files carries its own.
pub fn check() -> Vec<ModelWeights> {
    let store = Store::of_user();
    let store = store.as_ref().map_err(ToString::to_string);
    models().iter().map(|model| check_model(model, &store)).collect()
}

fn check_model(model: &ModelSummary, store: &Result<&Store, String>) -> ModelWeights {
    let published: Vec<&Published> = published_for(model.name).collect();
    let present: Vec<Presence> = published
        .iter()
        .map(|file| store.as_ref().map_or(Presence::Missing, |store| store.find(|record| file.fits(record))))
        .collect();
    let there = |index: usize| matches!(present[index], Presence::Present(_));
    let files =
        published.iter().enumerate().map(|(index, file)| published_file(file, there(index))).collect();
    let enough = published.is_empty() || is_complete(model.name, published.len(), there);
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
        location: file.place.to_owned(),
        licence: file.licence.to_owned(),
        next_step: file.then.to_owned(),
        imported,
    }
}

/// Whether the published files that are there make the model work: any one of them does, but PAGAN needs
/// every file, and CAAE's PyTorch variant, listed after the authors' own model, both of its halves.
fn is_complete(model: &str, count: usize, there: impl Fn(usize) -> bool) -> bool {
    match model {
        "pagan" => (0..count).all(there),
        "caae" => there(0) || (count > 1 && (1..count).all(there)),
        _ => (0..count).any(there),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_cut_out_of_the_place() {
        for published in agemirror_checkpoint::catalogue::PUBLISHED {
            let file = published_file(published, false);
            let page = file.page().unwrap_or_default();
            assert!(page.starts_with("https://") && !page.contains([' ', ',', ')']), "{page}");
        }
    }

    #[test]
    fn a_set_is_complete_only_when_it_is_whole() {
        let has = |there: &'static [bool]| move |index: usize| there[index];
        assert!(!is_complete("pagan", 3, has(&[true, true, false])));
        assert!(is_complete("pagan", 3, has(&[true, true, true])));
        assert!(is_complete("caae", 3, has(&[true, false, false])));
        assert!(!is_complete("caae", 3, has(&[false, true, false])));
        assert!(is_complete("caae", 3, has(&[false, true, true])));
        assert!(is_complete("agetransgan", 2, has(&[false, true])));
        assert!(!is_complete("ipcgan", 1, has(&[false])));
    }

    #[test]
    fn the_published_halves_of_caae_stand_after_the_whole() {
        let names: Vec<_> = published_for("caae").map(|file| file.names[0]).collect();
        assert_eq!(names, ["init_model", "E.dat", "G.dat"]);
    }
}
