//! The maximum of blocks of 2 x 2, which candle takes number by number.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

use super::view::{floats, nchw};

/// Halves height and width of `x` `[N, C, H, W]`: the largest of each 2 x 2 block. An odd last row or
/// column is dropped. There is no gradient.
///
/// # Errors
/// When `x` has other dimensions, or on the CPU another type than f32.
pub fn max_pool_2x2(x: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() { x.contiguous()?.apply_op1_no_bwd(&MaxPool) } else { x.max_pool2d(2) }
}

struct MaxPool;

impl CustomOp1 for MaxPool {
    fn name(&self) -> &'static str {
        "max-pool-2x2"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let [images, channels, height, width] = nchw(layout)?;
        let (out_height, out_width) = (height / 2, width / 2);
        let mut out = Vec::with_capacity(images * channels * out_height * out_width);
        for plane in floats(x, layout)?.chunks_exact((height * width).max(1)) {
            for rows in plane.chunks_exact(2 * width) {
                let (upper, lower) = rows.split_at(width);
                let blocks = upper.chunks_exact(2).zip(lower.chunks_exact(2));
                out.extend(blocks.map(|(a, b)| larger(larger(a[0], a[1]), larger(b[0], b[1]))));
            }
        }
        Ok((CpuStorage::F32(out), Shape::from((images, channels, out_height, out_width))))
    }
}

/// One instruction, where `f32::max` would take care of NaN.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn equals_candles_own() {
        for shape in [(2, 3, 8, 6), (1, 2, 7, 5), (1, 1, 2, 2)] {
            let x = Tensor::randn(0f32, 1., shape, &Device::Cpu).unwrap();
            let (ours, theirs) = (max_pool_2x2(&x).unwrap(), x.max_pool2d(2).unwrap());
            assert_eq!(ours.dims(), theirs.dims());
            let numbers = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            assert_eq!(numbers(&ours), numbers(&theirs), "{shape:?}");
        }
    }
}
