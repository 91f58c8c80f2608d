//! Draws anti-aliased text on pictures.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use image::{Rgb, RgbImage};

/// The window's typeface, which comes with egui; a test checks that it parses.
static FONT: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(epaint_default_fonts::UBUNTU_LIGHT).ok());

/// Caption colour.
pub(super) const TEXT: Rgb<u8> = Rgb([240, 241, 244]);
/// Opacity of the plate behind an overlaid caption.
const PLATE_COVER: f32 = 0.7;
const PLATE: Rgb<u8> = Rgb([12, 13, 16]);

/// Largest difference between an age and the one that a caption belongs to, in years.
const SAME_AGE: f32 = 0.05;

/// The caption of `age` among `captions` (ages in years with their captions), or the age itself where there is none.
pub fn caption_of(captions: &[(f32, String)], age: f32) -> String {
    let known = captions.iter().find(|(known, _)| (known - age).abs() < SAME_AGE);
    known.map_or_else(|| format!("{age:.0}"), |(_, caption)| caption.clone())
}

/// One line of laid-out text, in pixels.
pub(super) struct Line {
    glyphs: Vec<Glyph>,
    /// Distance from the first glyph's origin to the end of the last one's advance.
    pub(super) width: f32,
    /// Approximate height of a capital above the baseline.
    pub(super) capital: f32,
}

impl Line {
    /// Lays out `text` at a line height of `size` pixels, or smaller if it would be wider than `room`.
    pub(super) fn new(text: &str, size: f32, room: f32) -> Self {
        let line = Self::at_size(text, size);
        if line.width > room && room > 0.0 { Self::at_size(text, size * room / line.width) } else { line }
    }

    fn at_size(text: &str, size: f32) -> Self {
        let mut line = Self { glyphs: Vec::new(), width: 0.0, capital: size * 0.6 };
        let Some(font) = FONT.as_ref() else { return line };
        let font = font.as_scaled(PxScale::from(size));
        let mut before = None;
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            let id = font.glyph_id(letter);
            line.width += before.map_or(0.0, |before| font.kern(before, id));
            line.glyphs.push(id.with_scale_and_position(font.scale(), point(line.width, 0.0)));
            line.width += font.h_advance(id);
            before = Some(id);
        }
        line
    }

    /// Draws the line centred at `x`, with the middle of its capitals at `y`.
    pub(super) fn draw(self, picture: &mut RgbImage, [x, y]: [f32; 2]) {
        let Some(font) = FONT.as_ref() else { return };
        let origin = point((x - self.width / 2.0).round(), (y + self.capital / 2.0).round());
        for mut glyph in self.glyphs {
            glyph.position += origin;
            let Some(outline) = font.outline_glyph(glyph) else { continue };
            let corner = outline.px_bounds().min;
            outline.draw(|dx, dy, cover| {
                blend(picture, corner.x as i64 + i64::from(dx), corner.y as i64 + i64::from(dy), TEXT, cover);
            });
        }
    }
}

/// Draws `text` on a dark rounded plate at the bottom of a picture, at a size that suits the picture. Does
/// nothing if the picture is too small for readable text or the text is empty.
pub fn draw_caption(picture: &mut RgbImage, text: &str) {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let size = (width.min(height) / 11.0).min(96.0);
    if size < 6.0 || text.trim().is_empty() {
        return;
    }
    let line = Line::new(text, size, width - 2.0 * size);
    let half = [line.width / 2.0 + size * 0.5, size * 0.62];
    let centre = [width / 2.0, height - half[1] - size * 0.4];
    draw_plate(picture, centre, half);
    line.draw(picture, centre);
}

/// Draws a rectangle with rounded corners; `half` holds its half width and half height.
fn draw_plate(picture: &mut RgbImage, centre: [f32; 2], half: [f32; 2]) {
    let radius = half[1] * 0.6;
    let first = [0, 1].map(|axis| (centre[axis] - half[axis]).floor() as i64);
    let last = [0, 1].map(|axis| (centre[axis] + half[axis]).ceil() as i64);
    for y in first[1]..=last[1] {
        for x in first[0]..=last[0] {
            let beyond = [(x, 0), (y, 1)].map(|(value, axis)| {
                ((value as f32 + 0.5 - centre[axis]).abs() - half[axis] + radius).max(0.0)
            });
            let cover = (radius + 0.5 - beyond[0].hypot(beyond[1])).clamp(0.0, 1.0);
            blend(picture, x, y, PLATE, cover * PLATE_COVER);
        }
    }
}

/// Blends a colour into a pixel; positions outside the picture are skipped.
fn blend(picture: &mut RgbImage, x: i64, y: i64, colour: Rgb<u8>, cover: f32) {
    let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
    let Some(pixel) = picture.get_pixel_mut_checked(x, y) else { return };
    let cover = cover.clamp(0.0, 1.0);
    for (value, wanted) in pixel.0.iter_mut().zip(colour.0) {
        *value = (f32::from(*value) + cover * (f32::from(wanted) - f32::from(*value)) + 0.5) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_parses_and_has_the_glyphs_of_captions() {
        let font = FONT.as_ref().unwrap();
        for letter in "0123456789–+.- abcxyzABCÄé".chars() {
            assert_ne!(font.glyph_id(letter).0, 0, "{letter:?}");
        }
    }

    #[test]
    fn a_caption_is_at_the_bottom_and_legible_on_white() {
        let white = RgbImage::from_pixel(256, 256, Rgb([255; 3]));
        let mut picture = white.clone();
        draw_caption(&mut picture, "20–29");
        let changed: Vec<_> =
            picture.enumerate_pixels().filter(|(_, _, pixel)| pixel.0 != [255; 3]).collect();
        assert!(!changed.is_empty());
        assert!(changed.iter().all(|(x, y, _)| (80..176).contains(x) && *y > 200 && *y < 256));
        let darkest = changed.iter().map(|(_, _, pixel)| pixel.0[0]).min().unwrap();
        let brightest = changed.iter().filter(|(x, y, _)| (120..136).contains(x) && (225..240).contains(y));
        assert!(darkest < 120);
        assert!(brightest.map(|(_, _, pixel)| pixel.0[0]).max().unwrap() > 220);
    }

    #[test]
    fn an_age_gets_its_caption_or_its_number() {
        let captions = [(20.0, "18–24".to_owned()), (60.0, "50–69".to_owned())];
        let found = [20.0, 20.04, 20.06, 60.4].map(|age| caption_of(&captions, age));
        assert_eq!(found, ["18–24", "18–24", "20", "60"]);
    }

    #[test]
    fn text_is_anti_aliased() {
        let mut picture = RgbImage::new(120, 60);
        Line::new("80", 40.0, 100.0).draw(&mut picture, [60.0, 30.0]);
        let between = picture.pixels().filter(|pixel| (40..200).contains(&pixel.0[0])).count();
        assert!(between > 30, "{between}");
    }

    #[test]
    fn long_text_shrinks_and_stays_inside() {
        let line = Line::new(&"a very long caption ".repeat(20), 30.0, 200.0);
        assert!(line.width <= 201.0);
        let mut picture = RgbImage::new(64, 64);
        draw_caption(&mut picture, &"W".repeat(500));
    }

    #[test]
    fn tiny_pictures_and_empty_texts_are_left_unchanged() {
        for (side, text) in [(0, "25"), (1, "25"), (20, "25"), (200, ""), (200, "  ")] {
            let mut picture = RgbImage::new(side, side);
            draw_caption(&mut picture, text);
            assert_eq!(picture, RgbImage::new(side, side));
        }
    }
}
