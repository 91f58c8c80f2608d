//! Combines picture files into one animated GIF that plays back and forth in a loop.

use std::io;
use std::path::{Path, PathBuf};

use image::{RgbImage, imageops};

use super::animate::Animation;
use super::palette::Samples;
use super::sweep::read_back;
use crate::compose::caption::draw_caption;
use agemirror_storage::{SaveError, write_atomically};

/// Writes pictures of equal size, each from its file and with a caption (which may be empty), as a GIF of
/// `rate` pictures per second (1 to 50), at most `side` pixels wide and high. The first and last pictures are
/// shown twice as long, as if the sequence and its reversal followed each other.
///
/// Holds one picture in memory at a time.
///
/// # Errors
/// When a picture cannot be read or the file cannot be written.
pub fn write_ping_pong(
    path: &Path,
    pictures: &[(PathBuf, String)],
    side: u32,
    rate: u32,
) -> Result<(), SaveError> {
    let read = |number: usize| {
        let (file, caption) = &pictures[number];
        read_small(file, caption, side)
    };
    let mut samples = Samples::new(pictures.len());
    let mut size = None;
    for number in 0..pictures.len() {
        let picture = read(number).map_err(|error| SaveError::at(path, error))?;
        size.get_or_insert(picture.dimensions());
        samples.take(&picture);
    }
    let Some((width, height)) = size else { return Ok(()) };
    let delay = (100.0 / rate.clamp(1, 50) as f32).round() as u16;
    let (count, size, hold) = (pictures.len(), [width, height], 2 * delay);
    let animation = Animation { count, size, delay, hold, provenance: None, read };
    write_atomically(path, |out| animation.write_gif(samples.palette(), out))
}

fn read_small(file: &Path, caption: &str, side: u32) -> io::Result<RgbImage> {
    let unreadable = |error| io::Error::other(format!("{} cannot be read: {error}", file.display()));
    let picture = read_back(file).map_err(unreadable)?;
    let (width, height) = picture.dimensions();
    let scale = (f64::from(side) / f64::from(width.max(height).max(1))).min(1.0);
    let [w, h] = [width, height].map(|length| ((f64::from(length) * scale).round() as u32).max(1));
    let mut small =
        if scale < 1.0 { imageops::resize(&picture, w, h, imageops::FilterType::Triangle) } else { picture };
    draw_caption(&mut small, caption);
    Ok(small)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::gif::GifDecoder;
    use image::{AnimationDecoder, Rgb};
    use std::fs::File;
    use std::io::BufReader;

    #[test]
    fn it_plays_back_and_forth_within_the_size_limit() {
        let folder = tempfile::tempdir().unwrap();
        let pictures: Vec<_> = (0..4u8)
            .map(|i| {
                let file = folder.path().join(format!("{i}.png"));
                RgbImage::from_pixel(80, 60, Rgb([i * 60, 90, 200])).save(&file).unwrap();
                (file, String::new())
            })
            .collect();
        let path = folder.path().join("film.gif");
        write_ping_pong(&path, &pictures, 40, 10).unwrap();
        let decoder = GifDecoder::new(BufReader::new(File::open(&path).unwrap())).unwrap();
        let frames = decoder.into_frames().collect_frames().unwrap();
        let shown: Vec<_> = frames
            .iter()
            .map(|frame| {
                let (delay, unit) = frame.delay().numer_denom_ms();
                assert_eq!(frame.buffer().dimensions(), (40, 30));
                ((frame.buffer().get_pixel(20, 10).0[0] + 30) / 60, delay / unit)
            })
            .collect();
        assert_eq!(shown, [(0, 200), (1, 100), (2, 100), (3, 200), (2, 100), (1, 100)]);
    }

    #[test]
    fn a_missing_picture_is_named_and_no_pictures_make_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.gif");
        let missing = folder.path().join("missing.png");
        let error = write_ping_pong(&path, &[(missing, String::new())], 40, 10).unwrap_err();
        assert!(error.to_string().contains("missing.png"), "{error}");
        write_ping_pong(&path, &[], 40, 10).unwrap();
        assert!(!path.exists());
    }
}
