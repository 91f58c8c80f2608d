//! Conversions between 8-bit pictures and the tensors of the published networks.

use candle_core::{Device, Error, Result, Tensor, bail};
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{GrayImage, RgbImage};

use super::model::AgedCrop;

/// Interpolation used to resize a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resampling {
    /// Bilinear, averaging when shrinking, like Pillow.
    Antialiased,
    /// Bilinear between the four nearest pixels at any scale, like OpenCV.
    Plain,
    /// Lanczos of three lobes.
    Sharp,
}

impl Resampling {
    fn options(self) -> ResizeOptions {
        ResizeOptions::new().resize_alg(match self {
            Self::Antialiased => ResizeAlg::Convolution(FilterType::Bilinear),
            Self::Plain => ResizeAlg::Interpolation(FilterType::Bilinear),
            Self::Sharp => ResizeAlg::Convolution(FilterType::Lanczos3),
        })
    }
}

/// Resizes `picture` to `width` x `height` pixels. The program resizes 8-bit pictures nowhere else, and names
/// the kind of pixel: every further use and kind is a copy of all the resizer's loops.
///
/// # Errors
/// When either has no pixels.
pub fn resized(picture: &RgbImage, width: u32, height: u32, how: Resampling) -> Result<RgbImage> {
    if picture.width() == 0 || picture.height() == 0 || width == 0 || height == 0 {
        bail!("a picture without pixels cannot be resized");
    }
    let mut out = RgbImage::new(width, height);
    let from = TypedImageRef::<U8x3>::from_buffer(picture.width(), picture.height(), picture.as_raw());
    let to = TypedImage::<U8x3>::from_buffer(width, height, &mut out);
    let (from, mut to) = (from.map_err(Error::wrap)?, to.map_err(Error::wrap)?);
    Resizer::new().resize_typed(&from, &mut to, &how.options()).map_err(Error::wrap)?;
    Ok(out)
}

/// The central square of `picture`, resized to `side` pixels.
///
/// # Errors
/// When either has no pixels.
pub fn middle_square(picture: &RgbImage, side: u32, how: Resampling) -> Result<RgbImage> {
    let (width, height) = picture.dimensions();
    let square = width.min(height);
    let (left, top) = ((width - square) / 2, (height - square) / 2);
    resized(&image::imageops::crop_imm(picture, left, top, square, square).to_image(), side, side, how)
}

/// Pictures of equal size as a tensor (N, 3, H, W) in 0..255.
///
/// # Errors
/// When there are none, or their sizes differ.
pub fn planes(pictures: &[RgbImage], device: &Device) -> Result<Tensor> {
    let Some((width, height)) = pictures.first().map(RgbImage::dimensions) else {
        bail!("there is no picture");
    };
    if pictures.iter().any(|picture| picture.dimensions() != (width, height)) {
        bail!("the pictures differ in size");
    }
    let bytes: Vec<u8> = pictures.iter().flat_map(|picture| picture.as_raw().iter().copied()).collect();
    let shape = (pictures.len(), height as usize, width as usize, 3);
    let pixels = Tensor::from_vec(bytes, shape, device)?.to_dtype(candle_core::DType::F32)?;
    pixels.permute((0, 3, 1, 2))?.contiguous()
}

/// How values in -1..1 become bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// Rounds to the nearest byte.
    Rounded,
    /// Rounds down.
    Truncated,
    /// Maps the minimum over all pictures to 0 and the maximum to 255, like `scipy.misc.imsave`.
    Stretched,
}

impl Mapping {
    /// Factor and summand applied before truncation.
    fn line(self, values: &[f32]) -> (f32, f32) {
        match self {
            Self::Rounded => (127.5, 128.0),
            Self::Truncated => (127.5, 127.5),
            Self::Stretched => {
                let (low, high) = range(values);
                let factor = if high > low { 255.0 / (high - low) } else { 1.0 };
                (factor, 0.5 - low * factor)
            }
        }
    }
}

/// Minimum and maximum.
fn range(values: &[f32]) -> (f32, f32) {
    values.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)))
}

/// Converts `y` (N, 3, H, W) in -1..1 to pictures.
///
/// # Errors
/// When the tensor has another shape.
pub fn pictures(y: &Tensor, mapping: Mapping) -> Result<Vec<RgbImage>> {
    let (count, channels, height, width) = y.dims4()?;
    if channels != 3 {
        bail!("pictures have 3 channels, not {channels}");
    }
    let values = y.permute((0, 2, 3, 1))?.flatten_all()?.to_vec1::<f32>()?;
    let (factor, summand) = mapping.line(&values);
    // The cast to u8 truncates and saturates.
    let bytes: Vec<u8> = values.iter().map(|value| (value * factor + summand) as u8).collect();
    let size = 3 * height * width;
    let picture = |i: usize| {
        let bytes = bytes[i * size..(i + 1) * size].to_vec();
        RgbImage::from_raw(width as u32, height as u32, bytes).unwrap_or_default()
    };
    Ok((0..count).map(picture).collect())
}

/// Stretches a picture's minimum to 0 and its maximum to 255, like `scipy.misc.imresize` did to a float
/// picture before resizing it.
pub fn stretched(picture: &RgbImage) -> RgbImage {
    let (low, high) = picture.iter().fold((255, 0), |(low, high), v| (*v.min(&low), *v.max(&high)));
    let factor = if high > low { 255.0 / f32::from(high - low) } else { 1.0 };
    let mut out = picture.clone();
    out.iter_mut().for_each(|v| *v = (f32::from(*v - low) * factor + 0.5) as u8);
    out
}

/// An aged picture that replaces all of `crop`, resized to the crop's size.
///
/// # Errors
/// When the crop has no pixels.
pub fn replacing(crop: &RgbImage, picture: &RgbImage) -> Result<AgedCrop> {
    let (width, height) = crop.dimensions();
    let picture = resized(picture, width, height, Resampling::Antialiased)?;
    Ok(AgedCrop { picture, mask: GrayImage::from_pixel(width, height, image::Luma([255])) })
}

/// One value per colour channel, as (1, 3, 1, 1).
///
/// # Errors
/// When the device fails.
pub fn per_channel(values: [f32; 3], device: &Device) -> Result<Tensor> {
    Tensor::new(&values, device)?.reshape((1, 3, 1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn gradient(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([(x * 7) as u8, (y * 5) as u8, (x * y) as u8]))
    }

    #[test]
    fn pictures_survive_the_round_trip_through_planes() {
        let both = [gradient(20, 30), gradient(20, 30)];
        let planes = planes(&both, &Device::Cpu).unwrap();
        assert_eq!(planes.dims(), [2, 3, 30, 20]);
        assert_eq!(planes.get(1).unwrap().get(1).unwrap().to_vec2::<f32>().unwrap()[4][3], 20.0);
        let scaled = ((planes / 127.5).unwrap() - 1.0).unwrap();
        assert_eq!(pictures(&scaled, Mapping::Rounded).unwrap(), both);
    }

    #[test]
    fn each_mapping_converts_values_as_documented() {
        let y = Tensor::new(&[-1f32, -0.5, 0.004], &Device::Cpu).unwrap().reshape((1, 3, 1, 1)).unwrap();
        let bytes = |mapping| pictures(&y, mapping).unwrap()[0].get_pixel(0, 0).0;
        assert_eq!(bytes(Mapping::Rounded), [0, 64, 128]);
        assert_eq!(bytes(Mapping::Truncated), [0, 63, 128]);
        assert_eq!(bytes(Mapping::Stretched), [0, 127, 255]);
        let flat = y.zeros_like().unwrap();
        assert_eq!(pictures(&flat, Mapping::Stretched).unwrap()[0].get_pixel(0, 0).0, [0; 3]);
        let wild = Tensor::new(&[f32::NAN, 7.0, -7.0], &Device::Cpu).unwrap().reshape((1, 3, 1, 1)).unwrap();
        assert_eq!(pictures(&wild, Mapping::Rounded).unwrap()[0].get_pixel(0, 0).0, [0, 255, 0]);
    }

    #[test]
    fn a_stretched_picture_fills_the_range() {
        let picture = RgbImage::from_fn(4, 1, |x, _| Rgb([50 + 20 * x as u8; 3]));
        let values: Vec<u8> = stretched(&picture).pixels().map(|pixel| pixel.0[0]).collect();
        assert_eq!(values, [0, 85, 170, 255]);
        assert_eq!(stretched(&RgbImage::from_pixel(2, 2, Rgb([9; 3]))).get_pixel(0, 0).0, [0; 3]);
    }

    #[test]
    fn pictures_of_two_sizes_or_none_are_refused() {
        assert!(planes(&[], &Device::Cpu).is_err());
        assert!(planes(&[gradient(3, 3), gradient(3, 4)], &Device::Cpu).is_err());
        assert!(resized(&RgbImage::new(0, 0), 4, 4, Resampling::Plain).is_err());
    }

    /// Values from Pillow and OpenCV; see `tests/reference/resampling.py`.
    #[derive(serde::Deserialize)]
    struct Golden {
        antialiased: Numbers,
        plain: Numbers,
        stretched: Numbers,
    }

    #[derive(serde::Deserialize)]
    struct Numbers {
        sum: i64,
        values: Vec<Place>,
    }

    #[derive(serde::Deserialize)]
    struct Place {
        x: u32,
        y: u32,
        rgb: [u8; 3],
    }

    /// Allows one level of rounding per value, and a fifth of a level on average.
    fn check(resized: &RgbImage, golden: &Numbers) {
        for Place { x, y, rgb } in &golden.values {
            let found = resized.get_pixel(*x, *y).0;
            assert!(found.iter().zip(rgb).all(|(a, b)| a.abs_diff(*b) <= 1), "{x} {y}: {found:?} {rgb:?}");
        }
        let sum: i64 = resized.iter().map(|value| i64::from(*value)).sum();
        assert!((sum - golden.sum).abs() < resized.len() as i64 / 5, "{sum} instead of {}", golden.sum);
    }

    #[test]
    fn pictures_are_resized_like_pillow_and_opencv() {
        let json = include_str!("../../../../tests/reference/resampling.json");
        let golden: Golden = serde_json::from_str(json).unwrap();
        let formula = crate::aging::testing::picture;
        let small = |picture: &RgbImage, how| resized(picture, 128, 128, how).unwrap();
        check(&small(&formula(300), Resampling::Antialiased), &golden.antialiased);
        check(&small(&formula(300), Resampling::Plain), &golden.plain);
        let mut dim = formula(200);
        dim.iter_mut().for_each(|value| *value = *value / 2 + 40);
        check(&small(&stretched(&dim), Resampling::Antialiased), &golden.stretched);
    }
}
