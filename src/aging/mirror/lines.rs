//! Lines that age draws into a face. Where on a face a pixel lies is found from the encoder's maps: smooth, and soon
//! learnt. The lines themselves are kept as a plane over the average face, as the ratio of a line to the skin around
//! it (Liu, Shan and Zhang, "Expressive expression mapping with ratio images", 2001), fetched from there, and drawn
//! as deep as the age asked for has them. So they are as sharp on a smooth face as they were on the old one that
//! they come from, and hair and glasses stay free of them.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::layers::{Conv, Linear};
use super::network::{Features, WIDTHS};
use super::shade::luma_plane;
use crate::face::dlib::CropWindow;
use crate::tensor::{down2, sigmoid, up2, warp};

/// Side of the planes that lines are kept in.
pub const LINES_SIDE: usize = 128;
/// The farthest that the place of a pixel on the average face is off its place in the crop, roughly, in fractions.
const REACH: f64 = 0.1;
/// Where a crop shows cheeks: left, top, right, bottom in fractions of the side.
const CHEEKS: [[f64; 4]; 2] = [[0.34, 0.56, 0.42, 0.64], [0.58, 0.56, 0.66, 0.64]];
/// How far a colour may be from the cheeks', of a range of 2, before it is doubtful and no longer skin.
const SKIN: [f64; 2] = [0.28, 0.5];

/// How deep the lines of a face are by an age: years and shares of the old face's.
/// They are deeper than those, for half of a change is let through, and the rest of an old face is lacking.
const DEEP_BY: [(f32, f32); 6] =
    [(25.0, 0.0), (38.0, 0.3), (54.0, 1.1), (73.0, 2.6), (86.0, 4.2), (90.0, 4.4)];

/// The share at `age` (years) in a table of ages and shares, linear between them.
pub fn share_by(age: f32, table: &[(f32, f32)]) -> f32 {
    let mut last = table[0];
    for next in table {
        if age < next.0 {
            let far = ((age - last.0) / (next.0 - last.0).max(1e-3)).clamp(0.0, 1.0);
            return last.1 + (next.1 - last.1) * far;
        }
        last = *next;
    }
    last.1
}

/// How much deeper lines are at age `to` than at age `from` (years).
fn deepening(from: f32, to: f32) -> f32 {
    (share_by(to, &DEEP_BY) - share_by(from, &DEEP_BY)).max(0.0)
}

/// What finds the places of lines and keeps them.
pub(super) struct Lines {
    place: Conv,
    place_fine: Conv,
    male: Linear,
    /// For women and for men: (1, 2, [`LINES_SIDE`], [`LINES_SIDE`]), logarithms of ratios.
    atlas: Tensor,
}

impl Lines {
    pub(super) fn new(vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            place: Conv::new(WIDTHS[2], 2, 3, vb.pp("place"))?,
            place_fine: Conv::new(WIDTHS[1], 2, 3, vb.pp("place_fine"))?,
            male: Linear::new(WIDTHS[3], 1, vb.pp("male"))?,
            atlas: vb.get((1, 2, LINES_SIDE, LINES_SIDE), "atlas")?,
        })
    }

    /// From each pixel to its place on the average face: (N, 2, H, W), x then y, in fractions of the side.
    pub(super) fn place(&self, features: &Features) -> Result<Tensor> {
        let [_, fine, coarse, _] = &features.maps;
        let at = (up2(&self.place.forward(coarse)?)? + self.place_fine.forward(fine)?)?;
        up2(&up2(&at)?)? * REACH
    }

    /// The logit of a man's face: (N, 1).
    pub(super) fn male(&self, features: &Features) -> Result<Tensor> {
        self.male.forward(&features.summary)
    }

    /// The lines of an old face on the crops `x` (N, 3, H, W): (N, 1, H, W), logarithms of ratios.
    pub(super) fn draw(&self, x: &Tensor, features: &Features) -> Result<Tensor> {
        let (n, _, side, _) = x.dims4()?;
        let whole = CropWindow::WHOLE;
        let atlas = if side == LINES_SIDE { self.atlas.clone() } else { whole.cut(&self.atlas, side)? };
        let male = sigmoid(&(self.male(features)? * 2.0)?)?.reshape((n, 1, 1, 1))?;
        let (women, men) = (atlas.narrow(1, 0, 1)?, atlas.narrow(1, 1, 1)?);
        let mixed = (men - &women)?.broadcast_mul(&male)?.broadcast_add(&women)?;
        let place = (self.place(features)? * side as f64)?;
        warp(&mixed.contiguous()?, &place)? * skin(x)?
    }
}

/// The depths of lines on the way from the ages `present` to `ages`: (N, 1, 1, 1) for lines of an old face.
pub(super) fn depths(present: &[f32], ages: &[f32], like: &Tensor) -> Result<Tensor> {
    let depths: Vec<f32> = present.iter().zip(ages).map(|(from, to)| deepening(*from, *to)).collect();
    Tensor::from_vec(depths, (ages.len(), 1, 1, 1), like.device())
}

/// How surely each pixel of the crops `x` is skin, by the colour of the cheeks: (N, 1, H, W), 0..1.
fn skin(x: &Tensor) -> Result<Tensor> {
    let (_, _, height, width) = x.dims4()?;
    let smooth = up2(&up2(&down2(&down2(x)?)?)?)?;
    let cheek = |[left, top, right, bottom]: [f64; 4]| {
        let span = |from: f64, to: f64, side: usize| {
            let first = (from * side as f64) as usize;
            (first, (((to - from) * side as f64) as usize).max(1))
        };
        let ((x0, w), (y0, h)) = (span(left, right, width), span(top, bottom, height));
        smooth.narrow(2, y0, h)?.narrow(3, x0, w)?.mean_keepdim((2, 3))
    };
    let cheeks = ((cheek(CHEEKS[0])? + cheek(CHEEKS[1])?)? / 2.0)?;
    let off = smooth.broadcast_sub(&cheeks)?;
    let light = luma_plane(&off)?;
    let tones = off.broadcast_sub(&light)?.sqr()?.sum_keepdim(1)?;
    // Light and shadow lie on skin as well.
    let far = (tones + (light.sqr()? * 0.4)?)?.sqrt()?;
    ((SKIN[1] - far)? / (SKIN[1] - SKIN[0]))?.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn lines_deepen_with_age_and_never_fade() {
        assert_eq!(deepening(60.0, 30.0), 0.0);
        assert_eq!(deepening(20.0, 25.0), 0.0);
        assert!((deepening(20.0, 73.0) - 2.6).abs() < 1e-6);
        assert!(deepening(20.0, 75.0) > deepening(50.0, 75.0));
        assert!((1..100).all(|age| share_by(age as f32, &DEEP_BY) >= share_by(age as f32 - 1.0, &DEEP_BY)));
    }

    #[test]
    fn what_has_the_colour_of_the_cheeks_is_skin_in_light_and_shadow_and_hair_is_not() {
        let side = 64;
        // Skin, but for black hair at the top and a bright blue below; the right half lies in shadow.
        let colour = |c: usize, y: usize, x: usize| match y {
            0..16 => -0.9,
            56.. => [-0.8, -0.2, 0.9][c],
            _ => [0.5, 0.1, -0.1][c] - if x < 32 { 0.0 } else { 0.25 },
        };
        let value = |i: usize| colour(i / (side * side), i / side % side, i % side) as f32;
        let x = Tensor::from_vec((0..3 * side * side).map(value).collect(), (1, 3, side, side), &Device::Cpu);
        let skin = skin(&x.unwrap()).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let at = |y: usize, x: usize| skin[y * side + x];
        assert!(at(36, 10) > 0.9 && at(36, 54) > 0.9, "{} {}", at(36, 10), at(36, 54));
        assert!(at(6, 32) < 0.05 && at(60, 32) < 0.05, "{} {}", at(6, 32), at(60, 32));
    }
}
