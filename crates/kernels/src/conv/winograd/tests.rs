use candle_core::{Result, Tensor};

use super::*;
use crate::conv::filter::FilterView;
use crate::testing::{assert_close, on_every_instruction_set, tensor};
use crate::view::with_floats;

/// (images, inputs, outputs, height, width, pad): narrow and wide maps, every remainder of the blocks.
const CASES: [[usize; 6]; 8] = [
    [1, 1, 1, 4, 4, 1],
    [3, 5, 7, 8, 8, 1],
    [2, 12, 13, 5, 3, 1],
    [1, 24, 25, 16, 16, 0],
    [2, 3, 12, 33, 70, 2],
    [5, 8, 8, 3, 3, 0],
    [1, 2, 30, 9, 17, 1],
    [1, 6, 6, 40, 31, 1],
];

#[test]
fn it_agrees_with_candle_including_the_epilogue() -> Result<()> {
    on_every_instruction_set(|| CASES.into_iter().try_for_each(compare))
}

fn compare([n, c, o, h, w, pad]: [usize; 6]) -> Result<()> {
    let (x, f) = (tensor(&[n, c, h, w], 1)?, tensor(&[o, c, 3, 3], 2)?);
    let sums = x.conv2d(&f, pad, 1, 1, 1)?;
    let (scale, shift) = (tensor(&[n, o, 1, 1], 3)?, tensor(&[n, o, 1, 1], 4)?);
    let added = tensor(sums.dims(), 5)?;
    let expected = sums.broadcast_mul(&scale)?.broadcast_add(&shift)?;
    let expected = (candle_nn::ops::leaky_relu(&expected, 0.2)? + &added)?;
    let values = |t: &Tensor| with_floats(t, |values| Ok(values.to_vec()));
    let (x, f) = (values(&x)?, values(&f)?);
    let (scale, shift, added) = (values(&scale)?, values(&shift)?, values(&added)?);
    let epilogue = Epilogue { scale: &scale, shift: &shift, slope: 0.2, residual: &added };
    let filter = WinogradFilter::new(&FilterView::new(&f, [o, c, 3, 3]));
    let output = [sums.dim(2)?, sums.dim(3)?];
    let ours = convolve(&x, n, [[h, w], output], [pad as isize; 2], &filter, &epilogue);
    assert_close(&Tensor::from_vec(ours, sums.shape(), sums.device())?, &expected, 2e-5)
}
