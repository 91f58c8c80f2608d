//! Rotation of videos whose faces lie sideways: phones note how a video was held, and some programs lose that.

use std::path::Path;
use std::time::Duration;

use clap::ValueEnum;
use image::RgbImage;
use serde::{Deserialize, Serialize};

use super::reader::Polled;
use super::{Ffmpeg, ReadFrom, VideoError, VideoInfo, VideoReader};
use agemirror_faces::face::{Extent, FaceFinder, roll};

/// Positions of the frames that are searched for faces, as fractions of the length.
const POSITIONS: [f64; 5] = [0.5, 0.25, 0.75, 0.05, 0.9];
/// Longest side of these frames, in pixels.
const MAX_SIDE: u32 = 640;
/// Number of frames that must agree, if there are as many.
const ENOUGH: usize = 2;
/// Maximum time to wait for one of them.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A clockwise rotation of a video's frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
pub enum Rotation {
    /// As the file says
    #[default]
    #[value(name = "0")]
    None,
    /// To the right
    #[value(name = "90")]
    Right,
    /// Upside down
    #[value(name = "180")]
    Half,
    /// To the left
    #[value(name = "270")]
    Left,
}

impl Rotation {
    const ALL: [Self; 4] = [Self::None, Self::Right, Self::Half, Self::Left];

    /// The angle in degrees, clockwise.
    #[must_use]
    pub fn degrees(self) -> u32 {
        90 * self as u32
    }

    /// This rotation and another quarter to the right.
    #[must_use]
    pub fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }

    /// The rotation after which a face is upright that leans by `roll`, in radians.
    fn against(roll: f32) -> Self {
        let quarters = (-roll / std::f32::consts::FRAC_PI_2).round() as i32;
        Self::ALL[quarters.rem_euclid(4) as usize]
    }

    /// FFmpeg's filter.
    pub(super) fn filter(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Right => Some("transpose=clock"),
            Self::Half => Some("hflip,vflip"),
            Self::Left => Some("transpose=cclock"),
        }
    }

    /// The size of a frame of `size` after the rotation.
    pub(super) fn size(self, [width, height]: [u32; 2]) -> [u32; 2] {
        match self {
            Self::None | Self::Half => [width, height],
            Self::Right | Self::Left => [height, width],
        }
    }
}

/// The rotation after which the faces of a video are upright, judged by a few of its frames. [`Rotation::None`] if one
/// of them shows an upright face, none shows a face, or they contradict each other.
///
/// # Errors
/// When a network fails.
pub fn upright_rotation(tools: &Ffmpeg, path: &Path, info: &VideoInfo) -> Result<Rotation, VideoError> {
    let finder = FaceFinder::new()?;
    let mut found = Vec::new();
    // Frames of a short video show the same.
    let seconds = info.seconds.filter(|seconds| *seconds > 1.0);
    let positions = if seconds.is_some() { &POSITIONS[..] } else { &[0.0] };
    for position in positions {
        let Some(frame) = frame_at(tools, path, info, position * seconds.unwrap_or_default()) else {
            continue;
        };
        if !finder.search(&frame, Extent::Quick, &|_| true)?.is_empty() {
            return Ok(Rotation::None);
        }
        let Some(face) = finder.find_largest(&frame)? else { continue };
        found.push(Rotation::against(roll(&face.points)));
        if found.iter().any(|rotation| *rotation != found[0]) {
            return Ok(Rotation::None);
        }
        if found.len() == ENOUGH {
            break;
        }
    }
    Ok(found.first().copied().unwrap_or_default())
}

/// The frame at this time in seconds, scaled down; `None` if it cannot be read.
fn frame_at(tools: &Ffmpeg, path: &Path, info: &VideoInfo, seconds: f64) -> Option<RgbImage> {
    let size = info.size_within(MAX_SIDE);
    let from = if seconds > 0.0 { ReadFrom::Seconds(seconds) } else { ReadFrom::Frame(0) };
    match VideoReader::open(tools, path, info, from, size).and_then(|mut reader| reader.poll(TIMEOUT)) {
        Ok(Polled::Frame(frame)) => Some(frame.picture),
        Ok(Polled::Pending | Polled::End) => None,
        Err(error) => {
            tracing::debug!("a frame is not searched for faces: {error}");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::testing::ffmpeg;

    /// The bundled portrait as a video, rotated by FFmpeg's filters.
    fn portrait(folder: &Path, filters: &str) -> std::path::PathBuf {
        let path = folder.join("clip.mp4");
        let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/astronaut.jpg");
        let words = format!(
            "-loop 1 -framerate 5 -t 2 -i {picture} -vf crop=300:420:80:0,{filters} -c:v libx264 -pix_fmt yuv420p"
        );
        ffmpeg(&words, &path);
        path
    }

    #[test]
    fn sideways_faces_give_the_rotation_that_makes_them_upright() {
        let folder = tempfile::tempdir().unwrap();
        let tools = Ffmpeg::find().unwrap();
        for (filters, expected) in [
            ("null", Rotation::None),
            ("transpose=cclock", Rotation::Right),
            ("hflip,vflip", Rotation::Half),
            ("transpose=clock", Rotation::Left),
        ] {
            let path = portrait(folder.path(), filters);
            let info = VideoInfo::read(&tools, &path).unwrap();
            assert_eq!(upright_rotation(&tools, &path, &info).unwrap(), expected, "{filters}");
            let upright = info.rotated(expected);
            assert_eq!(upright.size, [300, 420], "{filters}");
            let again = upright_rotation(&tools, &path, &upright).unwrap();
            assert_eq!(again, Rotation::None, "upright now: {filters}");
        }
    }

    #[test]
    fn four_quarters_are_a_full_turn() {
        let mut rotation = Rotation::None;
        let degrees = [0; 4].map(|_| {
            rotation = rotation.next();
            rotation.degrees()
        });
        assert_eq!(degrees, [90, 180, 270, 0]);
    }
}
