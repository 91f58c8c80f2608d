//! Building blocks that candle lacks or does slowly on the CPU.
//!
//! Every operation is a candle custom operation with a gradient (PReLU has none, and depthwise
//! convolution none to its weight: they serve finished networks). On the CPU it runs on kernels that choose the widest
//! instruction set at run time; on other devices it is built of candle's own operations.

mod activation;
mod adam_step;
mod channels_first;
mod conv;
mod conv_backward;
mod conv_columns;
mod conv_elsewhere;
mod conv_filter;
mod conv_finish;
mod conv_forward;
mod conv_kernel;
mod conv_ops;
mod conv_sizes;
mod convolution;
mod depthwise;
mod device;
mod fir;
mod lanes;
mod matrix;
mod max_pool;
mod modulate;
mod noisy_leaky;
mod normalise;
mod pixel_shuffle;
mod planes;
mod pointwise;
mod prelu;
mod relu6;
mod same;
mod scratch;
mod second_order;
pub(crate) mod simd;
#[cfg(test)]
pub(crate) use simd::on_one_set;
pub(crate) use simd::widest;
mod sums;
#[cfg(test)]
pub(crate) mod testing;
mod threads;
mod upfirdn;
mod upsample;
mod view;
mod warp;
mod winograd;
mod winograd_transform;

pub use activation::{Activation, LEAKY_SLOPE};
pub use adam_step::{adam_moved, running_mean};
pub use channels_first::channels_first;
pub use conv::{conv_transpose2d, conv2d, conv2d_grouped, conv2d_leaky};
pub use convolution::Convolution;
pub use depthwise::{Padding, depthwise_conv2d, depthwise_conv2d_activated};
pub use device::{ChosenDevice, DeviceChoice, choose_device};
pub use fir::{down2, up2, up2_added};
pub use max_pool::max_pool2d;
pub use modulate::{modulate, modulate_leaky};
pub use noisy_leaky::noisy_leaky;
pub use normalise::{
    BatchNorm, batch_norm_training, channel_statistics, instance_norm, instance_norm_activated,
};
pub use pixel_shuffle::{gather_quads, spread_quads};
pub use pointwise::{exponential, scaled_tanh, sigmoid, tanh};
pub use prelu::BiasPrelu;
pub use relu6::relu6;
pub use same::{conv_transpose2d_same, conv2d_same};
pub use second_order::{differentiable_gradients, gradients_have_gradients};
pub use upfirdn::{Fir, upfirdn};
pub use upsample::{PixelGrid, resize_bilinear, upsample_nearest2};
pub use warp::warp;
