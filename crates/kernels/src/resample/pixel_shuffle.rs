//! Rearranges 2 x 2 pixels to channels and back (Shi et al., "Real-Time Single Image and Video
//! Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network", 2016). Each is the other's
//! gradient.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

use crate::device::has_kernels;
use crate::view::{floats, nchw};

/// `x` (N, C, 2 H, 2 W) to (N, 4 C, H, W): the channels of the upper left pixel first, then those of the
/// upper right, the lower left and the lower right pixel. This is the channel order of TensorFlow's
/// `space_to_depth`; PyTorch's `pixel_unshuffle` has the pixels of each channel together.
///
/// # Errors
/// If a side is odd or the tensor is not f32.
pub fn space_to_depth(x: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    if h % 2 != 0 || w % 2 != 0 {
        bail!("the sides must be even, not {h} x {w}");
    }
    if has_kernels(x.device()) {
        return x.contiguous()?.apply_op1(Shuffle::SpaceToDepth);
    }
    let apart = x.reshape(&[n, c, h / 2, 2, w / 2, 2])?.permute([0, 3, 5, 1, 2, 4])?;
    apart.contiguous()?.reshape((n, 4 * c, h / 2, w / 2))
}

/// The inverse of [`space_to_depth`]: (N, 4 C, H, W) to (N, C, 2 H, 2 W).
///
/// # Errors
/// If the number of channels is not a multiple of four or the tensor is not f32.
pub fn depth_to_space(x: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    if c % 4 != 0 {
        bail!("{c} channels are not a multiple of four");
    }
    if has_kernels(x.device()) {
        return x.contiguous()?.apply_op1(Shuffle::DepthToSpace);
    }
    let apart = x.reshape(&[n, 2, 2, c / 4, h, w])?.permute([0, 3, 4, 1, 5, 2])?;
    apart.contiguous()?.reshape((n, c / 4, 2 * h, 2 * w))
}

#[derive(Clone, Copy)]
enum Shuffle {
    SpaceToDepth,
    DepthToSpace,
}

impl CustomOp1 for Shuffle {
    fn name(&self) -> &'static str {
        "pixel-shuffle"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let [n, c, h, w] = nchw(layout)?;
        let x = floats(storage, layout)?;
        let mut out = vec![0f32; x.len()];
        // Output shape, and channels, height and width of the picture with separate pixels in quarters.
        let (shape, [channels, height, width]) = match self {
            Self::SpaceToDepth => ([n, 4 * c, h / 2, w / 2], [c, h / 2, w / 2]),
            Self::DepthToSpace => ([n, c / 4, 2 * h, 2 * w], [c / 4, h, w]),
        };
        // Every row of the large picture belongs to two rows of the small one.
        for row in 0..n * channels * 2 * height {
            let (image, rest) = (row / (channels * 2 * height), row % (channels * 2 * height));
            let (channel, y) = (rest / (2 * height), rest % (2 * height));
            let narrow = |right: usize| {
                (((image * 4 + y % 2 * 2 + right) * channels + channel) * height + y / 2) * width
            };
            let (wide, left, right) = (row * 2 * width, narrow(0), narrow(1));
            match self {
                Self::SpaceToDepth => {
                    for (i, pair) in x[wide..wide + 2 * width].chunks_exact(2).enumerate() {
                        out[left + i] = pair[0];
                        out[right + i] = pair[1];
                    }
                }
                Self::DepthToSpace => {
                    let pairs = x[left..left + width].iter().zip(&x[right..right + width]);
                    for (to, (left, right)) in out[wide..wide + 2 * width].chunks_exact_mut(2).zip(pairs) {
                        to[0] = *left;
                        to[1] = *right;
                    }
                }
            }
        }
        Ok((CpuStorage::F32(out), Shape::from(&shape[..])))
    }

    fn bwd(&self, _x: &Tensor, _result: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        match self {
            Self::SpaceToDepth => depth_to_space(grad).map(Some),
            Self::DepthToSpace => space_to_depth(grad).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, check_gradients, check_second_order, tensor};

    #[test]
    fn pixels_become_channels_and_pixels_again() -> Result<()> {
        let x = tensor(&[2, 3, 4, 6], 1)?;
        let one = space_to_depth(&x)?;
        let permuted = x.reshape(&[2, 3, 2, 2, 3, 2])?.permute([0, 3, 5, 1, 2, 4])?.contiguous()?;
        assert_close(&one, &permuted.reshape((2, 12, 2, 3))?, 0.0)?;
        assert_close(&depth_to_space(&one)?, &x, 0.0)?;
        check_gradients(&[&x], |t| space_to_depth(&t[0]))?;
        check_gradients(&[&one], |t| depth_to_space(&t[0]))?;
        check_second_order(&[&x], |t| space_to_depth(&t[0]))?;
        assert!(space_to_depth(&x.narrow(2, 0, 3)?).is_err());
        assert!(depth_to_space(&x).is_err());
        Ok(())
    }
}
