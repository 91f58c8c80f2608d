//! Applies a change to a crop at the network's own size: the version that training differentiates.

use candle_core::{Device, Result, Tensor};

use super::outputs::Change;
use super::shade::{fade_across, fade_down, weight_plane};
use super::shade_planes::shade_planes;
use crate::face::dlib::CropWindow;
use crate::interpolation::smooth_step;
use agemirror_kernels::{down2, up2, warp, weigh};

/// Width of the window's rise from the edge of the crop, as a fraction of the side.
const FEATHER: f32 = 0.1;

/// Weight of a change at `x` (0..1) of the side: zero at the edges of the crop, one inside, with a smooth
/// rise.
pub(super) fn window_at(x: f32) -> f32 {
    smooth_step(x.min(1.0 - x), FEATHER)
}

/// The window as (1, 1, side, side).
///
/// # Errors
/// When the device fails.
pub fn window(side: usize, device: &Device) -> Result<Tensor> {
    weight_plane([window_at; 2], &CropWindow::WHOLE, side, device)
}

/// Applies `change` to the crops `x` (N, 3, H, W). With `w = window * mask`, each pixel is fetched from where
/// `w * flow` points; its fine detail (what downsampling and upsampling the crop by 2 loses) is multiplied by
/// `1 + w * (gain - 1)`; and `w` times the residual is added, shaded by the colour beneath and faded towards
/// the edges of the crop. Nothing is blended with the original: a feature that moves must not show twice.
///
/// # Errors
/// When shapes do not fit.
pub fn apply_change(x: &Tensor, change: &Change, window: &Tensor) -> Result<Tensor> {
    let weight = weigh(&change.mask, window)?;
    let flow = (weigh(&change.flow, &weight)? * x.dim(3)? as f64)?;
    let fine = (x - up2(&down2(x)?)?)?;
    let moved = warp(&Tensor::cat(&[x, &fine], 1)?, &flow)?;
    let (x, fine) = (moved.narrow(1, 0, 3)?, moved.narrow(1, 3, 3)?);
    let shade = shade_planes(&change.residual, &(&x - &fine)?)?;
    let fade = weight_plane([fade_across, fade_down], &CropWindow::WHOLE, shade.dim(3)?, shade.device())?;
    let shade = weigh(&shade, &fade)?;
    let added = (weigh(&fine, &(&change.gain - 1.0)?)? + shade)?;
    x + weigh(&added, &weight)?
}
