//! The pipeline with scripted cameras, face detectors and models: it reports every fault, and afterwards
//! makes tiles again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod camera;
mod countdown;
mod faces;
mod model;
mod slow;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use agemirror::camera::SourceState;
use agemirror::pipeline::{Command, LiveView, Pipeline, PipelineSettings, SourceChoice};
use agemirror_faces::crop::FaceChoice;
use camera::Camera;
use faces::Faces;
use image::{Rgb, RgbImage};
use model::Model;

/// Longest wait of any test, even on a busy computer.
const LONG: Duration = Duration::from_secs(60);

struct Rig {
    camera: Camera,
    faces: Faces,
    model: Model,
    pipeline: Pipeline,
}

impl Rig {
    fn with(change: impl FnOnce(&mut PipelineSettings, &Model)) -> Self {
        let (camera, faces, model) = (Camera::default(), Faces::default(), Model::default());
        let mut settings = PipelineSettings {
            source: SourceChoice::Custom(camera.maker()),
            ages: vec![10.0, 70.0],
            gender: agemirror_faces::age::Gender::default(),
            device: agemirror::pipeline::DeviceChoice::Cpu,
            model: "scripted".to_owned(),
            faces: FaceChoice::Largest,
            whole_frames: false,
            slow_after: None,
            statistics_window: Duration::from_secs(5),
            detector_factory: faces.maker(),
            open_model: model.opener(),
        };
        change(&mut settings, &model);
        let pipeline = Pipeline::start(settings, Arc::new(|| {}));
        Self { camera, faces, model, pipeline }
    }

    fn new() -> Self {
        Self::with(|_, _| {})
    }

    /// Waits until the view fulfils `wanted`.
    fn wait(&self, what: &str, mut wanted: impl FnMut(&LiveView) -> bool) -> LiveView {
        let deadline = Instant::now() + LONG;
        loop {
            let view = self.pipeline.view();
            if wanted(&view) {
                return view;
            }
            assert!(Instant::now() < deadline, "timed out waiting for {what}: {:?}", view.status.fault);
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits for tiles of a frame that has not been sent yet.
    fn wait_for_new_tiles(&self) -> LiveView {
        let shown = self.camera.sent();
        self.wait("new tiles", |view| {
            view.tiles.as_ref().is_some_and(|set| set.frame.number > shown && !set.faces.is_empty())
        })
    }
}

fn picture(width: u32, height: u32) -> Arc<RgbImage> {
    Arc::new(RgbImage::from_pixel(width, height, Rgb([90, 80, 70])))
}

#[test]
fn tiles_of_every_age_flow_from_the_source() {
    let rig = Rig::new();
    let view = rig.wait_for_new_tiles();
    let set = view.tiles.unwrap();
    assert_eq!(set.ages, [10.0, 70.0]);
    let face = &set.faces[0];
    assert_eq!(face.tiles.iter().map(|tile| tile.age).collect::<Vec<_>>(), [10.0, 70.0]);
    for tile in &face.tiles {
        assert_eq!(tile.picture.dimensions(), face.crop.dimensions());
        assert_eq!(tile.picture.get_pixel(5, 5).0[0], tile.age as u8, "each tile has its own age");
    }
    assert!(set.whole.is_empty());
    assert_eq!(view.faces.chosen, [1]);
    assert_eq!(view.status.model.as_ref().unwrap().name, "scripted");
    assert!(view.status.device.is_some());
    assert!(matches!(view.status.state, SourceState::Streaming { .. }));
    rig.wait("statistics and history", |view| {
        let statistics = &view.status.statistics;
        statistics.input_rate > 1.0
            && statistics.tile_rate > 1.0
            && statistics.camera_to_tile.percentile_95 > 0.0
            && view.status.history.iter().any(|point| point.input_rate > 0.0 && point.tile_rate > 0.0)
    });
}

#[test]
fn whole_frames_are_made_on_request() {
    let rig = Rig::with(|settings, _| settings.whole_frames = true);
    let set = rig.wait_for_new_tiles().tiles.unwrap();
    assert_eq!(set.whole.len(), 2);
    for tile in &set.whole {
        assert_eq!(tile.picture.dimensions(), set.frame.picture.dimensions());
        assert_eq!(tile.picture.get_pixel(0, 0), set.frame.picture.get_pixel(0, 0), "exact outside");
    }
    let centre = set.whole.iter().map(|tile| tile.picture.get_pixel(320, 240).0[0]);
    assert_eq!(centre.collect::<Vec<_>>(), [10, 70]);
    rig.pipeline.send(Command::WholeFrames(false));
    rig.wait("tiles alone", |view| view.tiles.as_ref().is_some_and(|set| set.whole.is_empty()));
}

#[test]
fn a_silent_source_is_reported_and_tiles_resume_after_it() {
    let rig = Rig::new();
    for state in [SourceState::Stalled, SourceState::Unplugged, SourceState::Busy] {
        rig.wait_for_new_tiles();
        rig.camera.silence(state.clone());
        rig.wait("the state", |view| view.status.state == state);
        rig.camera.speak();
        rig.wait_for_new_tiles();
        rig.wait("streaming", |view| matches!(view.status.state, SourceState::Streaming { .. }));
    }
}

#[test]
fn frames_may_change_their_size_be_tiny_or_empty() {
    let rig = Rig::new();
    for (width, height) in [(1280, 720), (1, 1), (0, 0), (3, 2000), (320, 240)] {
        rig.camera.size(width, height);
        let view = rig.wait_for_new_tiles();
        assert_eq!(view.status.fault, None);
    }
    rig.wait("the last size", |view| {
        view.tiles.as_ref().is_some_and(|set| set.frame.picture.dimensions() == (320, 240))
    });
}

#[test]
fn invalid_landmarks_do_not_stop_the_tiles() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    for wild in [f32::NAN, f32::INFINITY, -1e30, 0.0] {
        rig.faces.put_at([wild, wild], wild);
        rig.wait_for_new_tiles();
    }
    assert_eq!(rig.pipeline.view().status.fault, None);
}

#[test]
fn a_slow_model_sees_the_newest_frame_and_does_not_slow_the_input() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.model.take(Duration::from_millis(300));
    rig.wait_for_new_tiles();
    let mut last = 0;
    for _ in 0..5 {
        let before = rig.camera.sent();
        let view = rig
            .wait("the next slow tiles", |view| view.tiles.as_ref().is_some_and(|s| s.frame.number > last));
        let set = view.tiles.unwrap();
        let skipped = set.frame.number - last;
        assert!(last == 0 || skipped > 3, "only {skipped} frames passed during 300 ms of work");
        last = set.frame.number;
        // The latency is one frame's work, not the sum of all work since the start.
        assert!(rig.camera.sent() - last < 60, "frame {last} is shown when {before} had been sent");
    }
    let statistics = rig.pipeline.view().status.statistics;
    assert!(statistics.input_rate > 3.0 * statistics.tile_rate, "{statistics:?}");
    assert!(rig.camera.sent() - rig.pipeline.view().input.unwrap().number < 20);
}

#[test]
fn tiles_never_go_back_in_time() {
    let rig = Rig::new();
    let mut last = 0;
    for round in 0..200 {
        rig.pipeline.send(Command::Ages(vec![round as f32 % 7.0 + 1.0, 50.0]));
        if let Some(set) = rig.pipeline.view().tiles {
            assert!(set.frame.number >= last, "{} after {last}", set.frame.number);
            last = set.frame.number;
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    assert!(last > 0);
}

#[test]
fn new_ages_cancel_the_current_work() {
    let many: Vec<f32> = (1..=40).map(|age| age as f32).collect();
    let rig = Rig::with(|settings, model| {
        settings.ages = many.clone();
        model.take(Duration::from_millis(200));
    });
    rig.wait("the first decoding", |_| rig.model.decoded() > 0);
    rig.pipeline.send(Command::Ages(vec![33.0]));
    let view = rig.wait("any tiles", |view| view.tiles.is_some());
    assert_eq!(view.tiles.unwrap().ages, [33.0], "tiles of dropped ages were never shown");
    assert!(rig.model.decoded() < 40, "all {} ages were decoded", rig.model.decoded());
}

#[test]
fn a_panicking_model_is_reported_and_restarted() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.model.panics.store(2, Ordering::SeqCst);
    let view = rig.wait("the fault", |view| view.status.fault.is_some());
    let fault = view.status.fault.clone().unwrap();
    assert_eq!((fault.thread, fault.message.as_str()), ("inference", "the scripted model panics"));
    assert!(fault.restarts >= 1);
    rig.wait_for_new_tiles();
    assert!(rig.model.opened.load(Ordering::SeqCst) >= 3, "the model is opened again after each panic");
}

#[test]
fn a_failing_model_is_reported_and_the_next_frame_is_tried() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.model.errors.store(1, Ordering::SeqCst);
    let view = rig.wait("the fault", |view| view.status.fault.is_some());
    assert!(view.status.fault.as_ref().unwrap().message.contains("the scripted model fails"));
    rig.wait_for_new_tiles();
    assert_eq!(rig.model.opened.load(Ordering::SeqCst), 1);
}

#[test]
fn a_panicking_face_detector_is_reported_and_restarted() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.faces.panics.store(1, Ordering::SeqCst);
    let view = rig.wait("the fault", |view| view.status.fault.is_some());
    assert_eq!(view.status.fault.as_ref().unwrap().thread, "face");
    rig.wait_for_new_tiles();
    assert!(rig.faces.made.load(Ordering::SeqCst) >= 2);
}

#[test]
fn a_panicking_source_is_reported_and_reopened() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.camera.panics.store(1, Ordering::SeqCst);
    let view = rig.wait("the fault", |view| view.status.fault.is_some());
    assert_eq!(view.status.fault.as_ref().unwrap().thread, "capture");
    rig.wait_for_new_tiles();
    assert!(rig.camera.made.load(Ordering::SeqCst) >= 2);
}

#[test]
fn an_unknown_model_is_reported_and_the_previous_one_stays() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.pipeline.send(Command::Model("nobody".to_owned()));
    let view = rig.wait("the fault", |view| view.status.fault.is_some());
    assert!(view.status.fault.as_ref().unwrap().message.contains("nobody"));
    assert_eq!(view.status.model.as_ref().unwrap().name, "scripted");
    assert_eq!(view.status.refused.as_deref(), Some("nobody"));
    rig.wait_for_new_tiles();
    rig.pipeline.send(Command::Model("scripted".to_owned()));
    rig.wait("the model of before", |view| view.status.refused.is_none());
}

#[test]
fn a_frozen_frame_is_kept_and_new_ages_run_only_the_decoder() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.pipeline.send(Command::Freeze(true));
    let frozen = rig.wait("tiles of the frozen frame", |view| {
        view.status.frozen
            && view
                .tiles
                .as_ref()
                .zip(view.input.as_ref())
                .is_some_and(|(set, input)| set.frame.number == input.number)
            && rig.camera.sent() > view.input.as_ref().unwrap().number + 10
    });
    let (number, encoded) = (frozen.input.unwrap().number, rig.model.encoded());
    for ages in [vec![5.0], vec![15.0, 25.0, 35.0], vec![80.0]] {
        rig.pipeline.send(Command::Ages(ages.clone()));
        let view = rig.wait("the new ages", |view| view.tiles.as_ref().is_some_and(|set| set.ages == ages));
        assert_eq!(view.tiles.unwrap().frame.number, number);
        assert_eq!(view.input.unwrap().number, number);
    }
    assert_eq!(rig.model.encoded(), encoded, "the face had been encoded already");
    rig.pipeline.send(Command::Freeze(false));
    rig.wait_for_new_tiles();
}

#[test]
fn a_still_picture_lets_one_choose_among_its_faces_and_age_all() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.faces.many(6);
    rig.pipeline.send(Command::Picture { name: "six people".to_owned(), picture: picture(900, 300) });
    let of_picture = |view: &LiveView| {
        view.status.source == "six people"
            && view.tiles.as_ref().is_some_and(|set| set.frame.picture.dimensions() == (900, 300))
    };
    let view = rig.wait("tiles of the picture", of_picture);
    assert_eq!(view.status.state, SourceState::Still);
    assert_eq!(view.faces.faces.len(), 6);
    assert_eq!(view.tiles.unwrap().faces.len(), 1);

    let third = rig.faces.centre(3);
    rig.pipeline.send(Command::Faces(FaceChoice::At(third)));
    rig.wait("the third face", |view| {
        view.faces.chosen == [3] && view.tiles.as_ref().is_some_and(|set| set.faces[0].face.id == 3)
    });
    rig.pipeline.send(Command::Faces(FaceChoice::All));
    rig.wait("four faces", |view| view.tiles.as_ref().is_some_and(|set| set.faces.len() == 4));

    let encoded = rig.model.encoded();
    rig.pipeline.send(Command::Ages(vec![44.0]));
    let view = rig.wait("the new age", |view| view.tiles.as_ref().is_some_and(|set| set.ages == [44.0]));
    assert_eq!(view.tiles.unwrap().faces.len(), 4);
    assert_eq!(rig.model.encoded(), encoded, "the faces had been encoded already");
}

/// Small faces are found later than large ones and must still be aged: whether the first detection has found
/// none or some, and whether the model runs live or on a held frame.
#[test]
fn faces_that_are_found_late_in_a_still_are_aged_too() {
    for (at_once, slow_after) in [(0, None), (1, None), (1, Some(Duration::ZERO))] {
        let rig = Rig::with(|settings, _| {
            settings.faces = FaceChoice::All;
            settings.slow_after = slow_after;
        });
        rig.wait_for_new_tiles();
        rig.faces.more(at_once, 3);
        rig.pipeline.send(Command::Picture { name: "a group".to_owned(), picture: picture(900, 300) });
        let view = rig.wait("three faces", |view| {
            view.status.source == "a group" && view.tiles.as_ref().is_some_and(|set| set.faces.len() == 3)
        });
        assert_eq!(view.faces.faces.len(), 3, "{at_once} at once, slow: {slow_after:?}");
    }
}

#[test]
fn a_still_without_faces_is_reported() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.faces.more(0, 0);
    rig.pipeline.send(Command::Picture { name: "a wall".to_owned(), picture: picture(900, 300) });
    let view = rig.wait("the problem", |view| view.faces.problem.is_some());
    assert_eq!(view.faces.problem, Some(agemirror_faces::face::FaceProblem::NoFace));
}

#[test]
fn a_still_picture_survives_a_panic_of_every_thread() {
    let rig = Rig::new();
    rig.pipeline.send(Command::Picture { name: "still".to_owned(), picture: picture(640, 480) });
    rig.wait("tiles of the picture", |view| view.status.source == "still" && view.tiles.is_some());
    rig.faces.panics.store(1, Ordering::SeqCst);
    rig.pipeline.send(Command::Picture { name: "next".to_owned(), picture: picture(480, 480) });
    rig.wait("the fault of the watcher", |view| {
        view.status.fault.as_ref().is_some_and(|f| f.thread == "face")
    });
    rig.wait("tiles after it", |view| {
        view.tiles.as_ref().is_some_and(|set| set.frame.picture.dimensions() == (480, 480))
    });
    rig.model.panics.store(1, Ordering::SeqCst);
    rig.pipeline.send(Command::Ages(vec![66.0]));
    rig.wait("the fault of the model", |view| {
        view.status.fault.as_ref().is_some_and(|f| f.thread == "inference")
    });
    rig.wait("tiles after it", |view| view.tiles.as_ref().is_some_and(|set| set.ages == [66.0]));
}

#[test]
fn without_a_face_the_reason_is_reported_and_no_tiles_are_made() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.faces.many(0);
    let view = rig.wait("the reason", |view| view.faces.problem.is_some());
    assert!(view.faces.chosen.is_empty());
    rig.pipeline.send(Command::Ages(vec![12.0]));
    std::thread::sleep(Duration::from_millis(300));
    assert!(rig.pipeline.view().tiles.is_none_or(|set| set.ages != [12.0]), "the lost face was aged");
    rig.faces.many(1);
    rig.wait("the new age", |view| view.tiles.as_ref().is_some_and(|set| set.ages == [12.0]));
}

#[test]
fn dropping_the_pipeline_does_not_wait_for_a_stuck_source() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.camera.get_stuck();
    rig.wait("the source to be stuck", |_| rig.camera.is_stuck());
    let Rig { camera, pipeline, .. } = rig;
    drop(pipeline);
    assert!(camera.is_stuck(), "the drop came back while the source was still stuck");
    camera.come_loose();
}

#[test]
fn the_threads_end_when_the_pipeline_is_dropped() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    let Rig { camera, faces, model, pipeline } = rig;
    drop(pipeline);
    let deadline = Instant::now() + LONG;
    while !(camera.is_let_go() && faces.is_let_go() && model.is_let_go()) {
        assert!(Instant::now() < deadline, "a thread goes on after the drop");
        std::thread::sleep(Duration::from_millis(5));
    }
}
