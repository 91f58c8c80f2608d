//! Applying a change to a crop, at the network's own size: the way the trainer sees it.

use candle_core::{Device, Result, Tensor};

use super::network::Change;
use super::shade::{fade, rise, shade_planes};
use agemirror_kernels::warp;
use agemirror_kernels::{down2, up2};

/// Over what part of the side the window rises from the edge of the crop.
const FEATHER: f32 = 0.1;

/// How much of a change is let through at `x` of a side (0..1): nothing at the edges of the crop, all
/// of it inside, with a smooth rise.
pub(super) fn window_at(x: f32) -> f32 {
    rise(x.min(1.0 - x), FEATHER)
}

/// The window as (1, 1, side, side).
///
/// # Errors
/// When the device fails.
pub fn window(side: usize, device: &Device) -> Result<Tensor> {
    let line: Vec<f32> = (0..side).map(|i| window_at((i as f32 + 0.5) / side as f32)).collect();
    let plane: Vec<f32> = line.iter().flat_map(|y| line.iter().map(move |x| x * y)).collect();
    Tensor::from_vec(plane, (1, 1, side, side), device)
}

/// The crops `x` (N, 3, H, W) after `change`. With `w` for `window * mask`, each pixel is fetched from where
/// `w * flow` points, its fine detail (what halving and doubling the crop loses) counts `1 + w * (gain - 1)`
/// times, and `w` times the residual, shaded by what it lies on and faded towards the edges of the crop, is added.
/// Nothing is blended with what was there before: where a feature moves, it does not show twice.
///
/// # Errors
/// When shapes do not fit.
pub fn apply_change(x: &Tensor, change: &Change, window: &Tensor) -> Result<Tensor> {
    let weight = change.mask.broadcast_mul(window)?;
    let flow = (change.flow.broadcast_mul(&weight)? * x.dim(3)? as f64)?;
    let fine = (x - up2(&down2(x)?)?)?;
    let moved = warp(&Tensor::cat(&[x, &fine], 1)?, &flow)?;
    let (x, fine) = (moved.narrow(1, 0, 3)?, moved.narrow(1, 3, 3)?);
    let shade = shade_planes(&change.residual, &(&x - &fine)?)?;
    let shade = shade.broadcast_mul(&fade(shade.dim(3)?, shade.device())?)?;
    let added = (fine.broadcast_mul(&(&change.gain - 1.0)?)? + shade)?;
    x + added.broadcast_mul(&weight)?
}
