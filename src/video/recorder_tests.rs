use super::*;
use crate::video::testing::{live_view, probe, times};

fn settings(path: PathBuf) -> RecorderSettings {
    RecorderSettings {
        path,
        layout: LiveLayout::Large,
        labels: Vec::new(),
        codec: VideoCodec::H264,
        quality: None,
        min_free_bytes: 0,
    }
}

/// A view whose input changes `rate` times a second.
fn moving(rate: f64) -> ViewSource {
    let began = Instant::now();
    Arc::new(move || live_view((began.elapsed().as_secs_f64() * rate) as u8))
}

#[test]
fn a_recording_has_the_length_of_its_real_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("me.mp4");
    fs::write(&path, "an older one").unwrap();
    let recorder = Recorder::start(settings(path.clone()), moving(20.0)).unwrap();
    std::thread::sleep(Duration::from_millis(2500));
    let status = recorder.finish();
    assert!(status.ended && status.problem.is_none(), "{status:?}");
    let file = status.file.unwrap();
    assert_eq!(file, folder.path().join("me-2.mp4"), "nothing is overwritten");
    assert_eq!(fs::read_to_string(path).unwrap(), "an older one");
    let times = times(&file);
    assert_eq!(times.len() as u64, status.frames);
    let length = times[times.len() - 1];
    assert!((1.8..2.7).contains(&length) && status.frames >= 20, "{length} {}", status.frames);
    let entries = "-select_streams v -show_entries stream=codec_name,width,height";
    assert_eq!(probe(&file, entries), ["h264,512,384"]);
    assert_eq!(folder.path().read_dir().unwrap().count(), 2);
}

#[test]
fn an_unchanged_picture_is_recorded_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start(settings(folder.path().join("still.mp4")), moving(0.0)).unwrap();
    std::thread::sleep(Duration::from_millis(2600));
    let status = recorder.finish();
    let times = times(&status.file.unwrap());
    assert!(times.len() >= 3 && times[times.len() - 1] > 2.0, "{times:?}");
}

fn ended(recorder: &Recorder) -> RecordingStatus {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !recorder.status().ended {
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(10));
    }
    recorder.status()
}

/// Reports free space at the first check only.
fn filling(_: &Path) -> Option<u64> {
    static LOOKS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    Some(u64::from(LOOKS.fetch_add(1, Ordering::Relaxed) == 0) << 40)
}

#[test]
fn a_full_disk_stops_the_recording_and_the_file_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let full = RecorderSettings { min_free_bytes: u64::MAX, ..settings(folder.path().join("a.mp4")) };
    let refused = Recorder::start(full, moving(20.0)).unwrap();
    let refused = ended(&refused);
    assert!(refused.problem.unwrap().to_string().contains("disk is full") && refused.file.is_none());
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let recorder = Recorder::start(settings(file.join("a.mp4")), moving(20.0)).unwrap();
    assert!(ended(&recorder).problem.unwrap().to_string().contains("folder"));
    // The disk fills up during the recording.
    let (stop, status) = (Arc::<AtomicBool>::default(), Arc::<Mutex<RecordingStatus>>::default());
    let work = Work {
        picture: LivePicture::new(LiveLayout::Large, Vec::new(), None),
        settings: RecorderSettings { min_free_bytes: 1, ..settings(folder.path().join("a.mp4")) },
        view: moving(20.0),
        stop,
        status: Arc::clone(&status),
        tools: None,
        free: filling,
        sink: None,
        began: None,
        last_ns: None,
        written: Instant::now(),
        checked: Instant::now(),
    };
    work.run();
    let status = status.lock().unwrap().clone();
    assert!(status.problem.unwrap().to_string().contains("nearly full"));
    assert!(times(&status.file.unwrap()).len() >= 10);
}

#[test]
fn an_internal_error_ends_the_recording() {
    let folder = tempfile::tempdir().unwrap();
    let broken: ViewSource = Arc::new(|| panic!("as a test"));
    let recorder = Recorder::start(settings(folder.path().join("a.mp4")), broken).unwrap();
    assert!(ended(&recorder).problem.unwrap().to_string().contains("internal error"));
}

#[test]
fn a_recording_without_pictures_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let empty: ViewSource = Arc::new(|| LiveView { input: None, tiles: None, ..live_view(0) });
    let recorder = Recorder::start(settings(folder.path().join("none.mp4")), empty).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let status = recorder.finish();
    assert!(status.problem.unwrap().to_string().contains("there was no picture") && status.file.is_none());
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
