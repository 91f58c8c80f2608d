use super::*;
use crate::testing::{assert_close, check_gradients, gradients, on_every_instruction_set, tensor};
use candle_core::Device;

fn largest_difference(a: &Tensor, b: &Tensor) -> f32 {
    (a - b).unwrap().abs().unwrap().flatten_all().unwrap().max(0).unwrap().to_scalar::<f32>().unwrap()
}

/// candle's grouped convolution of the padded input.
fn reference(x: &Tensor, weight: &Tensor, stride: usize, p: Padding) -> Tensor {
    let x = x.pad_with_zeros(2, p.top, p.bottom).unwrap().pad_with_zeros(3, p.left, p.right).unwrap();
    x.conv2d(weight, 0, stride, 1, weight.dim(0).unwrap()).unwrap()
}

#[test]
fn equals_candles_grouped_convolution() -> Result<()> {
    let uneven = Padding { top: 0, bottom: 1, left: 2, right: 0 };
    let cases = [
        ((1, 4, 9, 17), (3, 3), 1, Padding::uniform(1)),
        ((2, 3, 8, 40), (3, 3), 2, Padding::tensorflow_same((8, 40), (3, 3), 2)),
        ((1, 5, 12, 11), (5, 5), 2, Padding::tensorflow_same((12, 11), (5, 5), 2)),
        ((1, 3, 30, 67), (5, 5), 2, uneven),
        ((2, 2, 10, 13), (3, 5), 3, uneven),
        ((1, 1, 1, 1), (1, 1), 1, Padding::uniform(0)),
        ((1, 2, 7, 6), (7, 7), 1, Padding::uniform(3)),
        ((1, 2, 15, 33), (5, 5), 1, Padding::uniform(2)),
    ];
    on_every_instruction_set(|| {
        for (shape, kernel, stride, padding) in cases {
            let x = Tensor::randn(0f32, 1., shape, &Device::Cpu)?;
            let weight = Tensor::randn(0f32, 1., (shape.1, 1, kernel.0, kernel.1), &Device::Cpu)?;
            let ours = depthwise_conv2d(&x, &weight, stride, padding)?;
            let expected = reference(&x, &weight, stride, padding);
            assert_eq!(ours.dims(), expected.dims(), "{shape:?} {kernel:?} {stride}");
            assert!(largest_difference(&ours, &expected) < 2e-5, "{shape:?} {kernel:?} {stride}");
            let fallback = by_taps(&x, &weight, stride, padding)?;
            assert!(largest_difference(&fallback, &expected) < 2e-5, "{shape:?} {kernel:?} {stride}");
        }
        Ok(())
    })
}

#[test]
fn its_gradient_agrees_with_finite_differences() -> Result<()> {
    let cases = [
        ([2, 3, 6, 7], 3, 1, Padding::uniform(1)),
        ([1, 2, 8, 10], 3, 2, Padding::tensorflow_same((8, 10), (3, 3), 2)),
        ([2, 2, 9, 7], 5, 2, Padding::tensorflow_same((9, 7), (5, 5), 2)),
        ([1, 1, 7, 8], 3, 3, Padding::uniform(0)),
    ];
    on_every_instruction_set(|| {
        for (shape, kernel, stride, padding) in cases {
            let weight = tensor(&[shape[1], 1, kernel, kernel], 5)?;
            check_gradients(&[&tensor(&shape, 4)?, &weight], |args| {
                depthwise_conv2d(&args[0], &args[1], stride, padding)
            })?;
            let bias = tensor(&[shape[1]], 6)?;
            check_gradients(&[&tensor(&shape, 4)?, &weight, &bias], |args| {
                let [x, weight, bias] = args else { bail!("three arguments are needed") };
                depthwise_conv2d_activated(x, weight, Some(bias), stride, padding, Activation::Leaky(0.2))
            })?;
        }
        Ok(())
    })
}

#[test]
fn bias_and_activation_are_the_same_fused_and_apart() -> Result<()> {
    let (x, weight, bias) = (tensor(&[2, 3, 9, 35], 1)?, tensor(&[3, 1, 5, 5], 2)?, tensor(&[3], 3)?);
    let padding = Padding::tensorflow_same((9, 35), (5, 5), 2);
    on_every_instruction_set(|| {
        for activation in [Activation::Identity, Activation::Relu, Activation::Leaky(0.2)] {
            let args = [&x, &weight, &bias];
            let fused = gradients(&args, |t| {
                depthwise_conv2d_activated(&t[0], &t[1], Some(&t[2]), 2, padding, activation)
            })?;
            let apart = gradients(&args, |t| {
                let y = by_taps(&t[0], &t[1], 2, padding)?;
                activation.apply(y.broadcast_add(&t[2].reshape((1, (), 1, 1))?)?)
            })?;
            for (fused, apart) in fused.iter().zip(&apart) {
                assert_close(fused, apart, 1e-5)?;
            }
        }
        Ok(())
    })
}

#[test]
fn a_non_contiguous_input_is_read_correctly() {
    let x = Tensor::randn(0f32, 1., (1, 2, 6, 5), &Device::Cpu).unwrap().transpose(2, 3).unwrap();
    let weight = Tensor::randn(0f32, 1., (2, 1, 3, 3), &Device::Cpu).unwrap();
    let ours = depthwise_conv2d(&x, &weight, 1, Padding::uniform(1)).unwrap();
    assert!(largest_difference(&ours, &reference(&x, &weight, 1, Padding::uniform(1))) < 2e-5);
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    let x = Tensor::zeros((1, 4, 2, 2), candle_core::DType::F32, &Device::Cpu).unwrap();
    let wrong_channels = Tensor::zeros((3, 1, 3, 3), candle_core::DType::F32, &Device::Cpu).unwrap();
    let too_large = Tensor::zeros((4, 1, 3, 3), candle_core::DType::F32, &Device::Cpu).unwrap();
    assert!(depthwise_conv2d(&x, &wrong_channels, 1, Padding::uniform(1)).is_err());
    assert!(depthwise_conv2d(&x, &too_large, 1, Padding::uniform(0)).is_err());
    assert!(depthwise_conv2d(&x, &too_large, 0, Padding::uniform(1)).is_err());
}

#[test]
fn tensorflow_pads_at_the_bottom_and_right() {
    let expected = Padding { top: 0, bottom: 1, left: 0, right: 1 };
    assert_eq!(Padding::tensorflow_same((192, 96), (3, 3), 2), expected);
    assert_eq!(Padding::tensorflow_same((7, 7), (3, 3), 1), Padding::uniform(1));
}
