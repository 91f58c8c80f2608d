//! Slow models and held frames: tiles are made one by one, from one frame, the most recently requested age
//! first.

use std::sync::atomic::Ordering;
use std::time::Duration;

use agemirror::pipeline::{Command, LiveView, Progress, TileSet};
use agemirror_faces::age::Gender;

use crate::rig::{Rig, picture};

const AGES: [f32; 6] = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0];

/// A pipeline whose model is too slow to run live.
fn slow() -> Rig {
    Rig::with(|settings, model| {
        settings.slow_after = Some(Duration::from_millis(60));
        settings.ages = AGES.to_vec();
        model.take(Duration::from_millis(150));
    })
}

fn progress(view: &LiveView) -> Option<Progress> {
    view.tiles.as_ref()?.progress
}

fn made(view: &LiveView) -> usize {
    progress(view).map_or(0, |progress| progress.made)
}

fn is_done(view: &LiveView) -> bool {
    progress(view).is_some_and(|progress| progress.made == progress.wanted && !progress.is_working())
}

fn ages(set: &TileSet) -> Vec<f32> {
    set.faces.first().map(|face| face.tiles.iter().map(|tile| tile.age).collect()).unwrap_or_default()
}

#[test]
fn tiles_are_made_one_by_one_from_a_held_frame_while_the_input_continues() {
    let rig = slow();
    let mut last = 0;
    let mut frame = None;
    let done = rig.wait("every tile", |view| {
        if let (Some(set), Some(progress)) = (&view.tiles, progress(view)) {
            assert!(progress.made >= last, "a tile that was made is gone");
            last = progress.made;
            assert_eq!(*frame.get_or_insert(set.frame.number), set.frame.number, "another frame");
            assert_eq!(ages(set), AGES[..progress.made], "in the order of the wanted ages");
        }
        is_done(view)
    });
    assert!(done.status.slow);
    let set = done.tiles.unwrap();
    assert_eq!(ages(&set), AGES);
    assert!(progress(&rig.pipeline.view()).unwrap().time_per_tile >= Duration::from_millis(150));
    assert!(done.input.unwrap().number > set.frame.number + 10, "the input stood still");
    assert_eq!((rig.model.encoded(), rig.model.decoded()), (1, 6));
    let sent = rig.camera.sent();
    rig.wait("more input", |view| view.input.as_ref().is_some_and(|input| input.number > sent + 30));
    assert_eq!(rig.model.decoded(), 6, "what is done is not done again");
}

#[test]
fn the_newest_age_is_made_first_and_the_others_are_kept() {
    let rig = slow();
    rig.wait("two tiles", |view| made(view) == 2);
    let mut wanted = vec![33.0];
    wanted.extend(AGES);
    rig.pipeline.send(Command::Ages(wanted.clone()));
    let view = rig.wait("that age", |view| view.tiles.as_ref().is_some_and(|set| ages(set).contains(&33.0)));
    // The tile in progress is finished, but no other is started before it.
    assert!(made(&view) <= 4, "{} tiles were made", made(&view));
    let done = rig.wait("the rest", is_done);
    assert_eq!(ages(&done.tiles.unwrap()), wanted);
    assert_eq!((rig.model.encoded(), rig.model.decoded()), (1, 7));
}

#[test]
fn the_rest_can_be_cancelled_and_resumes_with_a_new_request() {
    let rig = slow();
    rig.wait("the first tile", |view| made(view) == 1);
    rig.pipeline.send(Command::Cancel);
    let view = rig.wait("the end", |view| progress(view).is_some_and(|it| it.cancelled && !it.is_working()));
    let (left, decoded) = (made(&view), rig.model.decoded());
    assert!(left < AGES.len());
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!((made(&rig.pipeline.view()), rig.model.decoded()), (left, decoded));
    rig.pipeline.send(Command::Ages(vec![60.0]));
    let view = rig.wait("the age asked for", is_done);
    assert_eq!(ages(&view.tiles.unwrap()), [60.0]);
}

#[test]
fn a_capture_takes_the_frame_at_its_request() {
    let rig = slow();
    let first = rig.wait("every tile", is_done).tiles.unwrap().frame.number;
    rig.model.take(Duration::from_millis(700));
    rig.pipeline.send(Command::Ages(vec![71.0, 72.0]));
    rig.wait("a long piece of work", |view| progress(view).is_some_and(|it| it.making == Some(71.0)));
    std::thread::sleep(Duration::from_millis(100));
    let sent = rig.camera.sent();
    rig.pipeline.send(Command::Capture);
    let view = rig.wait("the new frame", |view| progress(view).is_some_and(|it| it.capture == 1));
    let set = view.tiles.unwrap();
    assert!(set.frame.number > first);
    assert!(set.frame.number <= sent + 5, "frame {} for {sent}", set.frame.number);
    assert_eq!(ages(&set), [] as [f32; 0], "nothing of the frame before");
}

#[test]
fn a_model_that_becomes_fast_follows_the_camera_again() {
    let rig = slow();
    rig.wait("every tile", is_done);
    rig.model.take(Duration::ZERO);
    rig.pipeline.send(Command::Capture);
    let view = rig.wait("a model that follows", |view| {
        !view.status.slow && view.tiles.as_ref().is_some_and(|set| set.progress.is_none())
    });
    assert_eq!(ages(&view.tiles.unwrap()), AGES);
    rig.wait_for_new_tiles();
}

#[test]
fn a_fast_model_works_on_a_held_frame_as_long_as_it_is_held() {
    let rig = Rig::with(|settings, _| settings.slow_after = Some(Duration::from_secs(9)));
    rig.wait("tiles that follow", |view| view.tiles.as_ref().is_some_and(|set| set.progress.is_none()));
    let many: Vec<f32> = (1..=40).map(|age| age as f32).collect();
    rig.pipeline.send(Command::Hold(true));
    rig.pipeline.send(Command::Capture);
    rig.pipeline.send(Command::Ages(many.clone()));
    let done = rig.wait("every age", |view| {
        is_done(view) && view.tiles.as_ref().is_some_and(|set| set.ages.len() == 40)
    });
    assert!(!done.status.slow);
    let set = done.tiles.unwrap();
    assert_eq!((ages(&set), set.progress.unwrap().capture), (many, 1));
    let held = set.frame.number;
    let sent = rig.camera.sent();
    let view = rig.wait("more input", |view| view.input.as_ref().is_some_and(|i| i.number > sent + 20));
    assert_eq!(view.tiles.unwrap().frame.number, held);
    rig.pipeline.send(Command::Hold(false));
    rig.pipeline.send(Command::Ages(vec![25.0]));
    let view = rig.wait_for_new_tiles();
    assert!(view.tiles.unwrap().progress.is_none());
}

#[test]
fn whole_frames_reuse_the_tiles_of_a_held_frame() {
    let rig = slow();
    rig.pipeline.send(Command::Ages(vec![10.0, 70.0]));
    rig.wait("both tiles", is_done);
    let decoded = rig.model.decoded();
    rig.pipeline.send(Command::WholeFrames(true));
    let view = rig.wait("whole frames", |view| view.tiles.as_ref().is_some_and(|set| set.whole.len() == 2));
    let set = view.tiles.unwrap();
    let centre = set.whole.iter().map(|tile| tile.picture.get_pixel(320, 240).0[0]);
    assert_eq!(centre.collect::<Vec<_>>(), [10, 70]);
    assert_eq!(rig.model.decoded(), decoded);
    rig.pipeline.send(Command::Gender(Gender::Male));
    rig.wait("the other gender", |view| is_done(view) && rig.model.decoded() == decoded + 2);
}

#[test]
fn all_faces_of_a_still_picture_are_aged_one_by_one_too() {
    let rig = slow();
    rig.faces.many(3);
    rig.pipeline.send(Command::Ages(vec![10.0, 70.0]));
    rig.pipeline.send(Command::Faces(agemirror_faces::crop::FaceChoice::All));
    rig.pipeline.send(Command::Picture { name: "three people".to_owned(), picture: picture(900, 300) });
    let view = rig.wait("six tiles", |view| is_done(view) && made(view) == 6);
    let set = view.tiles.unwrap();
    assert_eq!(set.frame.picture.dimensions(), (900, 300));
    assert_eq!(set.faces.len(), 3);
    assert!(set.faces.iter().all(|face| face.tiles.len() == 2));
}

#[test]
fn a_failing_slow_model_is_reported_and_retried_on_the_next_request() {
    let rig = slow();
    rig.wait("the first tile", |view| made(view) == 1);
    rig.model.errors.store(1, Ordering::SeqCst);
    let view = rig.wait("the fault", |view| {
        view.status.fault.is_some() && progress(view).is_some_and(|it| it.cancelled && !it.is_working())
    });
    assert!(view.status.fault.as_ref().unwrap().message.contains("the scripted model fails"));
    rig.pipeline.send(Command::Ages(vec![44.0]));
    let view = rig.wait("the next age", is_done);
    assert_eq!(ages(&view.tiles.unwrap()), [44.0]);
}

#[test]
fn the_current_model_is_reopened_on_request() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.pipeline.send(Command::Model("scripted".to_owned()));
    rig.wait("a second opening", |_| rig.model.opened.load(Ordering::SeqCst) == 2);
    rig.wait_for_new_tiles();
}
