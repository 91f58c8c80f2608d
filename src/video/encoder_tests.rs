use super::*;
use crate::video::testing::{probe, times};
use image::Rgb;

fn settings() -> EncoderSettings {
    EncoderSettings {
        codec: VideoCodec::H264,
        quality: None,
        colour: Colour::rec_709(),
        ticks: 90_000,
        frame_ns: 40_000_000,
        speed: Speed::File,
        provenance: None,
    }
}

fn write(
    path: &Path,
    settings: &EncoderSettings,
    size: [u32; 2],
    times_ns: &[u64],
) -> Result<(), VideoError> {
    let mut encoder = Encoder::start(&Ffmpeg::find()?, settings, size, path)?;
    for time_ns in times_ns {
        encoder.frame(&RgbImage::from_pixel(size[0], size[1], Rgb([200, 60, 30])), *time_ns)?;
    }
    encoder.finish()
}

#[test]
fn times_colours_and_odd_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.mp4");
    let times_ns = [0, 33_366_667, 100_000_000, 500_000_000, 511_111_111];
    write(&path, &settings(), [65, 33], &times_ns).unwrap();
    let found = times(&path);
    for (found, expected) in found.iter().zip(times_ns) {
        assert!((found - expected as f64 / 1e9).abs() < 1e-5, "{found} {expected}");
    }
    assert_eq!(found.len(), 5);
    let entries =
        "-select_streams v -show_entries stream=codec_name,width,height,color_space,pix_fmt,color_range";
    assert_eq!(probe(&path, entries), ["h264,64,32,yuv420p,tv,bt709"]);
    let folder = tempfile::tempdir().unwrap();
    let decoded = folder.path().join("frame.png");
    crate::video::testing::ffmpeg(&format!("-i {} -frames:v 1", path.display()), &decoded);
    let pixel = image::open(decoded).unwrap().to_rgb8().get_pixel(20, 20).0;
    assert!(pixel.iter().zip([200u8, 60, 30]).all(|(a, b)| a.abs_diff(b) <= 3), "{pixel:?}");
}

#[test]
fn every_codec_writes_a_file_that_can_be_played() {
    let folder = tempfile::tempdir().unwrap();
    for codec in [VideoCodec::H264, VideoCodec::H265, VideoCodec::Av1] {
        let path = folder.path().join(format!("{codec:?}.mp4"));
        let settings = EncoderSettings { codec, quality: Some(40), ..settings() };
        match write(&path, &settings, [128, 64], &[0, 40_000_000, 80_000_000]) {
            Ok(()) => assert_eq!(times(&path).len(), 3, "{codec:?}"),
            Err(VideoError::NoEncoder(name)) => println!("skipped: FFmpeg has no encoder for {name}"),
            Err(error) => panic!("{error}"),
        }
    }
}

/// A killed encoder of a recording leaves complete fragments.
#[test]
fn an_unfinished_live_file_can_be_played() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("live.mp4");
    let settings = EncoderSettings { speed: Speed::Live, ..settings() };
    let mut encoder = Encoder::start(&Ffmpeg::find().unwrap(), &settings, [64, 64], &path).unwrap();
    let noise = |number: u64| {
        RgbImage::from_fn(64, 64, |x, y| Rgb([(u64::from(x * 31 + y * 17) * (number + 3) % 256) as u8; 3]))
    };
    for number in 0..400 {
        encoder.frame(&noise(number), number * 40_000_000).unwrap();
    }
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while std::fs::metadata(&path).map_or(0, |file| file.len()) < 20_000 {
        assert!(std::time::Instant::now() < deadline, "nothing is written");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(encoder);
    assert!(times(&path).len() >= 30, "{}", times(&path).len());
}

#[test]
fn write_errors_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing/out.mp4");
    let error = write(&path, &settings(), [64, 64], &[0; 3]).unwrap_err().to_string();
    assert!(error.contains("out.mp4") && !error.contains('\n'), "{error}");
    let full = write(Path::new("/dev/full"), &settings(), [64, 64], &[0, 1_000_000]);
    assert!(full.is_err());
    let said = VideoError::of_encoder(
        Path::new("a.mp4"),
        "av_interleaved_write_frame(): No space left on device".into(),
    );
    assert!(said.to_string().contains("disk is full"), "{said}");
    let none = VideoError::of_encoder(Path::new("a.mp4"), String::new()).to_string();
    assert!(none.contains("no reason"), "{none}");
}
