//! Writes looping back-and-forth animations picture by picture: GIF for compatibility, APNG for full colour.
//! After the first picture only changed pixels are stored; the rest is transparent.

use std::borrow::Cow;
use std::io::{self, Write};

use image::{Rgb, RgbImage};

use super::encode::png_error;
use super::palette::Palette;
use super::provenance::Provenance;

/// A sequence of pictures, read one at a time.
pub(crate) struct Animation<'a, R> {
    /// Number of pictures.
    pub(crate) count: usize,
    /// Width and height of each picture, in pixels.
    pub(crate) size: [u32; 2],
    /// Display time of a picture, in hundredths of a second.
    pub(crate) delay: u16,
    /// Display time of the first and the last picture, in hundredths of a second.
    pub(crate) hold: u16,
    /// The origin of the pictures, if they were aged.
    pub(crate) provenance: Option<&'a Provenance>,
    /// Reads the picture with an index.
    pub(crate) read: R,
}

/// A rectangle of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Area {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

impl<R: FnMut(usize) -> io::Result<RgbImage>> Animation<'_, R> {
    /// Number of pictures in one loop.
    fn length(&self) -> usize {
        self.count.max(1) + self.count.saturating_sub(2)
    }

    /// Calls `show` for every picture in playback order, with its delay, the previous picture, and the area
    /// that differs from it.
    fn play(
        &mut self,
        mut show: impl FnMut(&RgbImage, Option<&RgbImage>, Area, u16) -> io::Result<()>,
    ) -> io::Result<()> {
        let last = self.count.saturating_sub(1);
        let mut before: Option<RgbImage> = None;
        for number in (0..self.count).chain((1..last).rev()) {
            let picture = (self.read)(number)?;
            if [picture.width(), picture.height()] != self.size {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            let area = changed_area(before.as_ref(), &picture);
            let delay = if number == 0 || number == last { self.hold } else { self.delay };
            show(&picture, before.as_ref(), area, delay)?;
            before = Some(picture);
        }
        Ok(())
    }

    /// Writes a GIF with one palette.
    pub(crate) fn write_gif(mut self, mut palette: Palette, out: &mut dyn Write) -> io::Result<()> {
        let [width, height] = self.size;
        let (Ok(screen_width), Ok(screen_height)) = (u16::try_from(width), u16::try_from(height)) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a GIF has at most 65535 pixels a side"));
        };
        let colours = palette.colours();
        let mut encoder = gif::Encoder::new(out, screen_width, screen_height, &colours).map_err(gif_error)?;
        encoder.set_repeat(gif::Repeat::Infinite).map_err(gif_error)?;
        if let Some(provenance) = self.provenance {
            let comment = [provenance.description().as_bytes()];
            encoder.write_raw_extension(gif::Extension::Comment.into(), &comment).map_err(gif_error)?;
            provenance.write_gif_xmp(encoder.get_mut())?;
        }
        self.play(|picture, before, area, delay| {
            let indices = positions(area).map(|(x, y)| match changed_pixel(picture, before, x, y) {
                Some(colour) => palette.index(x, y, colour),
                None => Palette::UNCHANGED,
            });
            let frame = gif::Frame {
                delay,
                transparent: Some(Palette::UNCHANGED),
                left: area.left as u16,
                top: area.top as u16,
                width: area.width as u16,
                height: area.height as u16,
                buffer: Cow::Owned(indices.collect()),
                ..gif::Frame::default()
            };
            encoder.write_frame(&frame).map_err(gif_error)
        })
    }

    /// Writes an animated PNG.
    pub(crate) fn write_apng(mut self, out: &mut dyn Write) -> io::Result<()> {
        let mut encoder = png::Encoder::new(out, self.size[0], self.size[1]);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
        encoder.set_compression(png::Compression::Fast);
        if let Some(provenance) = self.provenance {
            provenance.tag_png(&mut encoder).map_err(png_error)?;
        }
        let pictures = u32::try_from(self.length()).map_err(io::Error::other)?;
        encoder.set_animated(pictures, 0).map_err(png_error)?;
        encoder.set_blend_op(png::BlendOp::Over).map_err(png_error)?;
        let mut writer = encoder.write_header().map_err(png_error)?;
        self.play(|picture, before, area, delay| {
            writer.reset_frame_position().map_err(png_error)?;
            writer.set_frame_dimension(area.width, area.height).map_err(png_error)?;
            writer.set_frame_position(area.left, area.top).map_err(png_error)?;
            writer.set_frame_delay(delay, 100).map_err(png_error)?;
            let pixels = positions(area).flat_map(|(x, y)| match changed_pixel(picture, before, x, y) {
                Some(Rgb([red, green, blue])) => [red, green, blue, 255],
                None => [0; 4],
            });
            writer.write_image_data(&pixels.collect::<Vec<_>>()).map_err(png_error)
        })?;
        writer.finish().map_err(png_error)
    }
}

fn gif_error(error: gif::EncodingError) -> io::Error {
    match error {
        gif::EncodingError::Io(error) => error,
        other => io::Error::other(other),
    }
}

/// All pixel positions of an area, row by row.
fn positions(area: Area) -> impl Iterator<Item = (u32, u32)> {
    let rows = area.top..area.top + area.height;
    rows.flat_map(move |y| (area.left..area.left + area.width).map(move |x| (x, y)))
}

/// The pixel at a position, `None` if it equals the previous picture's.
fn changed_pixel(picture: &RgbImage, before: Option<&RgbImage>, x: u32, y: u32) -> Option<Rgb<u8>> {
    let colour = *picture.get_pixel(x, y);
    (before.is_none_or(|before| *before.get_pixel(x, y) != colour)).then_some(colour)
}

/// The smallest area that contains every difference: everything without a previous picture, one pixel if
/// there is no difference.
fn changed_area(before: Option<&RgbImage>, picture: &RgbImage) -> Area {
    let (width, height) = picture.dimensions();
    let Some(before) = before else { return Area { left: 0, top: 0, width, height } };
    let stride = (width as usize * 3).max(1);
    let (mut rows, mut bytes): (Option<[usize; 2]>, [usize; 2]) = (None, [stride, 0]);
    let pairs = before.as_raw().chunks_exact(stride).zip(picture.as_raw().chunks_exact(stride));
    for (y, (old, new)) in pairs.enumerate() {
        let Some(first) = old.iter().zip(new).position(|(old, new)| old != new) else { continue };
        let last = old.iter().zip(new).rposition(|(old, new)| old != new).unwrap_or(first);
        rows = Some([rows.map_or(y, |[top, _]| top), y]);
        bytes = [bytes[0].min(first), bytes[1].max(last)];
    }
    let Some([top, bottom]) = rows else { return Area { left: 0, top: 0, width: 1, height: 1 } };
    let [left, right] = bytes.map(|byte| (byte / 3) as u32);
    Area { left, top: top as u32, width: right - left + 1, height: (bottom - top + 1) as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::export::palette::Samples;
    use image::AnimationDecoder;
    use image::codecs::{gif::GifDecoder, png::PngDecoder};
    use std::io::Cursor;

    /// A still background with a moving bright square.
    fn picture(number: usize) -> RgbImage {
        let at = 4 + 3 * number as u32;
        RgbImage::from_fn(40, 30, |x, y| {
            let is_in = (at..at + 6).contains(&x) && (10..16).contains(&y);
            if is_in { Rgb([240, 200, 40]) } else { Rgb([(x * 2) as u8, (y * 3) as u8, 60]) }
        })
    }

    fn animation(count: usize) -> Animation<'static, impl FnMut(usize) -> io::Result<RgbImage>> {
        let read = |number| Ok(picture(number));
        Animation { count, size: [40, 30], delay: 6, hold: 70, provenance: None, read }
    }

    fn palette() -> Palette {
        let mut samples = Samples::new(4);
        (0..4).for_each(|number| samples.take(&picture(number)));
        samples.palette()
    }

    const PLAYED: [usize; 6] = [0, 1, 2, 3, 2, 1];

    #[test]
    fn an_animated_png_plays_back_and_forth_exactly() {
        let mut bytes = Vec::new();
        animation(4).write_apng(&mut bytes).unwrap();
        let decoder = PngDecoder::new(Cursor::new(bytes)).unwrap().apng().unwrap();
        let frames = decoder.into_frames().collect_frames().unwrap();
        assert_eq!(frames.len(), PLAYED.len());
        for (frame, number) in frames.into_iter().zip(PLAYED) {
            let (delay, unit) = frame.delay().numer_denom_ms();
            assert_eq!(delay / unit, if number == 0 || number == 3 { 700 } else { 60 });
            let shown = image::DynamicImage::from(frame.into_buffer()).to_rgb8();
            assert_eq!(shown, picture(number), "{number}");
        }
    }

    #[test]
    fn a_gif_plays_back_and_forth_in_similar_colours() {
        let mut bytes = Vec::new();
        animation(4).write_gif(palette(), &mut bytes).unwrap();
        let frames = GifDecoder::new(Cursor::new(bytes)).unwrap().into_frames().collect_frames().unwrap();
        assert_eq!(frames.len(), PLAYED.len());
        for (frame, number) in frames.into_iter().zip(PLAYED) {
            let shown = image::DynamicImage::from(frame.into_buffer()).to_rgb8();
            let distance: u32 =
                shown.iter().zip(picture(number).iter()).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
            assert!(distance < 40 * 30 * 3 * 6, "{number}: {distance}");
        }
    }

    #[test]
    fn only_changes_are_stored() {
        let still = picture(0);
        assert_eq!(changed_area(Some(&still), &still), Area { left: 0, top: 0, width: 1, height: 1 });
        let area = changed_area(Some(&still), &picture(1));
        assert_eq!(area, Area { left: 4, top: 10, width: 9, height: 6 });
        assert_eq!(changed_area(None, &still), Area { left: 0, top: 0, width: 40, height: 30 });
    }

    #[test]
    fn one_and_two_pictures_play_too() {
        for count in [1, 2] {
            let mut bytes = Vec::new();
            animation(count).write_apng(&mut bytes).unwrap();
            let decoder = PngDecoder::new(Cursor::new(bytes)).unwrap().apng().unwrap();
            assert_eq!(decoder.into_frames().count(), count);
        }
    }

    #[test]
    fn a_picture_of_another_size_is_refused() {
        let other = || Animation { size: [41, 30], ..animation(2) };
        assert!(other().write_apng(&mut Vec::new()).is_err());
        assert!(other().write_gif(palette(), &mut Vec::new()).is_err());
    }
}
