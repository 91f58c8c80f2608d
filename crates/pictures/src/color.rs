//! Converts the colours of a file to sRGB, 8 bits per channel.

use image::{DynamicImage, ImageBuffer, Rgb, RgbImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Pixels as decoded.
#[derive(Debug)]
pub(crate) enum Raster {
    /// Grey or RGB, possibly with alpha, not premultiplied.
    Picture(DynamicImage),
    /// CMYK, 0 for no ink to 255 for full ink.
    Cmyk {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// `width * height * 4` values: cyan, magenta, yellow, black.
        cmyk: Vec<u8>,
    },
}

/// Channel values at which a profile is compared with sRGB.
const PROBE_VALUES: [u8; 6] = [0, 51, 102, 153, 204, 255];

/// Converts to sRGB with the ICC profile `profile`. A profile that is invalid or does not match the pixels is
/// ignored: they are then treated as sRGB, as viewers do.
pub(crate) fn to_srgb(raster: Raster, profile: Option<&[u8]>) -> DynamicImage {
    let profile = profile.and_then(|bytes| ColorProfile::new_from_slice(bytes).ok());
    match raster {
        Raster::Picture(picture) => match profile {
            Some(profile) => picture_to_srgb(picture, &profile),
            None => picture,
        },
        Raster::Cmyk { width, height, cmyk } => {
            let rgb = profile
                .filter(|profile| profile.color_space == DataColorSpace::Cmyk)
                .and_then(|profile| convert(&profile, &cmyk, Layout::Rgba, Layout::Rgb))
                .unwrap_or_else(|| naive_cmyk_to_rgb(&cmyk));
            RgbImage::from_raw(width, height, rgb).unwrap_or_default().into()
        }
    }
}

/// Converts a picture with a parsed profile.
pub(crate) fn picture_to_srgb(picture: DynamicImage, profile: &ColorProfile) -> DynamicImage {
    let alpha = picture.color().has_alpha();
    let grey = !picture.color().has_color();
    match profile.color_space {
        DataColorSpace::Gray if grey => grey_to_srgb(picture, profile),
        DataColorSpace::Rgb if changes_colours(profile) => {
            if alpha {
                let pixels = picture.to_rgba8();
                let (width, height) = pixels.dimensions();
                convert(profile, pixels.as_raw(), Layout::Rgba, Layout::Rgba)
                    .and_then(|raw| ImageBuffer::from_raw(width, height, raw))
                    .map_or(picture, DynamicImage::ImageRgba8)
            } else if picture.color().bytes_per_pixel() / picture.color().channel_count() > 1 {
                rgb16_to_srgb(&picture, profile).unwrap_or(picture)
            } else {
                let pixels = picture.to_rgb8();
                let (width, height) = pixels.dimensions();
                convert(profile, pixels.as_raw(), Layout::Rgb, Layout::Rgb)
                    .and_then(|raw| ImageBuffer::from_raw(width, height, raw))
                    .map_or(picture, DynamicImage::ImageRgb8)
            }
        }
        _ => picture,
    }
}

fn grey_to_srgb(picture: DynamicImage, profile: &ColorProfile) -> DynamicImage {
    // A grey profile is a curve: convert each of the 256 values once.
    let values: Vec<u8> = (0..=255).collect();
    let Some(table) = convert(profile, &values, Layout::Gray, Layout::Rgb) else { return picture };
    let mut pixels = picture.to_rgba8();
    for pixel in pixels.pixels_mut() {
        let from = usize::from(pixel.0[0]) * 3;
        pixel.0[..3].copy_from_slice(&table[from..from + 3]);
    }
    pixels.into()
}

/// Converts 16 bits directly: 8 would show steps in the shadows of a wide profile.
fn rgb16_to_srgb(picture: &DynamicImage, profile: &ColorProfile) -> Option<DynamicImage> {
    let pixels = picture.to_rgb16();
    let srgb = ColorProfile::new_srgb();
    let transform =
        profile.create_transform_16bit(Layout::Rgb, &srgb, Layout::Rgb, TransformOptions::default()).ok()?;
    let mut out = vec![0_u16; pixels.as_raw().len()];
    transform.transform(pixels.as_raw(), &mut out).ok()?;
    let (width, height) = pixels.dimensions();
    ImageBuffer::<Rgb<u16>, _>::from_raw(width, height, out).map(DynamicImage::ImageRgb16)
}

/// Whether `profile` differs from sRGB. Most profiles are sRGB; their pixels must keep their values.
fn changes_colours(profile: &ColorProfile) -> bool {
    let colours: Vec<u8> = PROBE_VALUES
        .iter()
        .flat_map(|&red| {
            PROBE_VALUES
                .iter()
                .flat_map(move |&green| PROBE_VALUES.iter().flat_map(move |&blue| [red, green, blue]))
        })
        .collect();
    let converted = convert(profile, &colours, Layout::Rgb, Layout::Rgb);
    converted
        .is_some_and(|converted| converted.iter().zip(&colours).any(|(one, other)| one.abs_diff(*other) > 1))
}

fn convert(profile: &ColorProfile, pixels: &[u8], from: Layout, to: Layout) -> Option<Vec<u8>> {
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(from, &srgb, to, TransformOptions::default()).ok()?;
    let (channels_from, channels_to) = (from.channels(), to.channels());
    let mut out = vec![0; pixels.len() / channels_from * channels_to];
    transform.transform(pixels, &mut out).ok()?;
    Some(out)
}

/// CMYK without a profile: each ink absorbs its share of the light.
fn naive_cmyk_to_rgb(cmyk: &[u8]) -> Vec<u8> {
    let light = |ink: u8, black: u8| ((u32::from(255 - ink) * u32::from(255 - black) + 127) / 255) as u8;
    cmyk.as_chunks::<4>()
        .0
        .iter()
        .flat_map(|&[cyan, magenta, yellow, black]| [cyan, magenta, yellow].map(|ink| light(ink, black)))
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use image::{GrayImage, RgbaImage};

    use super::*;

    fn after(picture: impl Into<DynamicImage>, profile: &ColorProfile) -> Vec<u8> {
        let bytes = profile.encode().unwrap();
        to_srgb(Raster::Picture(picture.into()), Some(&bytes)).to_rgb8().into_raw()
    }

    fn near(is: &[u8], should: &[u8]) -> bool {
        is.len() == should.len() && is.iter().zip(should).all(|(is, should)| is.abs_diff(*should) <= 2)
    }

    #[test]
    fn a_wide_profile_is_converted_in_eight_and_in_sixteen_bits() {
        let profile = ColorProfile::new_display_p3();
        let expected = [215, 93, 31, 186, 149, 116];
        let pixels = RgbImage::from_raw(2, 1, vec![200, 100, 50, 180, 150, 120]).unwrap();
        let eight = after(pixels.clone(), &profile);
        assert!(near(&eight, &expected), "{eight:?}");
        let deep = DynamicImage::from(pixels).to_rgb16();
        let sixteen = after(DynamicImage::ImageRgb16(deep), &profile);
        assert!(near(&sixteen, &expected), "{sixteen:?}");
    }

    #[test]
    fn an_srgb_profile_changes_nothing() {
        let all: Vec<u8> = (0..=255).flat_map(|value| [value, 255 - value, value / 2]).collect();
        let picture = RgbImage::from_raw(256, 1, all.clone()).unwrap();
        assert_eq!(after(picture, &ColorProfile::new_srgb()), all);
    }

    #[test]
    fn a_profile_with_swapped_primaries_swaps_colours() {
        let mut profile = ColorProfile::new_srgb();
        std::mem::swap(&mut profile.red_colorant, &mut profile.green_colorant);
        let swapped = after(RgbImage::from_raw(1, 1, vec![200, 30, 90]).unwrap(), &profile);
        assert!(near(&swapped, &[30, 200, 90]), "{swapped:?}");
    }

    #[test]
    fn grey_and_transparent_pictures_are_converted_too() {
        let linear = ColorProfile::new_gray_with_gamma(1.0);
        let grey = after(GrayImage::from_raw(2, 1, vec![55, 255]).unwrap(), &linear);
        assert!(near(&grey, &[128, 128, 128, 255, 255, 255]), "{grey:?}");
        let with_alpha = RgbaImage::from_raw(1, 1, vec![200, 100, 50, 77]).unwrap();
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        let converted = to_srgb(Raster::Picture(with_alpha.into()), Some(&profile)).to_rgba8().into_raw();
        assert!(near(&converted, &[215, 93, 31, 77]), "{converted:?}");
    }

    #[test]
    fn an_invalid_or_mismatched_profile_changes_nothing() {
        let grey = ColorProfile::new_gray_with_gamma(1.8);
        let pixel = vec![200, 30, 90];
        let picture = || RgbImage::from_raw(1, 1, pixel.clone()).unwrap();
        assert_eq!(after(picture(), &grey), pixel);
        let read = to_srgb(Raster::Picture(picture().into()), Some(b"no profile at all"));
        assert_eq!(read.to_rgb8().into_raw(), pixel);
        let cmyk = || Raster::Cmyk { width: 1, height: 1, cmyk: vec![255, 0, 128, 51] };
        let expected = [0, 204, 102];
        for profile in [None, Some(&grey.encode().unwrap()[..])] {
            assert!(near(to_srgb(cmyk(), profile).to_rgb8().as_raw(), &expected));
        }
    }
}
