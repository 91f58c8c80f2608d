//! The low frequencies of a crop, from which its fine detail is measured and by which the residual is shaded.

use candle_core::{D, Result, Tensor};

use super::appearance::Plane;
use agemirror_kernels::down2;

/// Weight of the neighbourhood relative to the pixel itself.
const NEAR: f32 = 0.05;
/// Weight of the plain mean, which counts where no pixel gets anything of the network's change.
const FAINT: f32 = 0.0005;

/// The low frequencies of the crop at half the network's size: red, green and blue, 0..=255.
pub(super) struct Coarse {
    pub(super) pixels: Vec<[f32; 4]>,
    pub(super) side: usize,
}

impl Coarse {
    /// Those of the network's input `small` (1, 3, S, S). With `weight` (of side S), each pixel counts by how much of the
    /// network's change it gets: the wall behind a head and the hair would otherwise show as a line along the face.
    ///
    /// # Errors
    /// When the sizes do not fit.
    pub(super) fn of(small: &Tensor, weight: Option<&Plane>) -> Result<Self> {
        let small = ((small + 1.0)? * 127.5)?;
        let plain = down2(&small)?;
        let side = plain.dim(D::Minus1)?;
        let [red, green, blue] = match weight {
            Some(weight) => within(&small, &plain, weight)?,
            None => planes(&plain)?.map(|plane| plane.values),
        };
        let pixels = (0..side * side).map(|i| [red[i], green[i], blue[i], 0.0]).collect();
        Ok(Self { pixels, side })
    }

    /// Colour of the pixel at a point in fractions of the side, 0..=255.
    pub(super) fn colour_at(&self, at: [f32; 2]) -> [f32; 3] {
        let [x, y] = at.map(|v| ((v.max(0.0) * self.side as f32) as usize).min(self.side.saturating_sub(1)));
        let pixel = self.pixels.get(y * self.side + x);
        pixel.map_or([0.0; 3], |[red, green, blue, _]| [*red, *green, *blue])
    }
}

/// The first `N` channels of a picture (1, C, S, S).
fn planes<const N: usize>(picture: &Tensor) -> Result<[Plane; N]> {
    let side = picture.dim(D::Minus1)?;
    let values = picture.flatten_all()?.to_vec1::<f32>()?;
    Ok(std::array::from_fn(|i| Plane::new(side, values[i * side * side..][..side * side].to_vec())))
}

/// The means of `small` at half its size, weighted by `weight` and continued into pixels without any.
fn within(small: &Tensor, plain: &Tensor, weight: &Plane) -> Result<[Vec<f32>; 3]> {
    let weight = Tensor::from_slice(&weight.values, (1, 1, weight.side, weight.side), small.device())?;
    let sums = down2(&Tensor::cat(&[&small.broadcast_mul(&weight)?, &weight], 1)?)?;
    let [red, green, blue, weight] = planes(&sums)?;
    let plain: [Plane; 3] = planes(plain)?;
    let total = |sum: &Plane| sum.zip(&sum.box_blurred(1), |own, near| own + NEAR * near);
    let weight = total(&weight);
    let mut channels = [red, green, blue].into_iter().zip(plain).map(|(sum, plain)| {
        let sums = total(&sum).values.into_iter().zip(&weight.values).zip(plain.values);
        sums.map(|((sum, weight), plain)| (sum + FAINT * plain) / (weight + FAINT)).collect()
    });
    Ok(std::array::from_fn(|_| channels.next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn what_takes_no_change_does_not_bleed_into_what_does() {
        let side = 16;
        let dark = |x: usize| x < 7;
        let values: Vec<f32> =
            (0..3 * side * side).map(|i| if dark(i % side) { -0.5 } else { 0.9 }).collect();
        let small = Tensor::from_vec(values, (1, 3, side, side), &Device::Cpu).unwrap();
        let weight = (0..side * side).map(|i| if dark(i % side) { 1.0 } else { 0.0 }).collect();
        let weight = Plane::new(side, weight);
        let row = |coarse: Coarse| coarse.pixels[3 * coarse.side..4 * coarse.side].to_vec();
        let plain = row(Coarse::of(&small, None).unwrap());
        let within = row(Coarse::of(&small, Some(&weight)).unwrap());
        let face = 127.5 * 0.5;
        assert!(plain[3][0] > face + 30.0, "{plain:?}");
        // One pixel beyond the border is continued too, because reads interpolate.
        assert!(within[..5].iter().all(|pixel| (pixel[0] - face).abs() < 10.0), "{within:?}");
        assert!((within[7][0] - plain[7][0]).abs() < 1e-2);
    }
}
