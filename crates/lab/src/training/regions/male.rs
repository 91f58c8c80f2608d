//! Classifies gender with mirror's encoder, because only men's faces are searched for beards.

use candle_core::{DType, Device, Result};
use candle_nn::VarBuilder;
use image::RgbImage;

use agemirror_faces::aging::mirror::{Network, TEMPLATE, WEIGHTS};
use agemirror_faces::face::{FivePoints, Similarity, align};
use agemirror_faces::pixels::planes;

/// Side of mirror's input, in pixels.
const SIDE: u32 = 128;

/// Classifies packed heads.
pub(super) struct MaleReader(Network);

impl MaleReader {
    /// Loads the bundled weights of mirror.
    ///
    /// # Errors
    /// When they do not fit.
    pub(super) fn bundled() -> Result<Self> {
        let vb = VarBuilder::from_slice_safetensors(WEIGHTS, DType::F32, &Device::Cpu)?;
        Network::new(vb).map(Self)
    }

    /// The logit for male of a packed head of `side` pixels with these landmarks (in its pixels).
    ///
    /// # Errors
    /// When the network fails.
    pub(super) fn logit(&self, pixels: &[u8], side: u32, points: &FivePoints) -> Result<f32> {
        let Some(picture) = RgbImage::from_raw(side, side, pixels.to_vec()) else {
            candle_core::bail!("a packed head must have {side} x {side} pixels");
        };
        let crop = align(&picture, &Similarity::from_points(points, &TEMPLATE, SIDE), SIDE);
        let x = planes(&[crop], SIDE, &Device::Cpu)?;
        self.0.male(&self.0.encode(&x)?)?.flatten_all()?.get(0)?.to_scalar()
    }
}
