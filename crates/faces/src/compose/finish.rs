//! Prepares a crop for saving.

use std::borrow::Cow;

use image::RgbImage;

use super::BACKGROUND;
use crate::face::FrameEdge;

/// A crop, or a picture derived from it, ready for saving: beyond the `edge` of the frame it fades to
/// [`BACKGROUND`], the background of strips and grids. Without an edge it is returned unchanged.
pub fn finished<'a>(picture: &'a RgbImage, edge: Option<&FrameEdge>) -> Cow<'a, RgbImage> {
    match edge {
        Some(edge) => Cow::Owned(edge.filled(picture, BACKGROUND)),
        None => Cow::Borrowed(picture),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::{Similarity, align};
    use image::Rgb;

    /// A striped frame whose crop extends beyond the right edge: repeated edge pixels would be streaks.
    #[test]
    fn nothing_is_stretched_beyond_the_frame() {
        let frame = RgbImage::from_fn(100, 100, |_, y| Rgb([if y % 8 < 4 { 250 } else { 120 }; 3]));
        let to_crop = Similarity { tx: -60.0, ..Similarity::IDENTITY };
        let crop = align(&frame, &to_crop, 100);
        let edge = FrameEdge::of(&to_crop, 100, frame.dimensions()).unwrap();
        let saved = finished(&crop, Some(&edge));
        let beyond = saved.enumerate_pixels().filter(|(x, _, _)| *x >= 40);
        assert!(beyond.clone().all(|(_, _, pixel)| *pixel == BACKGROUND), "the fill is plain");
        assert!(
            saved
                .enumerate_pixels()
                .filter(|(x, _, _)| *x < 35)
                .all(|(x, y, pixel)| pixel == crop.get_pixel(x, y))
        );
        assert_eq!(finished(&crop, None).as_ref(), &crop);
    }
}
