//! Models of several kinds: their ages, their gender, and the weights that they require.

use agemirror::app::state::settings::ThemeChoice;
use agemirror::app::state::weights::WeightState;
use agemirror::app::state::{Layout, Modal, UiState};
use agemirror::app::workers::backend::{Report, Request};
use agemirror::pipeline::Command;
use agemirror_faces::age::Gender;
use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::fixture::{
    Album, App, FOUR, TEN, agetransgan, caae, live, pagan, run_by, state_with_models, window, window_of,
    with_status,
};

const CAAE: [f32; 10] = [2.5, 8.0, 13.0, 18.0, 25.5, 35.5, 45.5, 55.5, 65.5, 75.5];
const PAGAN: [f32; 3] = [35.5, 45.5, 56.0];

fn click(harness: &mut Harness<'static, App>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

/// The newest value that `of` finds in the sent commands.
fn newest_sent<T>(harness: &Harness<'static, App>, of: impl Fn(&Command) -> Option<T>) -> Option<T> {
    harness.state().backend.sent.iter().rev().find_map(of)
}

fn requested_ages(harness: &Harness<'static, App>) -> Option<Vec<f32>> {
    newest_sent(harness, |command| match command {
        Command::Ages(ages) => Some(ages.clone()),
        _ => None,
    })
}

fn requested_model(harness: &Harness<'static, App>) -> Option<String> {
    newest_sent(harness, |command| match command {
        Command::Model(model) => Some(model.clone()),
        _ => None,
    })
}

/// A state in which this model is chosen.
fn of(model: &str) -> UiState {
    let mut state = state_with_models();
    state.settings.model = Some(model.to_owned());
    state
}

#[test]
fn looks_of_models_with_groups() {
    let mut album = Album::default();
    album.look("caae_dark", of("caae"), run_by(caae(), &CAAE));
    let mut light = of("pagan");
    light.settings.theme = ThemeChoice::Light;
    light.settings.gender = Gender::Male;
    album.look("pagan_light", light, run_by(pagan(), &PAGAN));
    album.keep(window_of(of("caae"), run_by(caae(), &CAAE), [1024.0, 640.0]), "caae_1024");
    let mut large = of("agetransgan");
    large.layout = Layout::Large;
    large.age = 40.0;
    album.look("agetransgan_large", large, run_by(agetransgan(), &[40.0]));
}

#[test]
fn looks_of_the_picker_and_the_modals() {
    let mut album = Album::default();
    let mut harness = window(state_with_models(), live(1, &[0], &TEN));
    click(&mut harness, "Model");
    album.keep(harness, "model_picker");
    let mut missing = state_with_models();
    missing.modal = Some(Modal::Weights("pagan"));
    album.look("weights_missing_dark", missing, live(1, &[0], &TEN));
    let mut damaged = state_with_models();
    damaged.settings.theme = ThemeChoice::Light;
    damaged.modal = Some(Modal::Weights("ipcgan"));
    album.look("weights_damaged_light", damaged, live(1, &[0], &TEN));
}

#[test]
fn a_weight_file_can_be_chosen_like_a_model() {
    let file = "/home/ada/runs/ipcgan/checkpoint/acgan.model-1840.safetensors";
    let mut state = state_with_models();
    state.model_file = Some(file.to_owned());
    let mut harness = window(state, live(1, &[0], &TEN));
    click(&mut harness, "Model");
    click(&mut harness, "acgan.model-1840.safetensors, weight file");
    assert_eq!(requested_model(&harness).as_deref(), Some(file));
    click(&mut harness, "Model");
    harness.get_by_label("acgan.model-1840.safetensors, weight file");
    let refused = with_status(live(1, &[0], &TEN), |status| status.refused = Some(file.to_owned()));
    harness.state_mut().backend.view = refused;
    harness.run_steps(3);
    assert_eq!(requested_model(&harness).as_deref(), Some("mirror"), "which runs");
}

#[test]
fn a_model_of_groups_gets_its_own_ages() {
    let mut harness = window(state_with_models(), live(1, &[0], &TEN));
    harness.state_mut().backend.view = run_by(caae(), &CAAE);
    harness.run_steps(3);
    assert_eq!(requested_ages(&harness), Some(CAAE.to_vec()));
    assert!(harness.query_by_label("Four age groups").is_none());
    harness.get_by_label("Age 21–30");
    harness.state_mut().backend.view = run_by(pagan(), &PAGAN);
    harness.run_steps(3);
    assert_eq!(requested_ages(&harness), Some(PAGAN.to_vec()));
    harness.state_mut().backend.view = live(1, &[0], &TEN);
    harness.run_steps(3);
    assert_eq!(requested_ages(&harness), Some(TEN.to_vec()), "the previous groups return");
}

#[test]
fn the_slider_snaps_to_groups_and_moves_between_them_where_it_can() {
    let mut harness = window(of("caae"), run_by(caae(), &CAAE));
    harness.get_by_label("Age").set_value_accesskit(42.0);
    harness.run_steps(2);
    assert_eq!(requested_ages(&harness), Some(vec![45.5]));
    let node = harness.get_by_label("Age");
    assert_eq!(node.accesskit_node().max_numeric_value(), Some(75.5));
    harness.key_press(Key::ArrowRight);
    harness.run_steps(40);
    assert_eq!(requested_ages(&harness), Some(vec![55.5]), "the next group");

    let mut harness = window(state_with_models(), run_by(agetransgan(), &FOUR));
    harness.get_by_label("Age").set_value_accesskit(42.0);
    harness.run_steps(2);
    assert_eq!(requested_ages(&harness), Some(vec![42.0]));
    harness.key_press(Key::ArrowRight);
    harness.run_steps(40);
    let asked = requested_ages(&harness).unwrap();
    assert!((asked[0] - 43.0).abs() < 1e-3, "a tenth of the way from 35 to 45: {asked:?}");
}

#[test]
fn the_gender_can_be_chosen_for_models_that_distinguish_it() {
    let mut harness = window(state_with_models(), live(1, &[0], &TEN));
    assert!(harness.query_by_label("Age as a man").is_none());
    harness.state_mut().backend.view = run_by(caae(), &CAAE);
    harness.run_steps(2);
    click(&mut harness, "Age as a man");
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Gender(Gender::Male))));
    assert_eq!(harness.state().state.settings.gender, Gender::Male);
    harness.key_press(Key::G);
    harness.run_steps(2);
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Gender(Gender::Female))));
}

#[test]
fn a_model_without_weights_lists_them_and_the_current_one_stays() {
    let mut harness = window(state_with_models(), live(1, &[0], &TEN));
    click(&mut harness, "Model");
    click(&mut harness, "PAGAN, weights missing – select to see which");
    assert_eq!(harness.state().state.modal, Some(Modal::Weights("pagan")));
    assert_eq!(harness.state().state.settings.model, None);
    let sent = &harness.state().backend.sent;
    assert!(sent.iter().all(|command| !matches!(command, Command::Model(_))));
    harness.get_by_label("netG2.pth");
    harness.get_by_label_contains("https://example.org/pagan/weights");
    click(&mut harness, "Choose files…");
    assert!(matches!(harness.state().backend.requests.last(), Some(Request::ChooseWeights)));
    click(&mut harness, "Open the page");
    let last = harness.state().backend.requests.last().cloned();
    assert!(matches!(last, Some(Request::OpenAddress(page)) if page.ends_with("/pagan/weights")));
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert_eq!(harness.state().state.modal, None);
}

#[test]
fn a_model_with_weights_is_chosen() {
    let mut harness = window(state_with_models(), live(1, &[0], &TEN));
    click(&mut harness, "Model");
    click(&mut harness, "CAAE, ready");
    assert!(
        matches!(harness.state().backend.sent.last(), Some(Command::Model(name)) if name == "caae"),
        "the pipeline opens it"
    );
}

#[test]
fn a_stored_model_without_weights_falls_back_to_the_running_one() {
    let mut state = state_with_models();
    let weights = std::mem::take(&mut state.weights);
    state.settings.model = Some("pagan".to_owned());
    let mut harness = window(state, live(1, &[0], &TEN));
    assert!(
        harness.state().backend.requests.iter().any(|request| matches!(request, Request::RefreshWeights))
    );
    assert_eq!(weights[1].state, WeightState::Missing);
    harness.state_mut().backend.reports.push(Report::Weights(weights));
    harness.run_steps(2);
    assert_eq!(harness.state().state.modal, Some(Modal::Weights("pagan")));
    assert_eq!(harness.state().state.settings.model.as_deref(), Some("mirror"));
}

#[test]
fn dropped_weights_are_imported_and_their_model_is_chosen() {
    let mut harness = window(state_with_models(), live(1, &[0], &TEN));
    harness.state_mut().backend.reports.push(Report::ImportStarted);
    harness.run_steps(2);
    harness.get_by_label("Checking the weights…");
    harness
        .state_mut()
        .backend
        .reports
        .push(Report::ImportProgress { name: "netG3.pth".to_owned(), fraction: 0.4 });
    harness.run_steps(3);
    harness.get_by_label("Importing netG3.pth: 40 %");
    click(&mut harness, "Cancel the import");
    assert!(matches!(harness.state().backend.requests.last(), Some(Request::CancelImport)));

    let mut weights = state_with_models().weights;
    let done = || Report::WeightsImported { models: vec!["pagan"], problems: Vec::new(), cancelled: false };
    harness.state_mut().backend.reports.extend([Report::Weights(weights.clone()), done()]);
    harness.run_steps(3);
    assert_eq!(harness.state().state.modal, Some(Modal::Weights("pagan")), "it is one file of three");
    harness.get_by_label_contains("Still missing");
    weights[1].state = WeightState::Ready;
    harness.state_mut().backend.reports.extend([Report::Weights(weights), done()]);
    harness.run_steps(3);
    assert_eq!(harness.state().state.modal, None);
    assert!(
        matches!(harness.state().backend.sent.last(), Some(Command::Model(name)) if name == "pagan"),
        "and now it is chosen"
    );
    let opened = harness.state().backend.sent.len();
    harness.state_mut().backend.reports.push(done());
    harness.run_steps(3);
    let again = &harness.state().backend.sent[opened..];
    assert!(matches!(again, [Command::Model(name)] if name == "pagan"), "new weights are opened again");
}

#[test]
fn looks_while_weights_are_imported() {
    let mut album = Album::default();
    let mut state = state_with_models();
    state.importing = Some(("ffhq_4group_750k.pt".to_owned(), 0.62));
    album.look("weights_coming", state, live(1, &[0], &TEN));
}

#[test]
fn a_refused_weight_file_is_reported() {
    let mut harness = window(state_with_models(), live(1, &[0], &TEN));
    harness.state_mut().state.importing = Some((String::new(), 0.0));
    let problems = vec!["/home/ada/page.pt is a web page, saved where the weights were wanted.".to_owned()];
    let report = Report::WeightsImported {
        models: Vec::new(),
        problems: problems.into_iter().map(Into::into).collect(),
        cancelled: false,
    };
    harness.state_mut().backend.reports.push(report);
    harness.run_steps(3);
    harness.get_by_label_contains("page.pt is a web page");
    assert_eq!(harness.state().state.importing, None);
}

#[test]
fn a_model_that_cannot_be_opened_falls_back_to_the_running_one() {
    let mut state = state_with_models();
    state.settings.model = Some("caae".to_owned());
    let view = with_status(live(1, &[0], &TEN), |status| {
        status.refused = Some("caae".to_owned());
    });
    let harness = window(state, view);
    assert_eq!(harness.state().state.settings.model.as_deref(), Some("mirror"));
    assert!(
        matches!(harness.state().backend.sent.last(), Some(Command::Model(name)) if name == "mirror"),
        "so that the other one can be chosen again"
    );
}
