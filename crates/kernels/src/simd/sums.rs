//! Sums over all axes but the channels: the gradient of a bias.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::planes;
use crate::device::has_kernels;
use crate::view::{floats, nchw};

/// The sum of each channel of `x` (N, C, H, W) over images and positions: (C).
pub(crate) fn channel_sums(x: &Tensor) -> Result<Tensor> {
    if has_kernels(x.device()) { x.contiguous()?.apply_op1(ChannelSums) } else { x.sum((0, 2, 3)) }
}

struct ChannelSums;

impl CustomOp1 for ChannelSums {
    fn name(&self) -> &'static str {
        "channel-sums"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let [_, c, h, w] = nchw(layout)?;
        let planes: Vec<f32> = floats(storage, layout)?.par_chunks((h * w).max(1)).map(planes::sum).collect();
        let mut sums = vec![0f32; c];
        for image in planes.chunks_exact(c.max(1)) {
            sums.iter_mut().zip(image).for_each(|(sum, value)| *sum += value);
        }
        Ok((CpuStorage::F32(sums), c.into()))
    }

    fn bwd(&self, x: &Tensor, _sums: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        grad.reshape((1, (), 1, 1))?.broadcast_as(x.shape())?.contiguous().map(Some)
    }
}
