//! Every fault is reported, and tiles resume after it.

use std::sync::atomic::Ordering;

use agemirror::camera::SourceState;
use agemirror::pipeline::Command;

use crate::rig::{Rig, picture};

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
