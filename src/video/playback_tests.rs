use super::*;
use crate::video::testing::{bars, ffmpeg};
use std::path::Path;

fn open(path: &Path) -> (Playback, Box<dyn FrameSource>) {
    let tools = Ffmpeg::find().unwrap();
    let info = VideoInfo::read(&tools, path).unwrap();
    let playback = Playback::new(tools, path.to_owned(), info);
    let source = playback.source();
    (playback, source)
}

fn until(source: &mut dyn FrameSource, wanted: impl Fn(Option<&Frame>) -> bool) -> Option<Frame> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let frame = source.next_frame(Duration::from_millis(30));
        if wanted(frame.as_ref()) {
            return frame;
        }
        assert!(Instant::now() < deadline, "{:?}", source.state());
    }
}

#[test]
fn a_video_plays_at_its_own_speed_and_loops() {
    let folder = tempfile::tempdir().unwrap();
    let (playback, mut source) = open(&bars(folder.path(), "clip.mp4", "-c:v libx264 -pix_fmt yuv420p"));
    assert_eq!((playback.name(), playback.is_looping()), ("clip.mp4".to_owned(), true));
    let first = until(source.as_mut(), |frame| frame.is_some()).unwrap();
    assert_eq!(first.picture.dimensions(), (96, 64));
    let began = Instant::now();
    until(source.as_mut(), |_| playback.position() > 0.7);
    let took = began.elapsed().as_secs_f64();
    assert!((0.5..2.0).contains(&took), "{took}");
    until(source.as_mut(), |_| playback.position() < 0.3);
    assert!(matches!(source.state(), SourceState::Streaming { .. }));
}

#[test]
fn pause_seek_and_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let (playback, mut source) = open(&bars(folder.path(), "clip.mp4", "-c:v libx264 -pix_fmt yuv420p -g 5"));
    let first = until(source.as_mut(), |frame| frame.is_some()).unwrap();
    playback.pause(true);
    until(source.as_mut(), |frame| frame.is_none());
    let rests = playback.position();
    playback.seek(0.6);
    let sought = until(source.as_mut(), |frame| frame.is_some()).unwrap();
    assert!(sought.picture != first.picture);
    assert!((0.55..0.7).contains(&playback.position()) && rests < 0.5, "{}", playback.position());
    let again = until(source.as_mut(), |frame| frame.is_some()).unwrap();
    assert!(Arc::ptr_eq(&again.picture, &sought.picture), "a resting frame is shown again");
    playback.repeat(false);
    playback.pause(false);
    until(source.as_mut(), |_| playback.is_paused());
    assert!(playback.position() > 0.9, "it rests at its end");
    playback.pause(false);
    until(source.as_mut(), |_| playback.position() < 0.3);
    playback.seek(99.0);
    assert_eq!(playback.position(), playback.seconds().unwrap());
}

#[test]
fn seeking_to_the_end_shows_the_last_frame() {
    let folder = tempfile::tempdir().unwrap();
    let (playback, mut source) = open(&bars(folder.path(), "clip.mp4", "-c:v libx264 -pix_fmt yuv420p -g 5"));
    until(source.as_mut(), |frame| frame.is_some());
    playback.pause(true);
    playback.seek(99.0);
    until(source.as_mut(), |frame| frame.is_some());
    assert!(playback.position() > 0.9, "{}", playback.position());
    playback.pause(false);
    until(source.as_mut(), |_| playback.position() < 0.3);
    assert!(matches!(source.state(), SourceState::Streaming { .. }));
}

/// A slider that is dragged sends seeks faster than they can be carried out.
#[test]
fn every_seek_that_begins_shows_a_frame() {
    let folder = tempfile::tempdir().unwrap();
    let (playback, mut source) = open(&bars(folder.path(), "clip.mp4", "-c:v libx264 -pix_fmt yuv420p -g 5"));
    until(source.as_mut(), |frame| frame.is_some());
    playback.pause(true);
    playback.seek(0.3);
    source.next_frame(Duration::ZERO);
    playback.seek(0.6);
    assert_eq!(playback.position(), 0.6, "the slider follows the pointer");
    let shown = until(source.as_mut(), |frame| frame.is_some()).unwrap();
    let next = until(source.as_mut(), |frame| {
        frame.is_some_and(|frame| !Arc::ptr_eq(&frame.picture, &shown.picture))
    });
    assert!(next.is_some() && (0.55..0.7).contains(&playback.position()), "{}", playback.position());
}

#[test]
fn a_video_of_one_frame_rests() {
    let folder = tempfile::tempdir().unwrap();
    let clip = folder.path().join("clip.mp4");
    ffmpeg("-f lavfi -i testsrc2=size=96x64:rate=25:duration=0.04 -c:v libx264 -pix_fmt yuv420p", &clip);
    let (playback, mut source) = open(&clip);
    let shown = until(source.as_mut(), |frame| frame.is_some()).unwrap();
    until(source.as_mut(), |_| playback.is_paused());
    let again = until(source.as_mut(), |frame| frame.is_some()).unwrap();
    assert!(Arc::ptr_eq(&again.picture, &shown.picture));
    playback.pause(false);
    until(source.as_mut(), |_| playback.is_paused());
}

/// A paused video that is rotated shows the same frame, rotated.
#[test]
fn a_video_is_rotated_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (playback, mut source) = open(&bars(folder.path(), "clip.mp4", "-c:v libx264 -pix_fmt yuv420p -g 5"));
    until(source.as_mut(), |_| playback.position() > 0.3);
    playback.pause(true);
    let position = playback.position();
    let shown = until(source.as_mut(), |frame| frame.is_some()).unwrap();
    playback.rotate(Rotation::Right);
    let rotated =
        until(source.as_mut(), |frame| frame.is_some_and(|frame| frame.picture.width() == 64)).unwrap();
    assert_eq!((rotated.picture.dimensions(), playback.position()), ((64, 96), position));
    let expected = image::imageops::rotate90(shown.picture.as_ref());
    let sum: u64 = expected.iter().zip(rotated.picture.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    assert!(sum < 8 * 64 * 96 * 3, "mean difference of levels: {}", sum as f64 / (64.0 * 96.0 * 3.0));
    assert!(!playback.turn_upright().unwrap(), "the user has chosen a rotation");
    let SourceState::Streaming { width, height, .. } = source.state() else { panic!("{:?}", source.state()) };
    assert_eq!((width, height), (64, 96));
}

#[test]
fn a_file_that_vanishes_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let clip = bars(folder.path(), "clip.mp4", "-c:v libx264 -pix_fmt yuv420p");
    let (playback, mut source) = open(&clip);
    until(source.as_mut(), |frame| frame.is_some());
    std::fs::remove_file(&clip).unwrap();
    playback.seek(0.0);
    until(source.as_mut(), |_| true);
    let deadline = Instant::now() + Duration::from_secs(20);
    while !matches!(source.state(), SourceState::Failed(_)) {
        source.next_frame(Duration::from_millis(30));
        assert!(Instant::now() < deadline);
    }
    let SourceState::Failed(said) = source.state() else { return };
    assert!(said.contains("clip.mp4"), "{said}");
}
