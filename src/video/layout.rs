//! Arranges the input and all ages side by side in one frame.

use std::sync::Arc;

use image::RgbImage;

use agemirror_faces::age::AgeTarget;
use agemirror_faces::aging::picture::{Resampling, resized};
use agemirror_faces::compose::{Captioned, grid, strip};

/// Maximum size of a strip or grid, in pixels: players and encoders support no larger frames.
const MAX_SIZE: [u32; 2] = [3840, 2160];
/// Scale from one candidate size to the next smaller one.
const SHRINK: f64 = 0.94;

/// How ages are arranged in the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoLayout {
    /// A video for each age.
    #[default]
    Separate,
    /// One video with the input and all ages in a row.
    Strip,
    /// One video with the input and all ages in a grid.
    Grid,
}

/// Arranges pictures of one size side by side.
pub(super) struct Sheet {
    layout: VideoLayout,
    labels: Vec<String>,
    cell: [u32; 2],
    /// Size of the sheet in pixels.
    pub(super) size: [u32; 2],
}

impl Sheet {
    /// Plans a sheet for frames of `frame` pixels.
    pub(super) fn plan(layout: VideoLayout, targets: &[AgeTarget], frame: [u32; 2]) -> Self {
        let labels = targets.iter().map(|target| target.label.clone()).collect();
        let mut sheet = Self { layout, labels, cell: frame, size: frame };
        // The search starts at the size that would fit if the sheet had only its cells, without gaps.
        let cells = (targets.len() + 1) as f64;
        let most = f64::from(MAX_SIZE[0]) * f64::from(MAX_SIZE[1]);
        let area = f64::from(frame[0]) * f64::from(frame[1]) * cells;
        let mut scale = (most / area).sqrt().min(1.0);
        loop {
            sheet.cell = frame.map(|side| ((f64::from(side) * scale).round() as u32).max(2));
            let blank = Arc::new(RgbImage::new(sheet.cell[0], sheet.cell[1]));
            let whole = sheet.draw(&blank, &vec![Arc::clone(&blank); targets.len()]);
            sheet.size = [whole.width(), whole.height()];
            let fits = sheet.size[0] <= MAX_SIZE[0] && sheet.size[1] <= MAX_SIZE[1];
            if fits || sheet.cell == [2, 2] {
                return sheet;
            }
            scale *= SHRINK;
        }
    }

    /// Draws the input and the aged pictures on one sheet.
    pub(super) fn draw(&self, input: &RgbImage, aged: &[Arc<RgbImage>]) -> RgbImage {
        let input = self.fitted(input);
        let aged: Vec<RgbImage> = aged.iter().map(|picture| self.fitted(picture)).collect();
        let tiles: Vec<Captioned> = aged
            .iter()
            .zip(&self.labels)
            .map(|(picture, label)| Captioned { caption: label, picture })
            .collect();
        let input = Captioned { caption: "now", picture: &input };
        if self.layout == VideoLayout::Grid { grid(input, &tiles) } else { strip(input, &tiles) }
    }

    fn fitted(&self, picture: &RgbImage) -> RgbImage {
        if [picture.width(), picture.height()] == self.cell {
            return picture.clone();
        }
        let [width, height] = self.cell;
        resized(picture, width, height, Resampling::Sharp).unwrap_or_else(|error| {
            tracing::warn!("a frame of {:?} pixels cannot be scaled down: {error}", picture.dimensions());
            RgbImage::new(width, height)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_no_larger_than_players_can_show() {
        for (ages, layout) in [(1, VideoLayout::Strip), (10, VideoLayout::Strip), (10, VideoLayout::Grid)] {
            let targets: Vec<AgeTarget> =
                (0..ages).map(|age| AgeTarget { label: age.to_string(), age: age as f32 }).collect();
            for frame in [[1920, 1080], [320, 240], [1080, 1920]] {
                let sheet = Sheet::plan(layout, &targets, frame);
                assert!(sheet.size[0] <= MAX_SIZE[0] && sheet.size[1] <= MAX_SIZE[1], "{:?}", sheet.size);
                assert!(sheet.cell[0] <= frame[0] && sheet.size[0] > sheet.cell[0], "{:?}", sheet.cell);
            }
        }
    }
}
