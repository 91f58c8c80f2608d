//! The window in other languages: German, whose words are long, and Japanese, whose characters come from a
//! font of the system.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use agemirror::app::state::gallery::Origin;
use agemirror::app::state::notifications::Severity;
use agemirror::app::state::settings::{GroupChoice, SidePanel};
use agemirror::app::state::training_run::{Log, Term, TrainingRun};
use agemirror::app::state::{Layout, Modal, Source, UiState};
use agemirror::app::workers::backend::{Report, Request};
use agemirror::camera::SourceState;
use agemirror::pipeline::LiveView;
use agemirror::text::{Choice, Language, SystemFont};
use agemirror::video::RecordingStatus;
use agemirror_faces::crop::FaceChoice;
use agemirror_faces::face::FaceProblem;
use eframe::egui::FontId;
use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use image::RgbImage;

use crate::fixture::{
    Album, App, FOUR, TEN, agetransgan, caae, live, nothing, one_by_one, portrait, problem, run_by, state,
    state_with_models, window, window_of, with_status,
};

fn german(change: impl FnOnce(&mut UiState)) -> UiState {
    let mut state = state_with_models();
    state.settings.language = Some("de".to_owned());
    change(&mut state);
    state
}

fn ten() -> LiveView {
    live(1, &[0], &TEN)
}

const SMALLEST: [f32; 2] = [1024.0, 640.0];

#[test]
fn looks_of_the_tiles_in_german() {
    let mut album = Album::default();
    album.look("german_tiles", german(|_| {}), ten());
    album.keep(window_of(german(|_| {}), ten(), SMALLEST), "german_tiles_1024");
    let all = german(|state| {
        state.faces = FaceChoice::All;
        state.settings.groups = GroupChoice::Four;
    });
    album.look("german_faces", all, live(3, &[0, 1, 2], &FOUR));
    album.look("german_gender", german(|_| {}), run_by(caae(), &TEN));
    album.keep(window_of(german(|_| {}), run_by(caae(), &TEN), SMALLEST), "german_gender_1024");
    album.look("german_slow", german(|_| {}), one_by_one(agetransgan(), &FOUR, 2));
    let slow = one_by_one(agetransgan(), &FOUR, 2);
    album.keep(window_of(german(|_| {}), slow, SMALLEST), "german_slow_1024");
}

#[test]
fn looks_of_the_large_view_and_the_sweep_in_german() {
    let mut album = Album::default();
    let large = german(|state| state.layout = Layout::Large);
    album.look("german_large", large, live(1, &[0], &[60.0]));
    let sweep = || german(|state| state.layout = Layout::Sweep);
    album.look("german_sweep", sweep(), ten());
    album.keep(window_of(sweep(), ten(), SMALLEST), "german_sweep_1024");
}

#[test]
fn looks_of_problems_in_german() {
    let mut album = Album::default();
    let none = german(|state| state.cameras.clear());
    album.look("german_no_camera", none, nothing(SourceState::NoCamera));
    album.look("german_camera_denied", german(|_| {}), nothing(SourceState::Denied));
    album.look("german_face_cut", german(|_| {}), problem(FaceProblem::CutByEdge, &TEN));
}

#[test]
fn looks_of_the_side_panels_in_german() {
    let mut album = Album::default();
    let side = |panel| german(|state| state.settings.side_panel = panel);
    let damaged = with_status(ten(), |status| status.counters.damaged = 3);
    album.look("german_measurements", side(SidePanel::Measurements), damaged);
    album.look("german_readings", side(SidePanel::Readings), ten());
    let pictures = german(|state| {
        for number in 0..7_u8 {
            let small = portrait(96, 96, &[[48.0, 44.0, 26.0]], f32::from(number) / 7.0);
            let origin = Origin::Memory(Arc::new(RgbImage::new(1, 1)));
            state.gallery.add(format!("urlaub {number}.jpg"), origin, Some(Arc::new(small)));
        }
        state.gallery.current = Some(2);
        let picture = Arc::new(RgbImage::new(1, 1));
        state.source = Source::Picture { name: "urlaub 2.jpg".to_owned(), picture };
        state.notifications.add(0.0, Severity::Error, "“urlaub.png” …", None);
    });
    let view = with_status(ten(), |status| {
        status.state = SourceState::Still;
        status.source = "urlaub 2.jpg".to_owned();
    });
    album.look("german_pictures", pictures, view);
}

#[test]
fn looks_of_the_modals_in_german() {
    let mut album = Album::default();
    let modal = |modal| german(|state| state.modal = Some(modal));
    album.look("german_settings", modal(Modal::Settings), ten());
    album.look("german_shortcuts", modal(Modal::Shortcuts), ten());
    album.look("german_weights", modal(Modal::Weights("pagan")), ten());
    album.look("german_introduction", german(|state| state.settings.introduction = true), ten());
}

#[test]
fn looks_of_a_training_run_in_german() {
    let mut album = Album::default();
    let training = |run: Option<TrainingRun>| {
        german(|state| {
            state.layout = Layout::Training;
            state.settings.training_run = run.as_ref().map(|run| run.folder.clone());
            state.training = run.map(Arc::new);
        })
    };
    album.look("german_training_invitation", training(None), ten());
    let points: Vec<[f64; 2]> = (1..100).map(|step| [f64::from(step), 1.0 / f64::from(step)]).collect();
    let term = |name: &str| Term { name: name.to_owned(), last: points[98][1], points: points.clone() };
    let run = TrainingRun {
        folder: PathBuf::from("/home/ada/runs/mirror"),
        log: Ok(Log { terms: vec![term("age"), term("identity")], step: 12_400 }),
        written: crate::fixture::noon().checked_sub(Duration::from_secs(12)),
        sheet: None,
    };
    album.look("german_training", training(Some(run)), ten());
}

#[test]
fn looks_of_messages_in_german() {
    let mut album = Album::default();
    let mut harness = window(german(|_| {}), ten());
    let folder = PathBuf::from("/home/ada/Bilder/agemirror/agemirror_2026-11-22_18-04-30Z");
    harness.state_mut().backend.reports.push(Report::Saved { folder, files: 13 });
    harness.state_mut().state.importing = Some(("netG3.pth".to_owned(), 0.4));
    harness.state_mut().backend.recording = Some(RecordingStatus {
        elapsed: Duration::from_secs(75),
        bytes: 12_345_678,
        dropped: 3,
        ..RecordingStatus::default()
    });
    harness.run_steps(3);
    harness.get_by_label_contains("13 Dateien gespeichert");
    harness.key_press(eframe::egui::Key::T);
    harness.run_steps(3);
    harness.key_press(eframe::egui::Key::S);
    harness.run_steps(3);
    harness.key_press(eframe::egui::Key::Escape);
    harness.run_steps(3);
    album.keep(harness, "german_messages");
}

/// The font of Debian's package `fonts-droid-fallback`, as the snapshot shows it.
const JAPANESE_FONT: &str = "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf";

/// A window in Japanese that was given `fonts`.
fn japanese(change: impl FnOnce(&mut UiState), fonts: Vec<SystemFont>) -> Harness<'static, App> {
    let mut state = state_with_models();
    state.settings.language = Some("ja".to_owned());
    change(&mut state);
    let mut harness = window(state, ten());
    let asked = |request: &Request| matches!(request, Request::FindFonts);
    assert_eq!(harness.state().backend.requests.iter().filter(|request| asked(request)).count(), 1);
    assert_eq!(harness.state().state.shown_language, Language::English, "until a font is there");
    harness.state_mut().backend.reports.push(Report::Fonts(Vec::leak(fonts)));
    harness.run_steps(4);
    harness
}

fn droid() -> Vec<SystemFont> {
    let data: &'static [u8] = Vec::leak(std::fs::read(JAPANESE_FONT).unwrap());
    let font = |language| SystemFont { name: "Droid Sans Fallback".to_owned(), data, index: 0, language };
    vec![font(Language::Japanese), font(Language::Chinese)]
}

#[test]
#[cfg_attr(not(japanese_font), ignore = "Debian's package fonts-droid-fallback is not installed")]
fn looks_of_the_window_in_japanese() {
    let mut album = Album::default();
    album.keep(japanese(|_| {}, droid()), "japanese_tiles");
    album.keep(japanese(|state| state.modal = Some(Modal::Settings), droid()), "japanese_settings");
}

#[test]
fn without_a_font_the_window_stays_english_and_says_why() {
    let harness = japanese(|_| {}, Vec::new());
    assert_eq!(harness.state().state.shown_language, Language::English);
    harness.get_by_label_contains("No font on this computer can show Japanese");
    harness.get_by_label("Save");
}

#[test]
fn an_untranslated_locale_is_named_once() {
    let mut state = state();
    state.system_language = Choice::of_locales(["tlh".to_owned()]);
    let mut harness = window(state, ten());
    harness.get_by_label_contains("There is no translation for tlh");
    harness.get_by_label("Dismiss").click();
    harness.run_steps(5);
    assert!(harness.query_by_label_contains("tlh").is_none());
}

#[test]
fn a_language_chosen_in_the_settings_is_shown_at_once_and_stored() {
    let mut state = state();
    state.modal = Some(Modal::Settings);
    state.settings_file = Some("/tmp/settings.json".into());
    let mut harness = window(state, ten());
    harness.get_by_role_and_label(Role::ComboBox, "Language").click();
    harness.run_steps(3);
    harness.get_by_label("Deutsch").click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::ComboBox, "Sprache");
    let stored = harness.state().backend.requests.iter().any(|request| match request {
        Request::StoreSettings { settings, .. } => settings.language.as_deref() == Some("de"),
        _ => false,
    });
    assert!(stored);
}

/// Languages that need no font of the system have all their characters in the bundled one.
#[test]
fn the_bundled_font_has_every_character_of_most_languages() {
    let harness = window(state(), ten());
    for language in Language::ALL.into_iter().filter(|language| !language.needs_system_font()) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/locales").join(language.tag());
        let text = std::fs::read_to_string(folder.join("window.ftl")).unwrap() + language.own_name();
        let font = FontId::proportional(14.0);
        let missing: String = harness.ctx.fonts_mut(|fonts| {
            let mut shown = text.chars().filter(|letter| !letter.is_control());
            shown.by_ref().filter(|letter| !fonts.has_glyph(&font, *letter)).collect()
        });
        assert!(missing.is_empty(), "{language:?}: {missing}");
    }
}
