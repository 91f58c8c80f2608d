use candle_core::{Device, Result, Tensor, Var};

use super::filter::bf16;
use super::*;
use crate::testing::{assert_close, tensor};
use crate::{Activation, Convolution};

/// Input, filter and padding: odd numbers of channels, every remainder of a block of outputs, widths below, of and above
/// a vector, filters that are not square, and no padding or more than the filter needs.
const CASES: [([usize; 4], [usize; 4], usize); 13] = [
    ([1, 1, 1, 1], [1, 1, 1, 1], 0),
    ([2, 5, 3, 3], [14, 5, 1, 1], 0),
    ([1, 16, 10, 10], [25, 16, 1, 1], 0),
    ([3, 7, 9, 13], [6, 7, 1, 1], 1),
    ([1, 96, 8, 8], [24, 96, 3, 3], 1),
    ([2, 3, 8, 8], [13, 3, 3, 3], 1),
    ([2, 24, 16, 16], [12, 24, 3, 3], 1),
    ([1, 12, 64, 64], [5, 12, 3, 3], 1),
    ([1, 9, 40, 70], [3, 9, 3, 3], 2),
    ([3, 6, 33, 18], [7, 6, 3, 3], 0),
    ([1, 4, 12, 20], [2, 4, 7, 5], 3),
    ([1, 3, 6, 6], [4, 3, 2, 4], 3),
    ([1, 150, 30, 100], [18, 150, 3, 3], 1),
];

/// The tensor with every value rounded to bf16.
fn rounded(x: &Tensor) -> Result<Tensor> {
    let values: Vec<f32> = x.flatten_all()?.to_vec1()?;
    let values: Vec<f32> = values.into_iter().map(|x| f32::from_bits(u32::from(bf16(x)) << 16)).collect();
    Tensor::from_vec(values, x.dims(), x.device())
}

/// Whether the processor has the instructions; says so if not.
fn available() -> bool {
    let available = is_available();
    if !available {
        println!("Skipped: this processor has no AVX-512 BF16.");
    }
    available
}

#[test]
fn values_are_rounded_to_the_nearest_and_ties_to_even() {
    for (value, expected) in [
        (1.0, 0x3f80),
        (-2.5, 0xc020),
        (1.0 + 1.0 / 256.0, 0x3f80),
        (1.0 + 3.0 / 256.0, 0x3f82),
        (1.0 + 1.01 / 256.0, 0x3f81),
        (0.0, 0),
    ] {
        assert_eq!(bf16(value), expected, "{value}");
    }
}

/// On rounded inputs every product is exact in f32, so that both differ by the order of their sums only.
#[test]
fn on_rounded_values_it_equals_the_f32_kernels() -> Result<()> {
    let _guard = crate::hold_instruction_set();
    if !available() {
        return Ok(());
    }
    for (input, kernel, pad) in CASES {
        let (x, filter) = (rounded(&tensor(&input, 1)?)?, rounded(&tensor(&kernel, 2)?)?);
        let bias = tensor(&[kernel[0]], 3)?;
        let layer = Convolution::new(filter.clone(), Some(bias.clone()), 1, pad)?;
        let plain = layer.forward(&x, Activation::Identity)?;
        let residual = tensor(plain.dims(), 4)?;
        let [gain, shift] = [5, 6].map(|seed| tensor(&[input[0], kernel[0]], seed));
        let (gain, shift) = (gain?, shift?);
        let sizes = Sizes::conv(input, kernel, 1, pad)?;
        let values = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<f32>();
        let (x_values, filter_values, bias) = (values(&x)?, values(&filter)?, values(&bias)?);
        let check = |epilogue: &Epilogue<'_>, expected: &Tensor| -> Result<()> {
            let ours = convolve(&x_values, &filter_values, &sizes, epilogue, &OnceLock::new());
            let ours = Tensor::from_vec(ours, expected.dims(), &Device::Cpu)?;
            assert_close(&ours, expected, 1e-5)
                .map_err(|error| error.context(format!("{input:?} {kernel:?}")))
        };
        check(&Epilogue::bias(&bias, 0.2), &layer.forward(&x, Activation::Leaky(0.2))?)?;
        let added = values(&residual)?;
        let epilogue = Epilogue { residual: &added, ..Epilogue::bias(&bias, 1.0) };
        check(&epilogue, &(&plain + &residual)?)?;
        let expected =
            Convolution::new(filter, None, 1, pad)?.forward_modulated(&x, &gain, &shift, Activation::Relu)?;
        let (scale, shift) = (values(&gain)?, values(&shift)?);
        check(&Epilogue { scale: &scale, shift: &shift, slope: 0.0, residual: &[] }, &expected)?;
    }
    Ok(())
}

/// With one input channel and one tap there is only one product.
#[test]
fn a_layer_rounds_inputs_and_weights_to_the_nearest_where_it_may() -> Result<()> {
    let _guard = crate::hold_instruction_set();
    let (x, filter) = (tensor(&[1, 1, 9, 21], 1)?, tensor(&[3, 1, 1, 1], 2)?);
    let layer = Convolution::new(filter.clone(), None, 1, 0)?;
    let product = |x: &Tensor, filter: &Tensor| x.broadcast_mul(&filter.reshape((1, 3, 1, 1))?);
    let exact = product(&x, &filter)?;
    assert_close(&layer.forward(&x, Activation::Identity)?, &exact, 0.0)?;
    let expected = if available() { product(&rounded(&x)?, &rounded(&filter)?)? } else { exact };
    assert_close(&layer.in_bf16().forward(&x, Activation::Identity)?, &expected, 0.0)
}

#[test]
fn strides_above_one_and_gradients_are_computed_in_f32() -> Result<()> {
    let _guard = crate::hold_instruction_set();
    let x = tensor(&[1, 5, 9, 12], 1)?;
    for (filter, stride) in [
        (tensor(&[7, 5, 3, 3], 2)?, 2),
        (Var::from_tensor(&tensor(&[7, 5, 3, 3], 2)?)?.as_tensor().clone(), 1),
    ] {
        let layer = Convolution::new(filter, None, stride, 1)?;
        let expected = layer.forward(&x, Activation::Identity)?;
        assert_close(&layer.in_bf16().forward(&x, Activation::Identity)?, &expected, 0.0)?;
    }
    Ok(())
}

#[test]
fn winograds_algorithm_remains_for_many_channels_in_whole_vectors() -> Result<()> {
    for ([images, inputs, outputs, side], expected) in [
        ([1, 48, 48, 16], true),
        ([10, 96, 96, 8], true),
        ([1, 96, 96, 8], false),
        ([1, 24, 24, 64], false),
        ([1, 48, 48, 20], false),
    ] {
        let _guard = crate::hold_instruction_set();
        if available() {
            let sizes = Sizes::conv([images, inputs, side, side], [outputs, inputs, 3, 3], 1, 1)?;
            assert_eq!(!is_faster(&sizes), expected, "{sizes:?}");
        }
    }
    Ok(())
}
