//! Fast convolutions and other operations for [candle](candle_core) on the CPU.
//!
//! candle's CPU backend is slow at some operations and lacks others. Each function here is a candle custom
//! operation with a gradient, except [`BiasPrelu`], which serves trained networks and has none. The CPU kernels
//! use the widest instruction set of the processor (AVX-512, AVX2, or the target's baseline), chosen at run
//! time. On other devices, and with the feature `stock-kernels`, the same operations are composed of candle's.
//!
//! Tensors are f32. Shapes are written (N, C, H, W): images, channels, height, width.
//!
//! # Example
//! ```
//! use agemirror_kernels::{Activation, Convolution, conv2d};
//! use candle_core::{Device, Result, Tensor};
//!
//! fn main() -> Result<()> {
//!     let x = Tensor::randn(0f32, 1.0, (1, 16, 64, 64), &Device::Cpu)?;
//!     let filter = Tensor::randn(0f32, 0.1, (32, 16, 3, 3), &Device::Cpu)?;
//!     let bias = Tensor::zeros(32, x.dtype(), x.device())?;
//!
//!     // The same values as candle's convolution, several times as fast.
//!     let y = conv2d(&x, &filter, Some(&bias), 1, 1)?;
//!     let stock = x.conv2d(&filter, 1, 1, 1, 1)?;
//!     let difference = (&y - &stock)?.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()?;
//!     assert!(difference < 1e-4);
//!
//!     // A trained layer packs its weights once and fuses the activation.
//!     let layer = Convolution::new(filter, Some(bias), 1, 1)?;
//!     assert_eq!(layer.forward(&x, Activation::Relu)?.dims(), [1, 32, 64, 64]);
//!     Ok(())
//! }
//! ```

mod adam_step;
mod autograd;
mod channels_first;
mod conv;
mod device;
mod norm;
mod resample;
pub mod simd;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod view;

pub use adam_step::{adam_step, ema_update};
pub use autograd::differentiable_gradients;
pub use channels_first::channels_first;
pub use conv::depthwise::{Padding, depthwise_conv2d, depthwise_conv2d_activated};
pub use conv::inverted_residual::InvertedResidual;
pub use conv::layer::Convolution;
pub use conv::same_padding::{conv_transpose2d_same, conv2d_same};
pub use conv::{conv_transpose2d, conv2d, conv2d_grouped, conv2d_leaky, multiplies_bf16};
pub use device::{
    ChosenDevice, CpuReason, DeviceChoice, DeviceDescription, choose_device, has_kernels,
    with_composed_operations,
};
pub use norm::activation::{Activation, LEAKY_SLOPE};
pub use norm::batch_norm::BatchNorm;
pub use norm::modulate::{modulate, modulate_leaky};
pub use norm::noisy_leaky::noisy_leaky;
pub use norm::normalise::{batch_norm_training, channel_statistics, instance_norm, instance_norm_activated};
pub use norm::pointwise::{exp, exponential, scaled_tanh, sigmoid, tanh};
pub use norm::prelu::BiasPrelu;
pub use norm::relu6::relu6;
pub use norm::weigh::weigh;
pub use resample::fir::{down2, up2, up2_with_skip};
pub use resample::max_pool::max_pool2d;
pub use resample::pixel_shuffle::{depth_to_space, space_to_depth};
pub use resample::separable::{AxisWeights, resample};
pub use resample::upfirdn::{Fir, upfirdn};
pub use resample::upsample::{PixelGrid, resize_bilinear, upsample_nearest2};
pub use resample::warp::warp;
#[cfg(any(test, feature = "testing"))]
pub use simd::hold_instruction_set;
pub use view::floats;
