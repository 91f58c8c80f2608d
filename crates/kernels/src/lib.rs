//! Building blocks that candle lacks or does slowly on the CPU.
//!
//! Every operation is a candle custom operation with a gradient (PReLU has none: it serves finished networks). On the CPU it runs on kernels that choose the widest
//! instruction set at run time; on other devices it is built of candle's own operations.

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

pub use adam_step::{adam_moved, running_mean};
pub use autograd::{differentiable_gradients, gradients_have_gradients};
pub use channels_first::channels_first;
pub use conv::depthwise::{Padding, depthwise_conv2d, depthwise_conv2d_activated};
pub use conv::layer::Convolution;
pub use conv::same_padding::{conv_transpose2d_same, conv2d_same};
pub use conv::{conv_transpose2d, conv2d, conv2d_grouped, conv2d_leaky};
pub use device::{ChosenDevice, DeviceChoice, choose_device};
pub use norm::activation::{Activation, LEAKY_SLOPE};
pub use norm::modulate::{modulate, modulate_leaky};
pub use norm::noisy_leaky::noisy_leaky;
pub use norm::normalise::{
    BatchNorm, batch_norm_training, channel_statistics, instance_norm, instance_norm_activated,
};
pub use norm::pointwise::{exponential, scaled_tanh, sigmoid, tanh};
pub use norm::prelu::BiasPrelu;
pub use norm::relu6::relu6;
pub use resample::fir::{down2, up2, up2_added};
pub use resample::max_pool::max_pool2d;
pub use resample::pixel_shuffle::{gather_quads, spread_quads};
pub use resample::upfirdn::{Fir, upfirdn};
pub use resample::upsample::{PixelGrid, resize_bilinear, upsample_nearest2};
pub use resample::warp::warp;
#[cfg(any(test, feature = "testing"))]
pub use simd::on_one_set;
