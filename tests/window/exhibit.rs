//! The exhibit: what visitors see, what it requests, and that it cannot be closed by accident.

use std::time::SystemTime;

use agemirror::app::workers::backend::Request;
use agemirror::camera::SourceState;
use agemirror::exhibit::Exhibit;
use agemirror::exhibit::counts::DailyCounts;
use agemirror::exhibit::file::ExhibitLayout;
use agemirror::exhibit::stage::Stage;
use agemirror::exhibit::window::ExhibitWindow;
use agemirror::pipeline::{Command, LiveView};
use agemirror_faces::face::FaceProblem;
use eframe::egui::{Key, Shape};
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};

use crate::fixture::{Fixed, live, live_whole, nothing, problem, with_status};

type App = ExhibitWindow<Fixed>;

/// An exhibit that shows `view`, after `seconds`; its counts are in `folder`. It is English unless its file says
/// otherwise, whatever the system's language is.
fn exhibit(
    folder: &tempfile::TempDir,
    exhibit: Exhibit,
    view: LiveView,
    seconds: f64,
) -> Harness<'static, App> {
    exhibit_of(folder, exhibit, view, seconds, [1280.0, 720.0])
}

/// Like [`exhibit`], of another size.
fn exhibit_of(
    folder: &tempfile::TempDir,
    mut exhibit: Exhibit,
    view: LiveView,
    seconds: f64,
    size: [f32; 2],
) -> Harness<'static, App> {
    if exhibit.language.is_empty() {
        "en".clone_into(&mut exhibit.language);
    }
    let counts = DailyCounts::open(folder.path().join("exhibit.csv"), SystemTime::now());
    let mut harness = Harness::builder()
        .with_size(size)
        .with_pixels_per_point(1.0)
        .with_step_dt(0.1)
        .with_options(SnapshotOptions::new().threshold(1.2).max_failed_pixels(40))
        .wgpu()
        .build_eframe(|cc| {
            let backend = Fixed {
                view,
                sent: Vec::new(),
                requests: Vec::new(),
                reports: Vec::new(),
                recording: None,
                virtual_camera: None,
            };
            ExhibitWindow::new(&cc.egui_ctx, exhibit, backend, counts, None, None)
        });
    harness.run_steps((seconds * 10.0) as usize);
    harness
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn ages_sent(app: &App) -> Vec<Vec<f32>> {
    let ages = app.backend.sent.iter().filter_map(|command| match command {
        Command::Ages(ages) => Some(ages.clone()),
        _ => None,
    });
    ages.collect()
}

/// Whether a text that contains `part` is shown.
fn shows(app: &Harness<'static, App>, part: &str) -> bool {
    app.output().shapes.iter().any(|clipped| match &clipped.shape {
        Shape::Text(text) => text.galley.text().contains(part),
        _ => false,
    })
}

#[test]
fn every_stage_looks_as_it_should() {
    let folder = folder();
    let (plain, tiles) = (Exhibit::default(), Exhibit { layout: ExhibitLayout::Tiles, ..Exhibit::default() });
    let mut results = SnapshotResults::new();
    let mut look = |name: &str, mut app: Harness<'static, App>| {
        app.snapshot(name);
        results.extend_harness(&mut app);
    };
    look("exhibit_invitation", exhibit(&folder, plain.clone(), live(0, &[], &[]), 0.5));
    look("exhibit_large", exhibit(&folder, plain.clone(), live_whole(&[40.0]), 0.5));
    look("exhibit_tiles", exhibit(&folder, tiles.clone(), live(2, &[0, 1], &tiles.ages), 0.5));
    look("exhibit_no_camera", exhibit(&folder, plain.clone(), nothing(SourceState::Unplugged), 0.5));
    let mut counting = exhibit(&folder, plain.clone(), live(1, &[0], &[]), 0.5);
    counting.key_press(Key::Enter);
    counting.run_steps(3);
    look("exhibit_countdown", counting);
    let mut taken = exhibit(&folder, plain.clone(), live(1, &[0], &plain.ages), 0.5);
    taken.key_press(Key::Enter);
    taken.run_steps(40);
    look("exhibit_photo", taken);
}

#[test]
fn every_text_fits_on_an_upright_screen() {
    let folder = folder();
    for view in [live(0, &[], &[]), live_whole(&[40.0]), nothing(SourceState::Unplugged)] {
        let app = exhibit_of(&folder, Exhibit::default(), view, 0.5, [540.0, 960.0]);
        let texts = app.output().shapes.iter().filter_map(|clipped| match &clipped.shape {
            Shape::Text(text) => Some(text.visual_bounding_rect()),
            _ => None,
        });
        let texts: Vec<_> = texts.collect();
        assert!(!texts.is_empty());
        assert!(texts.iter().all(|rect| rect.left() >= 0.0 && rect.right() <= 540.0), "{texts:?}");
    }
}

#[test]
fn an_exhibit_speaks_the_language_of_its_file() {
    let folder = folder();
    let german = Exhibit { language: "de".to_owned(), layout: ExhibitLayout::Tiles, ..Exhibit::default() };
    let mut results = SnapshotResults::new();
    let mut look = |name: &str, mut app: Harness<'static, App>| {
        app.snapshot(name);
        results.extend_harness(&mut app);
    };
    look("german_exhibit_invitation", exhibit(&folder, german.clone(), live(0, &[], &[]), 0.5));
    look("german_exhibit_tiles", exhibit(&folder, german.clone(), live(1, &[0], &german.ages), 0.5));
}

#[test]
fn a_visitor_gets_a_playing_age_and_the_invitation_rests() {
    let folder = folder();
    let resting = exhibit(&folder, Exhibit::default(), live(0, &[], &[]), 1.0);
    assert!(ages_sent(resting.state()).is_empty(), "nobody is there, so nothing is made");
    let playing = exhibit(&folder, Exhibit::default(), live_whole(&[40.0]), 3.0);
    let sent = ages_sent(playing.state());
    assert!(sent.len() >= 2 && sent.iter().all(|ages| ages.len() == 1), "{sent:?}");
    assert!(sent.windows(2).all(|pair| pair[0][0] < pair[1][0]), "{sent:?}");
    assert!(playing.state().backend.sent.iter().any(|command| matches!(command, Command::WholeFrames(true))));
}

#[test]
fn what_was_made_of_a_visitor_who_has_left_is_not_shown() {
    let folder = folder();
    for layout in [ExhibitLayout::Large, ExhibitLayout::Tiles] {
        let settings = Exhibit { layout, ..Exhibit::default() };
        let here = if layout == ExhibitLayout::Large { live_whole(&[45.0]) } else { live(1, &[0], &[45.0]) };
        let gone = LiveView { faces: problem(FaceProblem::NoFace, &[]).faces, ..here.clone() };
        let mut app = exhibit(&folder, settings, here, 0.5);
        assert!(shows(&app, "45 years"));
        app.state_mut().backend.view = gone;
        app.run_steps(5);
        assert_eq!(app.state().stage(), Stage::Mirror, "the invitation comes later");
        assert!(!shows(&app, "45 years"));
    }
}

#[test]
fn a_photograph_is_saved_only_where_the_file_says_so() {
    for saves in [false, true] {
        let folder = folder();
        let mut settings = Exhibit::default();
        if saves {
            settings.photo.save_to = folder.path().join("strips");
        }
        let ages = settings.ages.clone();
        let mut app = exhibit(&folder, settings, live(1, &[0], &ages), 0.5);
        app.key_press(Key::Space);
        app.run_steps(40);
        assert!(matches!(app.state().stage(), Stage::Photo(_)));
        let saved =
            app.state().backend.requests.iter().any(|request| matches!(request, Request::Save { .. }));
        assert_eq!(saved, saves);
    }
}

#[test]
fn visitors_and_photographs_are_counted_without_a_picture() {
    let folder = folder();
    let settings = Exhibit::default();
    let ages = settings.ages.clone();
    let mut app = exhibit(&folder, settings, live(1, &[0], &ages), 2.0);
    app.key_press(Key::Enter);
    app.run_steps(700);
    let text = std::fs::read_to_string(folder.path().join("exhibit.csv")).unwrap();
    assert!(text.lines().nth(1).is_some_and(|line| line.ends_with(",1,1,0")), "{text}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 1, "only the counts are written");
}

#[test]
fn a_camera_that_is_lost_counts_as_one_fault_and_no_photograph_is_offered() {
    let folder = folder();
    let mut app = exhibit(&folder, Exhibit::default(), live(1, &[0], &[]), 0.5);
    let offers = |app: &Harness<'static, App>| shows(app, "for a photograph");
    assert!(offers(&app));
    let streaming = app.state().backend.view.clone();
    let lost = with_status(streaming.clone(), |status| status.state = SourceState::Unplugged);
    app.state_mut().backend.view = lost;
    app.run_steps(10);
    assert!(!offers(&app));
    app.state_mut().backend.view = streaming;
    app.run_steps(600);
    let text = std::fs::read_to_string(folder.path().join("exhibit.csv")).unwrap();
    assert!(text.lines().nth(1).is_some_and(|line| line.ends_with(",1")), "{text}");
}

#[test]
fn only_escape_held_for_five_seconds_leaves() {
    let folder = folder();
    let mut app = exhibit(&folder, Exhibit::default(), live(1, &[0], &[]), 0.5);
    let leaves = |app: &Harness<'static, App>| {
        let output = app.output().viewport_output.values().flat_map(|viewport| viewport.commands.clone());
        output.into_iter().any(|command| command == eframe::egui::ViewportCommand::Close)
    };
    for key in [Key::Q, Key::F4, Key::F11, Key::Escape] {
        app.key_press(key);
        app.run_steps(2);
        assert!(!leaves(&app), "{key:?}");
    }
    app.key_down(Key::Escape);
    app.run_steps(30);
    assert!(!leaves(&app));
    let mut left = false;
    for _ in 0..30 {
        app.step();
        left |= leaves(&app);
    }
    assert!(left);
}
