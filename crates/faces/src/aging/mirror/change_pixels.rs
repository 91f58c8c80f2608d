//! A change pixel by pixel, as [`apply`](super::apply) reads it.

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::outputs::{Outputs, Strengths, gain, mask, residual};
use super::shade::OWN_COLOUR;
use crate::interpolation::centre;
use crate::pixels::luma;
use agemirror_kernels::widest;

/// One pixel of a change: the own colour of the residual (red, green, blue) and its lightness; then mask, gain
/// minus 1, and the flow in x and y. All interpolate linearly.
pub(super) type ChangePixel = [f32; 8];

/// The change for one age.
pub(super) struct ChangePixels {
    /// Pixels, row by row.
    pub pixels: Vec<ChangePixel>,
    /// Side in pixels.
    pub side: usize,
}

/// Planes of one row of a change: red, green, blue, mask, gain, flow in x and y.
pub(super) type RowPlanes = [Vec<f32>; 7];

impl ChangePixels {
    /// The changes for all ages of `outputs`.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn of(outputs: Outputs, strengths: &[Strengths]) -> Result<Vec<Self>> {
        let side = outputs.smooth.dim(3)?;
        let size = side * side;
        let values = |tensor: Tensor| tensor.flatten_all()?.to_vec1::<f32>();
        let (smooth, detail, flow) =
            (values(outputs.smooth)?, values(outputs.detail)?, values(outputs.flow)?);
        let ages = strengths.par_iter().enumerate().map(|(age, strengths)| {
            let part = |values: &'_ [f32], planes: usize, plane: usize, y: usize| {
                let from = (age * planes + plane) * size + y * side;
                from..(from + side).min(values.len())
            };
            Self::from_rows(side, |y, rows| {
                for (plane, row) in rows.iter_mut().enumerate().take(3) {
                    let sums = [&smooth[part(&smooth, 5, plane, y)], &detail[part(&detail, 3, plane, y)]];
                    residuals(row, sums, *strengths);
                }
                masks(&mut rows[3], &smooth[part(&smooth, 5, 3, y)], *strengths);
                gains(&mut rows[4], &smooth[part(&smooth, 5, 4, y)], *strengths);
                rows[5].copy_from_slice(&flow[part(&flow, 2, 0, y)]);
                rows[6].copy_from_slice(&flow[part(&flow, 2, 1, y)]);
            })
        });
        Ok(ages.collect())
    }

    /// Corrects every pixel, given where in fractions of the network's input it is fetched from.
    pub(super) fn correct(&mut self, mut correct: impl FnMut(&mut ChangePixel, [f32; 2])) {
        let side = self.side;
        for (y, row) in self.pixels.chunks_exact_mut(side.max(1)).enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                let [.., flow_x, flow_y] = *pixel;
                correct(pixel, [centre(x, side) + flow_x, centre(y, side) + flow_y]);
            }
        }
    }

    /// A change of `side` pixels whose rows `read` provides.
    pub(super) fn from_rows(side: usize, read: impl Fn(usize, &mut RowPlanes)) -> Self {
        let mut pixels = vec![[0f32; 8]; side * side];
        let mut rows: RowPlanes = std::array::from_fn(|_| vec![0.0; side]);
        for (y, pixels) in pixels.chunks_exact_mut(side.max(1)).enumerate() {
            read(y, &mut rows);
            interleave(pixels, &rows);
        }
        Self { pixels, side }
    }
}

widest! {
    fn residuals(to: &mut [f32], sums: [&[f32]; 2], strengths: Strengths) {
        for (to, (smooth, detail)) in to.iter_mut().zip(sums[0].iter().zip(sums[1])) {
            *to = residual(smooth + detail, strengths);
        }
    }
}

widest! {
    fn masks(to: &mut [f32], outputs: &[f32], strengths: Strengths) {
        to.iter_mut().zip(outputs).for_each(|(to, output)| *to = mask(*output, strengths));
    }
}

widest! {
    fn gains(to: &mut [f32], outputs: &[f32], strengths: Strengths) {
        to.iter_mut().zip(outputs).for_each(|(to, output)| *to = gain(*output, strengths));
    }
}

widest! {
    /// Interleaves the planes of a row, and computes the lightness and own colour of the residual.
    fn interleave(pixels: &mut [ChangePixel], planes: &RowPlanes) {
        let size = pixels.len();
        let [red, green, blue, mask, gain, flow_x, flow_y] = planes.each_ref().map(|plane| &plane[..size]);
        for (i, pixel) in pixels.iter_mut().enumerate() {
            let light = luma([red[i], green[i], blue[i]]);
            let own = |value: f32| OWN_COLOUR * (value - light);
            let [r, g, b] = [own(red[i]), own(green[i]), own(blue[i])];
            *pixel = [r, g, b, light, mask[i], gain[i] - 1.0, flow_x[i], flow_y[i]];
        }
    }
}
