//! Every operation of the kernels, at sizes of mirror and AgeTransGAN, with its gradients.

use candle_core::{Result, Tensor, Var};

use super::compare::Compared;
use super::report::Comparison;
use super::weights::uniform;
use agemirror_kernels::{
    Activation, BatchNorm, BiasPrelu, Convolution, Fir, Padding, PixelGrid, adam_step, batch_norm_training,
    channel_statistics, channels_first, conv_transpose2d, conv_transpose2d_same, conv2d, conv2d_grouped,
    conv2d_leaky, conv2d_same, depth_to_space, depthwise_conv2d, depthwise_conv2d_activated, down2,
    ema_update, exponential, instance_norm, instance_norm_activated, max_pool2d, modulate, modulate_leaky,
    noisy_leaky, relu6, resize_bilinear, scaled_tanh, sigmoid, space_to_depth, tanh, up2, up2_with_skip,
    upfirdn, upsample_nearest2, warp,
};

/// Tolerance of results.
const TOLERANCE: f32 = 1e-5;
/// Tolerance of convolutions and products on the CPU, and on a GPU, where cuDNN may use TF32, which has a mantissa of
/// 10 bits.
const PRODUCT_TOLERANCE: [f32; 2] = [TOLERANCE, 3e-3];
/// Tolerance of gradients, whose sums are longer, on the CPU and on a GPU.
const GRADIENT_TOLERANCE: [f32; 2] = [1e-4, 6e-3];

type Arguments<'a> = &'a [&'a [usize]];

/// An operation and the shapes of its arguments.
struct Operation {
    name: &'static str,
    arguments: Arguments<'static>,
    /// Whether all arguments have gradients.
    differentiable: bool,
    run: fn(&[Tensor]) -> Result<Tensor>,
}

const fn operation(
    name: &'static str,
    arguments: Arguments<'static>,
    run: fn(&[Tensor]) -> Result<Tensor>,
) -> Operation {
    Operation { name, arguments, differentiable: true, run }
}

/// An operation for trained networks, which has no gradient.
const fn inference(
    name: &'static str,
    arguments: Arguments<'static>,
    run: fn(&[Tensor]) -> Result<Tensor>,
) -> Operation {
    Operation { name, arguments, differentiable: false, run }
}

const LEAKY: Activation = Activation::Leaky(0.2);

fn layer(a: &[Tensor]) -> Result<Convolution> {
    Convolution::new(a[1].clone(), Some(a[2].clone()), 1, 1)
}

const OPERATIONS: &[Operation] = &[
    operation("conv2d 24-24 3x3 64px", &[&[2, 24, 64, 64], &[24, 24, 3, 3], &[24]], |a| {
        conv2d(&a[0], &a[1], Some(&a[2]), 1, 1)
    }),
    operation("conv2d 96-96 3x3 8px", &[&[4, 96, 8, 8], &[96, 96, 3, 3]], |a| {
        conv2d(&a[0], &a[1], None, 1, 1)
    }),
    operation("conv2d 512-512 3x3 16px", &[&[1, 512, 16, 16], &[512, 512, 3, 3]], |a| {
        conv2d(&a[0], &a[1], None, 1, 1)
    }),
    operation("conv2d 64-128 3x3 stride 2", &[&[1, 64, 65, 65], &[128, 64, 3, 3]], |a| {
        conv2d(&a[0], &a[1], None, 2, 0)
    }),
    operation("conv2d 3-64 7x7 stride 2", &[&[2, 3, 64, 64], &[64, 3, 7, 7]], |a| {
        conv2d(&a[0], &a[1], None, 2, 3)
    }),
    operation("conv2d 64-64 1x1", &[&[1, 64, 64, 64], &[64, 64, 1, 1]], |a| conv2d(&a[0], &a[1], None, 1, 0)),
    operation("conv2d leaky", &[&[2, 12, 32, 32], &[24, 12, 3, 3], &[24]], |a| {
        conv2d_leaky(&a[0], &a[1], Some(&a[2]), 1, 1)
    }),
    operation("conv2d in groups", &[&[2, 12, 20, 20], &[8, 6, 5, 5], &[8]], |a| {
        conv2d_grouped(&a[0], &a[1], Some(&a[2]), 1, 2, 2)
    }),
    operation("conv2d same 5x5 stride 2", &[&[2, 64, 32, 32], &[128, 64, 5, 5], &[128]], |a| {
        conv2d_same(&a[0], &a[1], Some(&a[2]), 2, Activation::Relu)
    }),
    operation("transposed conv 128-64 3x3", &[&[1, 128, 32, 32], &[128, 64, 3, 3], &[64]], |a| {
        conv_transpose2d(&a[0], &a[1], Some(&a[2]), 2, 0)
    }),
    operation("transposed conv same 5x5", &[&[2, 64, 16, 16], &[64, 32, 5, 5], &[32]], |a| {
        conv_transpose2d_same(&a[0], &a[1], Some(&a[2]), 2, Activation::Relu)
    }),
    operation("depthwise conv 3x3", &[&[2, 32, 40, 40], &[32, 1, 3, 3]], |a| {
        depthwise_conv2d(&a[0], &a[1], 1, Padding::uniform(1))
    }),
    operation("depthwise conv 5x5 stride 2", &[&[2, 32, 40, 40], &[32, 1, 5, 5], &[32]], |a| {
        let padding = Padding::tensorflow_same((40, 40), (5, 5), 2);
        depthwise_conv2d_activated(&a[0], &a[1], Some(&a[2]), 2, padding, Activation::Relu)
    }),
    inference("layer", &[&[2, 24, 32, 32], &[24, 24, 3, 3], &[24]], |a| layer(a)?.forward(&a[0], LEAKY)),
    inference("layer with residual", &[&[2, 24, 32, 32], &[24, 24, 3, 3], &[24], &[2, 24, 32, 32]], |a| {
        layer(a)?.forward_with_residual(&a[0], &a[3])
    }),
    inference("layer modulated", &[&[1, 24, 32, 32], &[24, 24, 3, 3], &[24], &[3, 24], &[3, 24]], |a| {
        layer(a)?.forward_modulated(&a[0], &a[3], &a[4], LEAKY)
    }),
    operation("modulate", &[&[2, 24, 32, 32], &[2, 24], &[2, 24]], |a| {
        modulate(&a[0], &a[1], &a[2], Activation::Identity)
    }),
    operation("modulate leaky", &[&[2, 24, 32, 32], &[2, 24], &[2, 24]], |a| {
        modulate_leaky(&a[0], &a[1], &a[2])
    }),
    operation("noisy leaky", &[&[2, 32, 32, 32], &[2, 32], &[1, 32, 32], &[32]], |a| {
        noisy_leaky((&a[0] * 1.0)?, &a[1], &a[2], &a[3])
    }),
    operation("batch norm in training", &[&[4, 16, 16, 16], &[16], &[16]], |a| {
        batch_norm_training(&a[0], &a[1], &a[2], 1e-3, LEAKY)
    }),
    inference("batch norm", &[&[2, 16, 16, 16], &[16], &[16], &[16], &[16]], |a| {
        let variance = (a[2].sqr()? + 0.5)?;
        let (mean, gamma, beta) = (a[1].clone(), a[3].clone(), a[4].clone());
        BatchNorm { mean, variance, gamma, beta, eps: 1e-3 }.forward(&a[0], Activation::Relu)
    }),
    inference("channel statistics", &[&[4, 16, 16, 16]], |a| {
        let (mean, variance) = channel_statistics(&a[0])?;
        Tensor::cat(&[mean, variance], 0)
    }),
    operation("instance norm", &[&[2, 16, 24, 24], &[16], &[16]], |a| {
        instance_norm(&a[0], &a[1], &a[2], 1e-5)
    }),
    operation("instance norm with ReLU", &[&[2, 16, 24, 24], &[2, 16], &[2, 16]], |a| {
        instance_norm_activated(&a[0], &a[1], &a[2], 1e-5, Activation::Relu)
    }),
    inference("PReLU with bias", &[&[2, 16, 24, 24], &[16], &[16], &[2, 16, 24, 24]], |a| {
        BiasPrelu::new(&a[1], &a[2])?.forward(&a[0], Some(&a[3]))
    }),
    operation("sigmoid", &[&[2, 3, 33, 33]], |a| sigmoid(&a[0])),
    operation("tanh", &[&[2, 3, 33, 33]], |a| tanh(&a[0])),
    operation("scaled tanh", &[&[2, 3, 33, 33]], |a| scaled_tanh(&a[0], 0.5, 1.2)),
    operation("exponential", &[&[2, 3, 33, 33]], |a| exponential(&a[0])),
    operation("ReLU6", &[&[2, 3, 33, 33]], |a| relu6(&(&a[0] * 8.0)?)),
    operation("down by 2", &[&[2, 24, 64, 64]], |a| down2(&a[0])),
    operation("up by 2", &[&[2, 24, 32, 32]], |a| up2(&a[0])),
    operation("up by 2 with skip", &[&[2, 3, 32, 32], &[2, 3, 64, 64]], |a| up2_with_skip(&a[0], &a[1])),
    operation("filter (1, 3, 3, 1)", &[&[1, 32, 65, 65]], |a| {
        upfirdn(&a[0], &Fir { taps: vec![0.25, 0.75, 0.75, 0.25], up: 1, down: 1, pad: (1, 1) })
    }),
    operation("filter up 2, down 3", &[&[1, 8, 31, 29]], |a| {
        upfirdn(&a[0], &Fir { taps: vec![0.2, 0.5, 0.9, 0.4, 0.1], up: 2, down: 3, pad: (2, 3) })
    }),
    operation("nearest up by 2", &[&[2, 8, 17, 15]], |a| upsample_nearest2(&a[0])),
    operation("bilinear resize", &[&[2, 8, 17, 15]], |a| {
        resize_bilinear(&a[0], (31, 40), PixelGrid::Squares)
    }),
    operation("max pool", &[&[2, 8, 21, 21]], |a| max_pool2d(&a[0], 3, 2)),
    operation("space to depth", &[&[2, 6, 32, 32]], |a| space_to_depth(&a[0])),
    operation("depth to space", &[&[2, 12, 32, 32]], |a| depth_to_space(&a[0])),
    operation("warp", &[&[2, 3, 40, 40], &[2, 2, 40, 40]], |a| warp(&a[0], &(&a[1] * 4.3)?)),
    inference("channels first", &[&[5, 5, 24, 32]], |a| channels_first(&a[0])),
    inference("moving average", &[&[300], &[300]], |a| ema_update(&a[0], &a[1], 0.9, true)),
    inference("Adam's step", &[&[300], &[300], &[300]], |a| {
        adam_step(&a[0], [&a[1], &a[2].sqr()?], 0.5, 1e-8, 0.1)
    }),
];

/// Compares every operation and its gradients.
pub(super) fn compare_operations(device: &Compared, progress: &mut dyn FnMut(&str)) -> Vec<Comparison> {
    let products = device.tolerance(PRODUCT_TOLERANCE);
    let gradient_tolerance = device.tolerance(GRADIENT_TOLERANCE);
    let mut comparisons = Vec::new();
    for operation in OPERATIONS {
        if !device.selection.has(operation.name) {
            continue;
        }
        progress(operation.name);
        let multiplies = operation.name.contains("conv") || operation.name.contains("layer");
        let tolerance = if multiplies || operation.name.contains("resize") { products } else { TOLERANCE };
        comparisons.extend(device.compare("operation", operation.name, tolerance, |device| {
            let arguments = arguments(operation, device)?;
            Ok(vec![(operation.run)(&arguments)?])
        }));
        if operation.differentiable {
            comparisons.extend(device.compare("gradient", operation.name, gradient_tolerance, |device| {
                Ok(gradients(operation, device)?)
            }));
        }
    }
    comparisons
}

fn arguments(operation: &Operation, device: &candle_core::Device) -> Result<Vec<Tensor>> {
    let argument = |(index, dims): (usize, &&[usize])| {
        uniform(&format!("{}.{index}", operation.name), dims, 1.0, 0.0)?.to_device(device)
    };
    operation.arguments.iter().enumerate().map(argument).collect()
}

/// The gradients of a weighted sum of the result with respect to all arguments.
fn gradients(operation: &Operation, device: &candle_core::Device) -> Result<Vec<Tensor>> {
    let variables = arguments(operation, device)?.iter().map(Var::from_tensor).collect::<Result<Vec<_>>>()?;
    let tensors: Vec<Tensor> = variables.iter().map(|var| var.as_tensor().clone()).collect();
    let y = (operation.run)(&tensors)?;
    let weights = uniform("weights of the sum", y.dims(), 1.0, 0.0)?.to_device(device)?;
    let gradients = (y * weights)?.sum_all()?.backward()?;
    let of = |tensor: &Tensor| match gradients.get(tensor) {
        Some(gradient) => Ok(gradient.clone()),
        None => candle_core::bail!("an argument has no gradient"),
    };
    tensors.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device_check::compare::Selection;
    use candle_core::Device;

    #[test]
    fn operations_composed_for_a_gpu_agree_with_the_kernels() {
        let compared = Compared { device: Device::Cpu, selection: Selection::default() };
        let comparisons = compare_operations(&compared, &mut |_| {});
        assert!(comparisons.len() > OPERATIONS.len());
        let failed: Vec<_> = comparisons.iter().filter(|one| !one.passed()).collect();
        assert!(failed.is_empty(), "{failed:#?}");
    }
}
