//! Writes raw frames with timestamps as a Matroska stream for an encoder's standard input.
//!
//! A pipe of raw pixels only supports a constant frame rate. One cluster per frame, with a timestamp in nanoseconds,
//! supports any.

use std::io::{self, Write};

use image::RgbImage;

/// The encoded size of an element of unknown length.
const UNKNOWN_SIZE: [u8; 8] = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
/// FourCC of the pixel format: 24-bit RGB.
const RGB24: [u8; 4] = *b"RGB\x18";

/// Writes RGB frames of one size.
pub struct RawStream<W: Write> {
    out: W,
    size: [u32; 2],
}

impl<W: Write> RawStream<W> {
    /// Writes the header. `frame_ns` is the typical time between two frames in nanoseconds; an encoder plans its
    /// bit rate with it.
    ///
    /// # Errors
    /// When writing fails.
    pub fn begin(mut out: W, size: [u32; 2], frame_ns: u64) -> io::Result<Self> {
        let head = element(
            &[0x1A, 0x45, 0xDF, 0xA3],
            &[
                number(&[0x42, 0x86], 1),
                number(&[0x42, 0xF7], 1),
                number(&[0x42, 0xF2], 4),
                number(&[0x42, 0xF3], 8),
                element(&[0x42, 0x82], &[b"matroska".to_vec()]),
                number(&[0x42, 0x87], 4),
                number(&[0x42, 0x85], 2),
            ],
        );
        let info = element(
            &[0x15, 0x49, 0xA9, 0x66],
            &[
                number(&[0x2A, 0xD7, 0xB1], 1),
                element(&[0x4D, 0x80], &[b"agemirror".to_vec()]),
                element(&[0x57, 0x41], &[b"agemirror".to_vec()]),
            ],
        );
        let video = element(
            &[0xE0],
            &[
                number(&[0xB0], u64::from(size[0])),
                number(&[0xBA], u64::from(size[1])),
                element(&[0x2E, 0xB5, 0x24], &[RGB24.to_vec()]),
            ],
        );
        let track = element(
            &[0xAE],
            &[
                number(&[0xD7], 1),
                number(&[0x73, 0xC5], 1),
                number(&[0x83], 1),
                number(&[0x23, 0xE3, 0x83], frame_ns.max(1)),
                element(&[0x86], &[b"V_UNCOMPRESSED".to_vec()]),
                video,
            ],
        );
        out.write_all(&head)?;
        out.write_all(&[0x18, 0x53, 0x80, 0x67])?;
        out.write_all(&UNKNOWN_SIZE)?;
        out.write_all(&info)?;
        out.write_all(&element(&[0x16, 0x54, 0xAE, 0x6B], &[track]))?;
        Ok(Self { out, size })
    }

    /// Writes one frame with a timestamp of `time_ns` nanoseconds.
    ///
    /// # Errors
    /// When the frame has another size, or writing fails.
    pub fn frame(&mut self, picture: &RgbImage, time_ns: u64) -> io::Result<()> {
        if picture.dimensions() != (self.size[0], self.size[1]) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a frame of another size"));
        }
        let pixels = picture.as_raw();
        let time = number(&[0xE7], time_ns);
        let mut block = vec![0xA3];
        block.extend(length(pixels.len() as u64 + 4));
        // Track 1, no offset from the cluster's timestamp, a key frame.
        block.extend([0x81, 0, 0, 0x80]);
        self.out.write_all(&[0x1F, 0x43, 0xB6, 0x75])?;
        self.out.write_all(&length((time.len() + block.len() + pixels.len()) as u64))?;
        self.out.write_all(&time)?;
        self.out.write_all(&block)?;
        self.out.write_all(pixels)
    }

    /// Returns the writer.
    pub fn into_inner(self) -> W {
        self.out
    }
}

fn element(id: &[u8], parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    [id, &length(content.len() as u64), &content].concat()
}

fn number(id: &[u8], value: u64) -> Vec<u8> {
    element(id, &[value.to_be_bytes().to_vec()])
}

/// Encodes a length in eight bytes.
fn length(value: u64) -> [u8; 8] {
    (value | 1 << 56).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::Ffmpeg;
    use crate::video::testing::run;
    use image::Rgb;

    #[test]
    fn ffmpeg_reads_the_frames_and_their_times() {
        let ffmpeg = Ffmpeg::find().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("raw.mkv");
        let mut stream = RawStream::begin(Vec::new(), [6, 4], 40_000_000).unwrap();
        for (time, level) in [(0, 10), (33_366_667, 20), (1_000_000_001, 30)] {
            stream.frame(&RgbImage::from_pixel(6, 4, Rgb([level, 2, 3])), time).unwrap();
        }
        assert!(stream.frame(&RgbImage::new(5, 4), 0).is_err());
        std::fs::write(&path, stream.into_inner()).unwrap();
        let mut probe = ffmpeg.ffprobe();
        probe.args(["-show_entries", "packet=pts:stream=pix_fmt,width,avg_frame_rate", "-of", "csv=p=0"]);
        let text = run(probe.arg(&path));
        assert_eq!(text.lines().collect::<Vec<_>>(), ["0", "33366667", "1000000001", "6,rgb24,25/1"]);
        let mut decode = ffmpeg.ffmpeg("error");
        decode.arg("-i").arg(&path).args(["-f", "rawvideo", "-fps_mode", "passthrough", "-"]);
        let pixels = decode.stdout(std::process::Stdio::piped()).output().unwrap().stdout;
        assert_eq!(pixels.len(), 3 * 6 * 4 * 3);
        assert_eq!(pixels[..3], [10, 2, 3]);
        assert_eq!(pixels[6 * 4 * 3 * 2..][..3], [30, 2, 3]);
    }
}
