//! The pipeline with scripted cameras, face detectors and models: it reports every fault, and afterwards
//! makes tiles again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod camera;
mod countdown;
mod faces;
mod faults;
mod model;
mod rig;
mod slow;
mod stills;

use std::time::{Duration, Instant};

use agemirror::camera::SourceState;
use agemirror::pipeline::Command;
use rig::{LONG, Rig};

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
