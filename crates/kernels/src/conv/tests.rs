use super::*;
use crate::testing::{
    assert_close, check_gradients, check_second_order, gradients, on_every_instruction_set, tensor,
};

/// (input, filter, stride, pad): odd and non-square sizes, and every remainder of the kernels' blocks.
const CASES: [([usize; 4], [usize; 4], usize, usize); 15] = [
    ([2, 3, 9, 13], [5, 3, 3, 3], 1, 1),
    ([1, 1, 4, 4], [1, 1, 1, 1], 1, 0),
    ([5, 16, 8, 8], [25, 16, 3, 3], 1, 1),
    ([1, 4, 33, 18], [7, 4, 7, 5], 1, 2),
    ([2, 3, 17, 20], [13, 3, 7, 7], 2, 0),
    ([1, 6, 10, 11], [12, 6, 3, 3], 2, 1),
    ([3, 2, 12, 12], [4, 2, 1, 1], 2, 0),
    // 3 x 3 filters on maps of every width, which Winograd's algorithm handles.
    ([3, 16, 16, 16], [13, 16, 3, 3], 1, 1),
    ([2, 12, 37, 41], [12, 12, 3, 3], 1, 1),
    ([9, 24, 7, 4], [24, 24, 3, 3], 1, 0),
    ([1, 8, 40, 70], [30, 8, 3, 3], 1, 2),
    // Larger than a tile, and padding wider than the filter.
    ([1, 40, 70, 150], [5, 40, 5, 3], 2, 1),
    ([1, 3, 6, 6], [4, 3, 1, 1], 1, 2),
    // Few output channels.
    ([2, 9, 11, 14], [3, 9, 7, 5], 1, 2),
    ([1, 6, 5, 7], [2, 6, 2, 2], 1, 3),
];

#[test]
fn agrees_with_candle_and_finite_differences() -> Result<()> {
    on_every_instruction_set(|| {
        for (input, kernel, stride, pad) in CASES {
            let (x, f, b) = (tensor(&input, 1)?, tensor(&kernel, 2)?, tensor(&[kernel[0]], 3)?);
            let expected = x.conv2d(&f, pad, stride, 1, 1)?.broadcast_add(&b.reshape((1, (), 1, 1))?)?;
            assert_close(&conv2d(&x, &f, Some(&b), stride, pad)?, &expected, 1e-5)?;
            check_gradients(&[&x, &f, &b], |t| conv2d(&t[0], &t[1], Some(&t[2]), stride, pad))?;
        }
        Ok(())
    })
}

#[test]
fn the_fused_activation_agrees_with_candles() -> Result<()> {
    on_every_instruction_set(|| {
        CASES.into_iter().try_for_each(|(input, kernel, stride, pad)| {
            let args = [&tensor(&input, 4)?, &tensor(&kernel, 5)?, &tensor(&[kernel[0]], 6)?];
            let fused = gradients(&args, |t| conv2d_leaky(&t[0], &t[1], Some(&t[2]), stride, pad))?;
            let apart = gradients(&args, |t| {
                let y = conv2d(&t[0], &t[1], Some(&t[2]), stride, pad)?;
                candle_nn::ops::leaky_relu(&y, f64::from(LEAKY_SLOPE))
            })?;
            for (f, a) in fused.iter().zip(&apart) {
                assert_close(f, a, 1e-5)?;
            }
            Ok(())
        })
    })
}

#[test]
fn shapes_that_do_not_fit_are_refused() -> Result<()> {
    let x = tensor(&[1, 3, 4, 4], 1)?;
    assert!(conv2d(&x, &tensor(&[2, 4, 3, 3], 2)?, None, 1, 1).is_err());
    assert!(conv2d(&x, &tensor(&[2, 3, 7, 7], 2)?, None, 1, 1).is_err());
    assert!(conv2d(&x, &tensor(&[2, 3, 3, 3], 2)?, None, 0, 1).is_err());
    Ok(())
}

/// (input, filter, stride, pad) of transposed convolutions.
const TRANSPOSED: [([usize; 4], [usize; 4], usize, usize); 7] = [
    ([2, 3, 5, 7], [3, 5, 4, 4], 2, 1),
    ([1, 2, 4, 4], [2, 13, 3, 3], 1, 1),
    ([3, 8, 6, 5], [8, 7, 3, 3], 2, 0),
    ([1, 4, 3, 9], [4, 2, 5, 3], 3, 1),
    ([2, 3, 4, 4], [3, 4, 2, 2], 2, 0),
    ([1, 3, 4, 6], [3, 2, 2, 1], 3, 0),
    ([1, 3, 4, 6], [3, 2, 7, 7], 4, 3),
];

#[test]
fn the_transposed_convolution_agrees_with_candle_and_finite_differences() -> Result<()> {
    on_every_instruction_set(|| {
        TRANSPOSED.into_iter().try_for_each(|(input, kernel, stride, pad)| {
            let (x, f, b) = (tensor(&input, 1)?, tensor(&kernel, 2)?, tensor(&[kernel[1]], 3)?);
            let expected = x.conv_transpose2d(&f, pad, 0, stride, 1)?;
            assert_close(&conv_transpose2d(&x, &f, None, stride, pad)?, &expected, 1e-5)?;
            let expected = expected.broadcast_add(&b.reshape((1, (), 1, 1))?)?;
            assert_close(&conv_transpose2d(&x, &f, Some(&b), stride, pad)?, &expected, 1e-5)?;
            check_gradients(&[&x, &f, &b], |t| conv_transpose2d(&t[0], &t[1], Some(&t[2]), stride, pad))
        })
    })?;
    assert!(conv_transpose2d(&tensor(&[1, 3, 4, 4], 1)?, &tensor(&[2, 3, 3, 3], 2)?, None, 1, 0).is_err());
    Ok(())
}

#[test]
fn other_devices_compute_the_same() -> Result<()> {
    for (input, kernel, stride, pad) in CASES {
        let (x, f, b) = (tensor(&input, 1)?, tensor(&kernel, 2)?, tensor(&[kernel[1]], 3)?);
        let sizes = Sizes::conv(input, kernel, stride, pad)?;
        let args = [&x, &f, &tensor(&[kernel[0]], 4)?];
        let ours = gradients(&args, |t| conv2d(&t[0], &t[1], Some(&t[2]), stride, pad))?;
        let grad = tensor(&sizes.y_shape(), 99)?;
        let zeros = b.zeros_like()?;
        assert_close(&fallback::transposed(&grad, &f, &zeros, &sizes)?, &ours[0], 1e-5)?;
        assert_close(&fallback::filter_gradient(&x, &grad, &sizes)?, &ours[1], 1e-5)?;
    }
    for (input, kernel, stride, pad) in TRANSPOSED {
        let (x, f, b) = (tensor(&input, 1)?, tensor(&kernel, 2)?, tensor(&[kernel[1]], 3)?);
        let sizes = Sizes::conv_transpose(input, kernel, stride, pad)?;
        let ours = conv_transpose2d(&x, &f, Some(&b), stride, pad)?;
        assert_close(&fallback::transposed(&x, &f, &b, &sizes)?, &ours, 1e-5)?;
    }
    Ok(())
}

#[test]
fn groups_agree_with_candles() -> Result<()> {
    for (groups, stride) in [(1, 1), (2, 2), (4, 1)] {
        let (x, f) = (tensor(&[2, 8, 7, 6], 1)?, tensor(&[12, 8 / groups, 3, 3], 2)?);
        let b = tensor(&[12], 3)?;
        let expected = x.conv2d(&f, 1, stride, 1, groups)?.broadcast_add(&b.reshape((1, 12, 1, 1))?)?;
        assert_close(&conv2d_grouped(&x, &f, Some(&b), stride, 1, groups)?, &expected, 1e-5)?;
        check_gradients(&[&x, &f, &b], |t| conv2d_grouped(&t[0], &t[1], Some(&t[2]), stride, 1, groups))?;
    }
    let (x, f) = (tensor(&[2, 8, 7, 6], 1)?, tensor(&[12, 8, 3, 3], 2)?);
    assert!(conv2d_grouped(&x, &f, None, 1, 1, 3).is_err());
    Ok(())
}

#[test]
fn gradients_of_gradients_agree_with_finite_differences() -> Result<()> {
    let (x, f, b) = (tensor(&[2, 3, 6, 5], 1)?, tensor(&[4, 3, 3, 3], 2)?, tensor(&[4], 3)?);
    for stride in [1, 2] {
        check_second_order(&[&x, &f, &b], move |t| conv2d(&t[0], &t[1], Some(&t[2]), stride, 1))?;
        check_second_order(&[&x, &f, &b], move |t| conv2d_leaky(&t[0], &t[1], Some(&t[2]), stride, 1))?;
        let (f, b) = (f.transpose(0, 1)?.contiguous()?, tensor(&[4], 3)?);
        check_second_order(&[&x, &f, &b], move |t| conv_transpose2d(&t[0], &t[1], Some(&t[2]), stride, 1))?;
    }
    Ok(())
}
