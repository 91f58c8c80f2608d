//! Copies what the window shows to the clipboard.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use image::{RgbImage, imageops};

use super::backend::{CopiedView, Report};
use super::save::{named_tiles, view_of};
use crate::text::message;
use agemirror_faces::compose::{draw_caption, finished};

/// The clipboard. It is kept open, because on X11 the program that copies has to answer those that paste.
#[derive(Clone, Default)]
pub(crate) struct Clipboard(Arc<Mutex<Option<arboard::Clipboard>>>);

impl Clipboard {
    /// Draws `view` and copies it as a picture.
    pub(crate) fn copy(&self, view: &CopiedView) -> Report {
        let picture = draw(view);
        let (width, height) = picture.dimensions();
        match self.put(&picture) {
            Ok(()) => Report::Copied { width, height },
            Err(error) => Report::NotSaved(message!("not-copied", cause = error.to_string())),
        }
    }

    fn put(&self, picture: &RgbImage) -> Result<(), arboard::Error> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut clipboard = match slot.take() {
            Some(clipboard) => clipboard,
            None => arboard::Clipboard::new()?,
        };
        let bytes = picture.pixels().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2], 255]).collect();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        clipboard.set_image(arboard::ImageData { width, height, bytes: Cow::Owned(bytes) })?;
        *slot = Some(clipboard);
        Ok(())
    }
}

/// The picture to copy.
fn draw(view: &CopiedView) -> RgbImage {
    match view {
        CopiedView::Tiles { tiles, labels } => view_of(tiles, &named_tiles(tiles, labels)),
        CopiedView::Large { before, after, edge, divider, label } => {
            let (before, after) = (finished(before, edge.as_deref()), finished(after, edge.as_deref()));
            draw_halves(&before, &after, *divider, label)
        }
    }
}

/// The left part of `before` up to the divider, and the rest of `after` with its caption.
fn draw_halves(before: &RgbImage, after: &RgbImage, divider: f32, label: &str) -> RgbImage {
    let (width, height) = after.dimensions();
    let covered = (divider.clamp(0.0, 1.0) * width as f32).round() as u32;
    let mut picture = match before.dimensions() == (width, height) {
        true => before.clone(),
        false => imageops::resize(before, width, height, imageops::FilterType::Triangle),
    };
    if covered < width {
        // The caption belongs to the right part.
        let mut right = imageops::crop_imm(after, covered, 0, width - covered, height).to_image();
        draw_caption(&mut right, label);
        imageops::replace(&mut picture, &right, i64::from(covered), 0);
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn flat(value: u8, side: u32) -> RgbImage {
        RgbImage::from_pixel(side, side, Rgb([value; 3]))
    }

    #[test]
    fn the_divider_separates_before_and_after() {
        for (divider, expected) in [(0.0, [200, 200, 200]), (0.5, [40, 200, 200]), (1.0, [40, 40, 40])] {
            let picture = draw_halves(&flat(40, 50), &flat(200, 100), divider, "60");
            assert_eq!(picture.dimensions(), (100, 100));
            let found = [10, 60, 95].map(|x| picture.get_pixel(x, 20).0[0]);
            assert_eq!(found, expected, "{divider}");
        }
    }

    #[test]
    fn the_caption_is_within_the_aged_part() {
        let picture = draw_halves(&flat(40, 200), &flat(200, 200), 0.5, "60");
        let changed = |from: u32, value: u8| {
            let columns = from..from + 100;
            columns
                .flat_map(|x| (150..200).map(move |y| (x, y)))
                .any(|(x, y)| picture.get_pixel(x, y).0[0] != value)
        };
        assert!(!changed(0, 40) && changed(100, 200));
    }
}
