use super::*;
use crate::video::testing::{bars, ffmpeg};

fn read(path: &Path) -> Result<VideoInfo, VideoError> {
    VideoInfo::read(&Ffmpeg::find()?, path)
}

fn sentence(path: &Path) -> String {
    let error = read(path).unwrap_err().to_string();
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(error.contains(name) && !error.contains('\n'), "{error}");
    error
}

#[test]
fn the_properties_of_a_video_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let clip = bars(folder.path(), "clip.mp4", "-c:v libx264 -pix_fmt yuv420p -colorspace bt709 -c:a aac");
    let info = read(&clip).unwrap();
    assert_eq!((info.size, info.frames, info.rate), ([96, 64], Some(25), 25.0));
    assert_eq!(info.sound, [SoundStream { codec: "aac".to_owned() }]);
    assert_eq!(info.colour.space.as_deref(), Some("bt709"));
    assert!(info.ticks >= 10_000 && info.ticks.is_multiple_of(25) && !info.interlaced);
}

#[test]
fn rotated_and_squeezed_frames_have_their_upright_size() {
    let folder = tempfile::tempdir().unwrap();
    let clip = bars(folder.path(), "plain.mp4", "-c:v libx264 -pix_fmt yuv420p");
    let turned = folder.path().join("turned.mp4");
    ffmpeg(&format!("-i {} -c copy -metadata:s:v:0 rotate=90", clip.display()), &turned);
    let squeezed =
        bars(folder.path(), "squeezed.mp4", "-vf setsar=2 -c:v libx264 -pix_fmt yuv420p -field_order tt");
    assert_eq!(read(&squeezed).unwrap().size, [192, 64]);
    // Newer versions do not know the tag any more.
    if read(&turned).unwrap().size == [96, 64] {
        ffmpeg(&format!("-display_rotation 90 -i {} -c copy", clip.display()), &turned);
    }
    assert_eq!(read(&turned).unwrap().size, [64, 96]);
}

#[test]
fn files_that_are_not_videos_get_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("empty.mp4"), "").unwrap();
    assert!(sentence(&at("empty.mp4")).contains("0 bytes"));
    std::fs::write(at("text.mp4"), "this is no video").unwrap();
    assert!(sentence(&at("text.mp4")).contains("not a video"));
    assert!(sentence(&at("missing.mp4")).contains("check that it exists"));
    std::fs::create_dir(at("folder.mp4")).unwrap();
    assert!(sentence(&at("folder.mp4")).contains("not a file"));
    let whole = std::fs::read(bars(folder.path(), "whole.mp4", "-c:v libx264")).unwrap();
    std::fs::write(at("cut.mp4"), &whole[..whole.len() / 2]).unwrap();
    assert!(sentence(&at("cut.mp4")).contains("cut short"));
    ffmpeg("-f lavfi -i sine=duration=1 -c:a aac", &at("sound.m4a"));
    assert!(sentence(&at("sound.m4a")).contains("no video stream"));
    ffmpeg("-f lavfi -i color=size=7680x4320:rate=1:duration=1 -c:v mpeg2video -g 1", &at("8k.mkv"));
    let large = sentence(&at("8k.mkv"));
    assert!(large.contains("7680 × 4320") && large.contains("scale=3840"), "{large}");
    let secret = "-f lavfi -i testsrc=size=96x64:rate=5:duration=1 -c:v libx264 -encryption_scheme cenc-aes-ctr \
                  -encryption_key 76a6c65c5ea762046bd749a2e632ccbb -encryption_kid a7e61c373e219033c21091fa607bf3b8";
    ffmpeg(secret, &at("secret.mp4"));
    assert!(sentence(&at("secret.mp4")).contains("encrypted"));
}

/// A playlist named like a video would make FFmpeg open other files and addresses.
#[test]
fn a_playlist_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let clip = bars(folder.path(), "clip.ts", "-c:v libx264 -f mpegts");
    let list = folder.path().join("list.mp4");
    let text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n", clip.display());
    std::fs::write(&list, text).unwrap();
    assert!(sentence(&list).contains("not a video"));
    std::fs::write(&list, format!("ffconcat version 1.0\nfile '{}'\n", clip.display())).unwrap();
    assert!(sentence(&list).contains("not a video"));
    assert!(read(&clip).is_ok());
}

#[test]
fn every_timestamp_is_a_whole_number_of_ticks() {
    assert_eq!((ticks("1/15360"), ticks("1001/30000"), ticks("1/1000")), (15_360, 30_000, 10_000));
    assert_eq!((ticks("1/90000"), ticks("1/1000000000"), ticks("")), (90_000, 90_000, 90_000));
}
