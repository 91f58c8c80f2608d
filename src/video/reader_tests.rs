use super::*;
use crate::video::testing::{bars, ffmpeg, times};

fn read(path: &Path, from: ReadFrom) -> (Vec<TimedFrame>, VideoReader) {
    let tools = Ffmpeg::find().unwrap();
    let info = VideoInfo::read(&tools, path).unwrap();
    let mut reader = VideoReader::open(&tools, path, &info, from, info.size).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        frames.push(frame);
    }
    (frames, reader)
}

fn seconds(frames: &[TimedFrame]) -> Vec<f64> {
    frames.iter().map(|frame| frame.time_ns as f64 / 1e9).collect()
}

fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst < 2e-6, "{worst}: {found:?} {expected:?}");
}

/// Timestamps as irregular as those of a phone.
#[test]
fn every_frame_has_its_own_timestamp() {
    let folder = tempfile::tempdir().unwrap();
    let uneven = "-vf settb=1/90000,setpts=PTS+0.01*random(1)/TB -enc_time_base 1/90000 -fps_mode passthrough -c:v libx264 -pix_fmt yuv420p";
    let clip = bars(folder.path(), "uneven.mp4", uneven);
    let (frames, reader) = read(&clip, ReadFrom::Frame(0));
    let expected = times(&clip);
    let gaps: Vec<_> = expected.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().any(|gap| *gap > 0.043) && gaps.iter().any(|gap| *gap < 0.037), "{gaps:?}");
    let start = reader.start;
    assert_close(&seconds(&frames), &expected.iter().map(|time| time - start).collect::<Vec<_>>());
    let (later, _) = read(&clip, ReadFrom::Frame(10));
    assert_eq!(later, frames[10..], "a later beginning gives the same frames");
    assert!(reader.changed_size().is_none());
}

#[test]
fn times_of_a_stream_that_does_not_start_at_zero_start_at_zero() {
    let folder = tempfile::tempdir().unwrap();
    let clip = bars(folder.path(), "clip.ts", "-c:v libx264 -pix_fmt yuv420p -f mpegts");
    let (frames, reader) = read(&clip, ReadFrom::Frame(0));
    assert!(reader.start > 1.0, "{}", reader.start);
    assert_eq!(frames.len(), 25);
    let found = seconds(&frames);
    assert!(found[0] < 0.1 && (found[24] - found[0] - 0.96).abs() < 1e-4, "{found:?}");
}

#[test]
fn seeking_starts_near_the_requested_time() {
    let folder = tempfile::tempdir().unwrap();
    let clip = bars(folder.path(), "clip.mp4", "-c:v libx264 -pix_fmt yuv420p -g 5");
    let (frames, _) = read(&clip, ReadFrom::Seconds(0.6));
    let first = seconds(&frames)[0];
    assert!((0.56..=0.64).contains(&first), "{first}");
}

#[test]
fn frames_that_change_their_size_are_scaled_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let part = |name: &str, size: &str| {
        let path = folder.path().join(name);
        let words = format!("-f lavfi -i testsrc=size={size}:rate=10:duration=1 -c:v libx264 -f mpegts");
        ffmpeg(&words, &path);
        std::fs::read(path).unwrap()
    };
    let both = [part("a.ts", "96x64"), part("b.ts", "64x96")].concat();
    let clip = folder.path().join("both.ts");
    std::fs::write(&clip, both).unwrap();
    let (frames, reader) = read(&clip, ReadFrom::Frame(0));
    assert!(frames.len() >= 18 && frames.iter().all(|frame| frame.picture.dimensions() == (96, 64)));
    let has_bars = |frame: &TimedFrame| (0..64).all(|y| frame.picture.get_pixel(2, y).0 == [0, 0, 0]);
    let first = frames.iter().position(has_bars).unwrap();
    assert!(first >= 8 && frames[first..].iter().all(has_bars), "{first}");
    assert_eq!(reader.changed_size(), Some(([64, 96], frames[first].time_ns)), "timestamps start again");
    assert!(seconds(&frames).is_sorted_by(|a, b| a < b));
}

#[test]
fn a_cut_file_is_read_as_far_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let clip = bars(folder.path(), "clip.mp4", "-c:v libx264 -pix_fmt yuv420p -movflags +faststart -crf 1");
    let whole = std::fs::read(&clip).unwrap();
    std::fs::write(&clip, &whole[..whole.len() * 2 / 3]).unwrap();
    let (frames, _) = read(&clip, ReadFrom::Frame(0));
    assert!((5..25).contains(&frames.len()), "{}", frames.len());
}

#[test]
fn messages_are_parsed_to_timestamps() {
    let line = "[Parsed_showinfo_0 @ 0x55] [info] config in time_base: 1/15360, frame_rate: 30/1";
    assert!(matches!(stamp(line), Some(Stamp::Unit(1, 15_360))));
    let line = "[Parsed_showinfo_0 @ 0x55] [info] n:   1 pts:    512 pts_time:0.0333333 pos:    29308 \
                fmt:yuv420p sar:1/1 s:640x480 i:P iskey:0 type:B ";
    assert!(matches!(stamp(line), Some(Stamp::Frame(Some(512), Some([640, 480])))));
    assert!(stamp("[Parsed_showinfo_0 @ 0x55] [info] color_range:tv color_space:bt470bg").is_none());
    assert!(stamp("[h264 @ 0x55] [error] n: 1 pts: 2").is_none());
    assert_eq!(in_ns(512, (1, 15_360), 0.0), 33_333_333);
    assert_eq!(in_ns(90_000, (1, 90_000), 1.4), 0, "never before the start");
}
