//! Four neighbouring pixels as channels of one, and back (Shi et al., "Real-Time Single Image and Video
//! Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network", 2016). Each is the other's
//! gradient.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

use crate::device::has_kernels;
use crate::view::{floats, nchw};

/// `x` (N, C, 2 H, 2 W) to (N, 4 C, H, W): the channels of the upper left pixel first, then those of the
/// upper right, the lower left and the lower right one.
///
/// # Errors
/// When a side is odd or the tensor is not f32.
pub fn gather_quads(x: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    if h % 2 != 0 || w % 2 != 0 {
        bail!("the sides must be even, not {h} x {w}");
    }
    if has_kernels(x.device()) {
        return x.contiguous()?.apply_op1(Quads::Gather);
    }
    let apart = x.reshape(&[n, c, h / 2, 2, w / 2, 2])?.permute([0, 3, 5, 1, 2, 4])?;
    apart.contiguous()?.reshape((n, 4 * c, h / 2, w / 2))
}

/// The way back from [`gather_quads`].
///
/// # Errors
/// When four does not divide the channels or the tensor is not f32.
pub fn spread_quads(x: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    if c % 4 != 0 {
        bail!("{c} channels are not those of four pixels");
    }
    if has_kernels(x.device()) {
        return x.contiguous()?.apply_op1(Quads::Spread);
    }
    let apart = x.reshape(&[n, 2, 2, c / 4, h, w])?.permute([0, 3, 4, 1, 5, 2])?;
    apart.contiguous()?.reshape((n, c / 4, 2 * h, 2 * w))
}

#[derive(Clone, Copy)]
enum Quads {
    Gather,
    Spread,
}

impl CustomOp1 for Quads {
    fn name(&self) -> &'static str {
        "quads"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let [n, c, h, w] = nchw(layout)?;
        let x = floats(storage, layout)?;
        let mut out = vec![0f32; x.len()];
        // Colours, height and width of the picture in which pixels lie apart.
        let (shape, [colours, height, width]) = match self {
            Self::Gather => ([n, 4 * c, h / 2, w / 2], [c, h / 2, w / 2]),
            Self::Spread => ([n, c / 4, 2 * h, 2 * w], [c / 4, h, w]),
        };
        // Every row of the wide picture belongs to two rows of the narrow ones.
        for row in 0..n * colours * 2 * height {
            let (image, rest) = (row / (colours * 2 * height), row % (colours * 2 * height));
            let (colour, y) = (rest / (2 * height), rest % (2 * height));
            let narrow = |right: usize| {
                (((image * 4 + y % 2 * 2 + right) * colours + colour) * height + y / 2) * width
            };
            let (wide, left, right) = (row * 2 * width, narrow(0), narrow(1));
            match self {
                Self::Gather => {
                    for (i, pair) in x[wide..wide + 2 * width].chunks_exact(2).enumerate() {
                        out[left + i] = pair[0];
                        out[right + i] = pair[1];
                    }
                }
                Self::Spread => {
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
            Self::Gather => spread_quads(grad).map(Some),
            Self::Spread => gather_quads(grad).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, check_gradients, check_second_order, tensor};

    #[test]
    fn four_pixels_become_one_and_four_again() -> Result<()> {
        let x = tensor(&[2, 3, 4, 6], 1)?;
        let one = gather_quads(&x)?;
        let permuted = x.reshape(&[2, 3, 2, 2, 3, 2])?.permute([0, 3, 5, 1, 2, 4])?.contiguous()?;
        assert_close(&one, &permuted.reshape((2, 12, 2, 3))?, 0.0)?;
        assert_close(&spread_quads(&one)?, &x, 0.0)?;
        check_gradients(&[&x], |t| gather_quads(&t[0]))?;
        check_gradients(&[&one], |t| spread_quads(&t[0]))?;
        check_second_order(&[&x], |t| gather_quads(&t[0]))?;
        assert!(gather_quads(&x.narrow(2, 0, 3)?).is_err());
        assert!(spread_quads(&x).is_err());
        Ok(())
    }
}
