use super::*;
use crate::video::testing::bars;
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
